/* What graders that ask somebody over HTTP share: a grade under way, its attempts, its loss.
 *
 * Any failure costs an attempt, and when none is left the grade is lost: it has a flag, its reason,
 * and no reward (4.9, GAP-27). Which answers are failures is the grader's to say.
 * Threads: the engine's.
 */
#ifndef GRADER_ASK_H
#define GRADER_ASK_H

#include "grader/grader.h"
#include "sim/net/exchange.h"
#include "sim/net/headers.h"

struct ask;

enum ask_verdict {
    ASK_SETTLED,  /* the grade is in ask->grading->out */
    ASK_FAILED,   /* ask->fault says how; another attempt may help */
    ASK_HOPELESS, /* likewise, and none will */
};

/* Whom a grader asks, as it was opened. */
struct asker {
    struct lane lane;
    uint32_t host;
    char *who;                  /* owned: "the endpoint", for reasons */
    char *url;                  /* owned */
    struct curl_slist *headers; /* owned */
    enum grade_flag lost_flag;
    size_t answer_max;
    enum ask_verdict (*read)(struct ask *a);
    struct ask *spare; /* owned; memory for the next grades */
};

/* One grade under way; its grading's task. */
struct ask {
    struct asker *asker;
    struct grading *grading;
    struct exchange x;
    struct buf body;
    const char *fault; /* how the last attempt failed, static storage; NULL if it did not */
    char said[160];    /* what the other side said to that; may be empty */
    struct ask *next;  /* while it is spare */
};

struct asker_config {
    const struct job *job;
    const char *pointer; /* where the URL stands in the job */
    enum host_use use;
    const char *caller;   /* "grader 'g'", if it cannot be reached */
    const char *who;      /* as in struct asker; copied */
    const char *base_url; /* as it stands in the job; borrowed */
    const char *path;     /* to go behind it; may be empty */
    const struct header *headers;
    size_t n_headers;
    double max_qps; /* 0: no limit of its own */
    enum grade_flag lost_flag;
    size_t answer_max;
    enum ask_verdict (*read)(struct ask *a);
};

/* Make it known to the context's hosts and, with a wire, ready to be used. */
void asker_open(struct asker *a, const struct asker_config *config,
                const struct grader_context *context);
void asker_close(struct asker *a); /* fine on a zeroed one */

/* The task of a grade, with an empty body to fill. */
struct ask *ask_begin(struct asker *a, struct grading *x);
void ask_send(struct ask *a);     /* ends with grading_done() */
void ask_stop(struct grading *x); /* for grader_ops.stop */
void ask_refuse(struct ask *a);   /* nothing is sent: the grade in out is settled */

/* Look at an answer up to its JSON: ASK_SETTLED if `scratch` holds an object. 5xx, 4xx and so on
 * are ASK_FAILED. */
enum ask_verdict ask_read_object(struct ask *a, struct tape *scratch);

#endif
