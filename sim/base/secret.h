/* What must never be shown: values that came from the environment, and header values.
 *
 * One list for the process, filled while the job file is read, before any other thread starts, and
 * constant from then on. Everything that is printed or stored passes secret_mask(): a value that
 * came from ${NAME} is shown as ${NAME}, a header value as **********. Values under 4 bytes are
 * not searched for inside other text (masking every "3" would hide more than it protects); they
 * are still masked where they stand alone in the job file's copy.
 * Source: GAP-51.
 */
#ifndef SIM_BASE_SECRET_H
#define SIM_BASE_SECRET_H

#include <stddef.h>

#include "sim/base/buf.h"

#define SECRET_MASK "**********"

/* Hide `value` (copied) behind `shown` (copied); "" is ignored, so is a value already known. */
void secret_add(const char *value, const char *shown);

/* Append `text` to `out` with every known value replaced, longest first. */
void secret_mask(struct buf *out, const char *text, size_t len);

/* The same of a JSON text, in its strings alone: a value that is digits, a port say, must not cut
 * into numbers. */
void secret_mask_strings(struct buf *out, const char *text, size_t len);

/* Overwrite every known value in `text`, and what looks like a key, with as many '*', so that
 * columns stay where they are and a part of the text that is cut out later shows no part of a
 * value. */
void secret_blot(char *text, size_t len);

void secret_forget(void); /* for tests, and at exit */

#endif
