#include "sim/view/tensorboard.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/text.h"

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

/* --- Protobuf -------------------------------------------------------------------------------- */

static void add_varint(struct buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        buf_char(out, (char)(value | 0x80));
    buf_char(out, (char)value);
}

/* The `n` low bytes, the lowest first. */
static void add_fixed(struct buf *out, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        buf_char(out, (char)(value >> 8 * i));
}

static void add_key(struct buf *out, unsigned field, enum wire wire)
{
    add_varint(out, field << 3 | wire);
}

static void add_bytes(struct buf *out, unsigned field, const struct buf *bytes)
{
    add_key(out, field, BYTES);
    add_varint(out, bytes->len);
    buf_add(out, buf_text(bytes), bytes->len);
}

static void add_double(struct buf *out, unsigned field, double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    add_key(out, field, FIXED64);
    add_fixed(out, bits, 8);
}

static void add_float(struct buf *out, unsigned field, double value)
{
    bool fits = fabs(value) <= (double)FLT_MAX;
    float narrow = fits ? (float)value : copysignf(INFINITY, value > 0 ? 1.0F : -1.0F);
    uint32_t bits = 0;
    memcpy(&bits, &narrow, sizeof(bits));
    add_key(out, field, FIXED32);
    add_fixed(out, bits, 4);
}

/* --- Records --------------------------------------------------------------------------------- */

static uint32_t crc32c(const char *bytes, size_t n)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

/* So that the sum of a text that holds its own sum is none that says nothing. */
static uint32_t mask(uint32_t crc)
{
    return (crc >> 15 | crc << 17) + 0xa282ead8;
}

static void add_record(struct buf *file, const struct buf *bytes)
{
    size_t from = file->len;
    add_fixed(file, bytes->len, 8);
    add_fixed(file, mask(crc32c(file->at + from, 8)), 4);
    buf_add(file, buf_text(bytes), bytes->len);
    add_fixed(file, mask(crc32c(buf_text(bytes), bytes->len)), 4);
}

void tensorboard_begin(struct buf *file, double wall_time)
{
    struct buf event = {0};
    struct buf version = {0};
    buf_text_add(&version, "brain.Event:2");
    add_double(&event, 1, wall_time);
    add_bytes(&event, 3, &version);
    add_record(file, &event);
    buf_release(&version);
    buf_release(&event);
}

void tensorboard_value(struct buf *summary, const char *tag, double value)
{
    struct buf one = {0};
    struct buf valid = {0};
    if (isnan(value))
        return;
    text_add_valid(&valid, tag, strlen(tag));
    add_bytes(&one, 1, &valid);
    add_float(&one, 2, value);
    add_bytes(summary, 1, &one);
    buf_release(&valid);
    buf_release(&one);
}

void tensorboard_event(struct buf *file, double wall_time, int64_t step, const struct buf *summary)
{
    struct buf event = {0};
    add_double(&event, 1, wall_time);
    add_key(&event, 2, VARINT);
    add_varint(&event, (uint64_t)step);
    add_bytes(&event, 5, summary);
    add_record(file, &event);
    buf_release(&event);
}
