/* Whole files, small enough to hold. */
#ifndef SIM_BASE_FILE_H
#define SIM_BASE_FILE_H

#include <stddef.h>

#include "sim/base/cc.h"
#include "sim/base/err.h"

/* Read all of `path`, whatever it is (a pipe too; "-" is standard input), followed by a NUL that
 * `*len` does not count. On success `*text` is the caller's to free(). Errors: ERR_IO, also if it
 * is longer than `max` bytes. */
NODISCARD enum err_code file_read(char **text, size_t *len, const char *path, size_t max,
                                  struct err *e);

#endif
