/* rftsim check --fix: write the copies and tell what was done. */
#ifndef SIM_CLI_FIX_H
#define SIM_CLI_FIX_H

#include <stdbool.h>

#include "sim/base/err.h"

enum fix_flags {
    FIX_JSON = 1 << 0,
    FIX_DIFF = 1 << 1,
};

/* On success `*copy` is the path of the job's copy, the caller's to free. */
NODISCARD enum err_code fix_job(char **copy, const char *job_path, const char *folder,
                                unsigned flags, struct err *e);

#endif
