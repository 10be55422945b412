/* Allocation that cannot fail: out of memory ends the program, with a line that says so.
 *
 * What comes from outside has a ceiling of its own before it gets here, so running out of memory
 * is the machine's state, not an input's doing. mem_init() gives jansson the same policy.
 */
#ifndef SIM_BASE_MEM_H
#define SIM_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "sim/base/cc.h"

void mem_init(void); /* once, before the first thread and the first json_t */

void *mem_new(size_t bytes);                      /* zeroed; the caller's to free() */
void *mem_array(size_t n, size_t each);           /* zeroed; the product is checked */
void *mem_grow(void *old, size_t n, size_t each); /* realloc; the product is checked */
char *mem_text(const char *text);                 /* strdup; NULL gives NULL */
char *mem_slice(const char *text, size_t len);    /* a copy with a NUL after it */
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);
char *mem_vprintf(const char *fmt, va_list ap) PRINTF(1, 0);

#endif
