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

/* Put a text in the place of all that is in the file, at once: whoever reads it sees the old text
 * or the new one. Its mode stays, and so does a symbolic link to it.
 * Errors: ERR_IO; the file is then as it was. */
NODISCARD enum err_code file_replace(const char *path, const char *text, size_t len, struct err *e);

/* The same for a file that nobody else writes, which is made if it is not there. A process that is
 * killed here may leave `path`.new behind, which the next one uses up. */
NODISCARD enum err_code file_put(const char *path, const char *text, size_t len, struct err *e);

#endif
