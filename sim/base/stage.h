/* A folder that is there whole or not at all: written under another name beside its own, which it
 * gets when all is well. Nothing that exists is ever overwritten.
 *
 * Every write and close is checked, so that a full disk is an error with a name and not half a
 * file; fsync, because some file systems tell no sooner.
 */
#ifndef SIM_BASE_STAGE_H
#define SIM_BASE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "sim/base/cc.h"
#include "sim/base/err.h"

struct stage {
    char *target; /* owned; the folder as it will be called */
    char *temp;   /* owned; as it is called until then */
};

/* Errors: ERR_USAGE: `path` is there and is no empty folder; ERR_IO. */
NODISCARD enum err_code stage_open(struct stage *s, const char *path, struct err *e);

/* Give the folder its name. Errors: ERR_IO; it is then still to be abandoned. */
NODISCARD enum err_code stage_commit(struct stage *s, struct err *e);

/* Remove it if it has not got its name, and release `s`. Fine on a zeroed one. */
void stage_close(struct stage *s);

/* A file that is being written; it can be read back. */
struct stage_file {
    FILE *file;
    char *path;  /* owned; where it is */
    char *shown; /* owned; what it will be called */
    size_t len;  /* bytes written */
};

/* Create a file of the folder; or, with `s` NULL, one for itself, which gets its name with
 * stage_publish. `mode` 0: as the umask has it. Errors: ERR_USAGE: a file for itself is there
 * already; ERR_IO. */
NODISCARD enum err_code stage_create(struct stage_file *f, const struct stage *s, const char *name,
                                     mode_t mode, struct err *e);
NODISCARD enum err_code stage_write(struct stage_file *f, const void *bytes, size_t n,
                                    struct err *e);

/* Whether the file holds bytes[0..n) at `offset`. */
NODISCARD enum err_code stage_holds(struct stage_file *f, size_t offset, const void *bytes,
                                    size_t n, bool *same, struct err *e);

/* Flush, sync, close. Releases `f` whatever the outcome; fine on a zeroed one. With a failure in
 * `e` already it only releases. */
NODISCARD enum err_code stage_finish(struct stage_file *f, struct err *e);

/* The same for a file for itself, which then has its name; on failure it is gone. */
NODISCARD enum err_code stage_publish(struct stage_file *f, struct err *e);

#endif
