/* TensorBoard's event file: scalars by step, records one behind another.
 *
 *     record    length: u64 | crc(length): u32 | bytes | crc(bytes): u32      little endian
 *               crc: CRC-32C, turned right by 15 bits, plus 0xa282ead8
 *     bytes     Event: 1 wall_time, double | 2 step, varint | 3 file_version, text | 5 Summary
 *     Summary   1 Value, once for each: 1 tag, text | 2 simple_value, float
 *
 * The first record has the file's version and nothing else.
 * Source: TensorFlow, core/lib/io/record_writer.h, core/util/event.proto, core/framework/
 * summary.proto. tests/export has protoc and a reader of its own for it.
 * Threads: pure.
 */
#ifndef SIM_VIEW_TENSORBOARD_H
#define SIM_VIEW_TENSORBOARD_H

#include <stdint.h>

#include "sim/base/buf.h"

/* Times are seconds since 1970. */
void tensorboard_begin(struct buf *file, double wall_time);

/* Append a value to a summary. It is stored as a float; one that is not known, NAN, is not added.
 * A byte of the tag that is no UTF-8 becomes U+FFFD. */
void tensorboard_value(struct buf *summary, const char *tag, double value);

/* Append what is known at a step. */
void tensorboard_event(struct buf *file, double wall_time, int64_t step, const struct buf *summary);

#endif
