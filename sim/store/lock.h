/* Who works on a run: one process at a time.
 *
 * A lock of the kernel's on run.lock in the run folder, which ends with the process however that
 * ends. The file says who has it, for people and for the message; it stays.
 */
#ifndef SIM_STORE_LOCK_H
#define SIM_STORE_LOCK_H

#include <stdbool.h>

#include "sim/base/err.h"

/* Take the lock: `*fd` is to be closed, which gives it back. Errors: ERR_IO: another process has
 * it, which is named; or the file cannot be written. */
NODISCARD enum err_code run_lock(int *fd, const char *folder, struct err *e);
void run_unlock(int fd); /* -1 is fine */

/* Whether another process has it; where that cannot be told, it is taken to. Not for the process
 * that has it: to ask would give it back. */
bool run_is_locked(const char *folder);

#endif
