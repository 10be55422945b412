/* Warm workers: Python processes that have run the user's source, and grade line after line.
 *
 * Each has up to CREW_DEPTH grades under way and answers them in order, so the first of them, the
 * head, is the one that it works at. A worker that is too late, ends, or says too much costs the
 * head of its line and is replaced; the grades behind it go to the new one, in order.
 *
 *     DOWN -start-> STARTING -"S"-> LOADING -"R"-> READY
 *       ^______________|______________|______________|
 *
 * A grade that finds no memory in a worker that has graded others is tried again in a new one,
 * since what they left behind may be why. A worker that fails before it is READY costs one grade
 * too, so that nothing is started for ever; and when the source itself raised, or three in a row
 * failed, the crew is broken: every grade ends at once in the same error. A worker of which no
 * process can be made is done without while there are others.
 *
 * Threads: the engine's; a crew of its own for each, and no locks.
 */
#ifndef GRADER_PYTHON_CREW_H
#define GRADER_PYTHON_CREW_H

#include <jansson.h>

#include "grader/python/sandbox.h"
#include "sim/base/tape.h"
#include "sim/net/engine.h"

enum {
    CREW_DEPTH = 8,
    CREW_SAID_MAX = 16 << 20, /* bytes that a grade may write to descriptors 1 and 2 */
};

struct crew_config {
    struct engine *engine; /* borrowed, as is the source, until crew_free */
    struct sandbox sandbox;
    const char *source;
    size_t source_len;
    int n_workers;  /* at least 1 */
    int timeout_ms; /* of a grade once it is the head, and of running the source */
};

enum crew_fate {
    CREW_GRADED,
    CREW_FAULT, /* the user's code: an exception, no number, no time, no memory, a death */
    CREW_LOST,  /* the means: no worker could be had, or it was not understood */
};

/* What came of a grade. Borrowed until `done` returns. */
struct crew_answer {
    enum crew_fate fate;
    double reward;   /* of CREW_GRADED */
    bool boolean;    /* which was True or False (GAP-40) */
    const char *why; /* of the others */
    const json_t
        *rest; /* what the worker told: "traceback", "printed", "cut", "value"; may be NULL */
    const char *said; /* what went to descriptors 1 and 2, cut to 64 kB; of one that is told */
};

struct crew;
struct crew_task;

struct crew *crew_new(const struct crew_config *config);
void crew_free(struct crew *p); /* no `done` comes any more; NULL is fine */

/* What is to be graded, and who wants to know. */
struct crew_order {
    const struct tape *item; /* borrowed for the call */
    const struct tape *sample;
    bool told; /* with what it prints and returns */
    void (*done)(void *owner, const struct crew_answer *a);
    void *owner;
};

/* `done` is called once, maybe before this returns, and that of no other order is; `*out` is set
 * before that, to a crew_task that ends with it. */
void crew_start(void **out, struct crew *p, const struct crew_order *order);
void crew_stop(struct crew_task *t); /* no `done` will come */

#endif
