/* How many files and sockets the process may have open. */
#ifndef SIM_BASE_FILES_H
#define SIM_BASE_FILES_H

#include <stddef.h>

#include "sim/base/err.h"

/* Raise the soft limit as far as the hard one allows; returns what it then is. */
size_t files_raise(void);

/* The same. Errors: ERR_IO if that is under `n`. */
NODISCARD enum err_code files_allow(size_t n, struct err *e);

#endif
