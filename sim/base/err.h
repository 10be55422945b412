/* What went wrong: a code for programs, a message and a remedy for people.
 *
 * A function that can fail returns an err_code and takes a `struct err *` last. On success it
 * leaves the struct alone; on failure it has filled it exactly once. A caller either handles the
 * failure (and calls err_clear) or adds what it knows with err_note and passes the code up.
 * It is printed once, in cmd_main.
 */
#ifndef SIM_BASE_ERR_H
#define SIM_BASE_ERR_H

#include "sim/base/cc.h"

/* One row per kind of failure: code, exit status of the process, words for the user. */
#define ERR_MAP(X)                              \
    X(OK, 0, "ok")                              \
    X(NO, 1, "the answer is no")                \
    X(USAGE, 2, "bad command line")             \
    X(JOB, 2, "bad job file")                   \
    X(DATA, 2, "bad dataset")                   \
    X(IO, 3, "input or output failed")          \
    X(NET, 3, "an endpoint cannot be reached")  \
    X(STOPPED, 4, "stopped before it was done") \
    X(BUG, 70, "a bug in this program")

enum err_code {
#define X(code, status, words) ERR_##code,
    ERR_MAP(X)
#undef X
};

struct err {
    enum err_code code;
    char text[768]; /* "configs/a.yaml:3:1: unknown key 'sed'"; no newline, no full stop */
    char fix[384];  /* what to do next, a line; empty if there is nothing to say */
};

/* Record a failure and return its code, so that failing is one line:
 *     return err_set(e, ERR_DATA, "line %zu: not a JSON object", line);
 * `e` must be clear: overwriting an error that nobody handled is a bug. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);

/* Record ERR_IO for a failed system call on `what`, in errno's words. */
enum err_code err_sys(struct err *e, const char *what);

/* Put context in front of the message ("reading %s") and return the code unchanged. */
enum err_code err_note(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Say what the user can do about it, and return the code unchanged. */
enum err_code err_fix(struct err *e, const char *fmt, ...) PRINTF(2, 3);

void err_clear(struct err *e);

const char *err_words(enum err_code code); /* static storage */
int err_status(enum err_code code);        /* exit status, 0..127 */

#endif
