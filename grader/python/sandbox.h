/* Where the users' Python runs: bubblewrap if it works here, else limits and a hook of our own.
 *
 * In bubblewrap: no network, no files but what Python reads, a /tmp of its own of at most 1 GB, its
 * own processes, no privileges. Everywhere: 2 GB of memory, one core, an empty environment, and
 * worker.py's audit hook, which says in words what is refused.
 * Source: PY-2, and Azure's one core.
 * Threads: any; what works here is found out once.
 */
#ifndef GRADER_PYTHON_SANDBOX_H
#define GRADER_PYTHON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/err.h"
#include "sim/job/job.h"

enum {
    SANDBOX_MEMORY = 2147483647 - 65535, /* bytes, whole pages below 2 GB */
    SANDBOX_DISK = 1 << 30,
    SANDBOX_WORDS = 64, /* of a command line */
};

struct sandbox {
    bool inside;                     /* bubblewrap works and is used */
    char why_not[256];               /* it does not work: what it said */
    const char *argv[SANDBOX_WORDS]; /* borrowed; a command line up to the script, NULL after it */
    size_t n_words;
};

/* Find what there is. Errors: ERR_IO with job_sandbox REQUIRE and no bubblewrap that works. */
NODISCARD enum err_code sandbox_find(struct sandbox *out, enum job_sandbox choice, struct err *e);

/* The interpreter: RFTSIM_PYTHON, else Debian's; so RFTSIM_BWRAP for bubblewrap. */
const char *sandbox_python(void);

#endif
