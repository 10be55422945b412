/* How many files and sockets the process may have open. */
#ifndef SIM_BASE_FILES_H
#define SIM_BASE_FILES_H

#include <stddef.h>

/* Raise the soft limit as far as the hard one allows; returns what it then is. */
size_t files_raise(void);

#endif
