/* A growable run of bytes, always followed by a NUL that `len` does not count.
 *
 * A zeroed struct is an empty buffer; `at` is then NULL, and buf_text() gives "". Growth has no
 * ceiling here: what fills a buffer from outside checks its own cap first.
 */
#ifndef SIM_BASE_BUF_H
#define SIM_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "sim/base/cc.h"

struct buf {
    char *at; /* owned */
    size_t len;
    size_t room;
};

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_text_add(struct buf *b, const char *text); /* up to its NUL */
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_reserve(struct buf *b, size_t more); /* room for `more` bytes without moving */

/* `text` as a JSON string, quotes included: only what RFC 8259 requires is escaped. */
void buf_json(struct buf *b, const char *text, size_t n);

/* `bytes` in base64 (RFC 4648, 4), padded. */
void buf_base64(struct buf *b, const void *bytes, size_t n);

const char *buf_text(const struct buf *b); /* borrowed until the next change; never NULL */
char *buf_take(struct buf *b);             /* the text, the caller's to free(); empties b */
void buf_cut(struct buf *b, size_t len);   /* drop what follows the first `len` bytes */
void buf_clear(struct buf *b);             /* empty, memory kept */
void buf_release(struct buf *b);           /* empty, memory freed */

#endif
