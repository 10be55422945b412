/* A child process on an engine: bytes to its standard input, bytes from its standard output.
 *
 * What it writes to standard error is kept for messages, up to a bound, and counted. It starts with
 * no descriptors but those three and default signals, as the leader of a session of its own, so
 * that ending it ends all that it started, except what made a session too. When it ends, all that
 * it wrote before is handed over first.
 *
 * Threads: the engine's. child_end() waits for the process to be gone, which SIGKILL makes short.
 */
#ifndef SIM_NET_CHILD_H
#define SIM_NET_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/net/engine.h"

enum { CHILD_PIPE_BYTES = 1 << 20 }; /* asked for; a user near the system's bound gets less */

struct child {
    /* set by the caller before child_start */
    struct engine *engine; /* borrowed until child_end */
    size_t said_max;       /* bytes of standard error to keep */
    bool said_last;        /* the last ones, not the first */
    const char *folder;    /* to start in; NULL: ours. Borrowed for child_start, as is the next */
    char *const *environment; /* NULL: an empty one */
    /* Bytes from standard output. May end the child, or start it anew. */
    void (*on_output)(struct child *c, const char *bytes, size_t n);
    /* Standard error has grown; may be NULL, may end the child. */
    void (*on_said)(struct child *c);
    void (*on_end)(struct child *c); /* it is gone, all is released but `status` and `said` */

    /* to be read */
    bool running;
    int status;      /* as of waitpid(), once it is gone */
    bool has_read;   /* it took something of what it was sent; known once it is gone */
    struct buf said; /* owned; the first or last bytes of standard error */
    size_t n_said;   /* bytes of standard error in all; the caller may set both back */

    /* ours */
    pid_t pid;
    int input_fd, output_fd, said_fd, pid_fd;
    struct watch input, output, errors, process;
    struct buf line; /* on the way to standard input */
    size_t sent;     /* bytes of it that are in the pipe */
    size_t n_sent;   /* bytes that it was sent in all */
    bool input_done;
};

/* Start argv[0], a path (without a slash it is looked for in PATH); argv ends in NULL. A zeroed
 * child with the fields above set is fine, and so is one that has ended. Errors: ERR_IO, and
 * nothing is left behind. */
NODISCARD enum err_code child_start(struct child *c, const char *const *argv, struct err *e);

/* Put bytes in line for its standard input; child_flush sends what the pipe takes now, the engine
 * the rest. What a child does not read is dropped when it ends. */
void child_write(struct child *c, const void *bytes, size_t n);
void child_flush(struct child *c);
/* Read what is there of its standard error now: it is not in order with the output. */
void child_listen(struct child *c);
void child_done(struct child *c); /* its input ends after what is in line */

/* Kill it and all in its session; no on_end. Fine if it is not running. */
void child_end(struct child *c);
/* Let it go by itself first: its input ends, and it has `limit_ms` to read that. Waits, so it is
 * for the end of a run. What it still writes is dropped. */
void child_leave(struct child *c, int limit_ms);
void child_release(struct child *c); /* ends it, frees; fine on a zeroed child */

/* "exit status 3", "signal 9 (Killed)", from `status`. */
void child_fate(int status, struct buf *out);

/* Append "; it said: ...", the last lines of what is kept of its standard error, if there are any.
 */
void child_last_words(const struct child *c, int n_lines, struct buf *out);

/* For on_output: hand over each line that is whole, and the beginning of one that is longer than
 * `max`, which has to be the end of the child. `rest` keeps what has not come whole, and is to be
 * cleared when the child is started. A line may be the end of the child, and a new one in its
 * place: what came of the old one is then nobody's. */
void child_lines(struct child *c, struct buf *rest, size_t max, const char *bytes, size_t n,
                 void (*take)(struct child *c, const char *line, size_t len));

/* Run a program to its end, with `input` on its standard input, and keep up to `answer_max` bytes
 * of its output. Waits, so it is for what is done before an engine runs. Errors: ERR_IO if it did
 * not start, went on for more than `limit_ms` or wrote more than that. */
NODISCARD enum err_code child_run(const char *const *argv, const struct buf *input,
                                  size_t answer_max, int limit_ms, struct buf *answer,
                                  struct buf *said, int *status, struct err *e);

#endif
