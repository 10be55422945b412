/* The user's program, one process an engine: asked for turns a line each, it answers in any order.
 *
 * It is started with the first turn and sent every turn as it comes. Of those that it has not
 * answered the oldest is the head: what a program that answers in order is at, and so what pays
 * when it is late, writes what is no answer, or ends. A program that ends is started again and
 * asked again what it had not answered. Its end costs the head nothing the first time if it had
 * answered others before, which may be why; nor while nothing was read, or the turn that it was at
 * was given up.
 *
 * When it fails to start, or too often in a row without an answer, it is hopeless: the run is told,
 * and the turns that wait stay as they are until they are stopped, so that no rollout ends for it.
 *
 * Threads: the engine's; a program of its own for each, and no locks.
 */
#ifndef SIM_POLICY_COMMAND_PROGRAM_H
#define SIM_POLICY_COMMAND_PROGRAM_H

#include "sim/policy/policy.h"

enum {
    PROGRAM_FAILS_MAX = 20,    /* in a row without an answer */
    PROGRAM_STARTS_MAX = 3,    /* in a row that look as if it cannot run at all */
    PROGRAM_LEAVE_MS = 500,    /* at the end, to be gone once its input has ended */
    PROGRAM_SAID_KEPT = 16384, /* bytes of its standard error */
    PROGRAM_DESCRIPTORS = 4,   /* three pipes' ends, and what tells of its end */
};

struct program_config {
    const struct job *job; /* borrowed until program_free, as is all below */
    struct engine *engine;
    const char *const *argv; /* NULL after it */
    const char *folder;      /* where it starts */
    char *const *environment;
    int timeout_ms; /* of the head */
    void (*hopeless)(void *arg, const struct err *why);
    void *arg;
};

struct program;

struct program *program_new(const struct program_config *config);
void program_free(struct program *p); /* no `done` comes any more; NULL is fine */

/* Ask for a turn, in playing_done(), later; x->task is then its own. */
void program_start(struct program *p, struct playing *x, const struct policy_view *view);
void program_stop(struct playing *x); /* no `done` will come */

#endif
