/* A question that is asked over HTTP: JSON out, a JSON object back, with attempts.
 *
 * What those share who ask somebody outside: graders an endpoint or a judge, a policy a model. Any
 * failure costs an attempt, and when none is left `done` has the reason. Which answers are
 * failures is the asker's to say.
 * Source: 4.9, GAP-27.
 * Threads: the engine's.
 */
#ifndef SIM_NET_ASK_H
#define SIM_NET_ASK_H

#include "sim/base/tape.h"
#include "sim/net/exchange.h"
#include "sim/net/headers.h"

struct ask;

enum ask_verdict {
    ASK_SETTLED,  /* the answer was taken */
    ASK_FAILED,   /* ask->fault says how; another attempt may help */
    ASK_HOPELESS, /* likewise, and none will */
};

/* Whom somebody asks, as it was opened. */
struct asker {
    struct lane lane;
    uint32_t host;
    char *who;                  /* owned: "the endpoint", for reasons */
    char *url;                  /* owned */
    struct curl_slist *headers; /* owned */
    size_t answer_max;
    enum ask_verdict (*read)(struct ask *a);
    void (*done)(struct ask *a);
    struct ask *spare; /* owned; memory for the next questions */
};

/* One question under way. */
struct ask {
    struct asker *asker;
    void *owner; /* for read() and done() to find their way home */
    size_t tag;  /* the owner's, for what it has to know again */
    struct exchange x;
    struct buf body;
    const char *fault; /* how the last attempt failed, static storage; NULL if it did not */
    char said[160];    /* what the other side said to that; may be empty */
    struct ask *next;  /* while it is spare; the owner's after done() */
};

struct asker_config {
    const char *pointer; /* where the URL stands in the job */
    enum host_use use;
    const char *caller;  /* "grader 'g'", if it cannot be reached */
    const char *who;     /* as in struct asker; copied */
    const char *written; /* the URL as it stands in the job; borrowed by `hosts` */
    const char *url;     /* where it leads; copied */
    const struct header *headers;
    size_t n_headers;
    double max_qps; /* 0: no limit of its own */
    struct retry_policy retry;
    int timeout_ms; /* of one attempt */
    size_t answer_max;
    enum ask_verdict (*read)(struct ask *a); /* an attempt is over */
    void (*done)(struct ask *a); /* settled, or with a fault given up; must give `a` back */
};

/* Make it known to `hosts` and, with a wire, ready to be used; either may be NULL. */
void asker_open(struct asker *a, const struct asker_config *config, struct hosts *hosts,
                struct wire *wire);
void asker_close(struct asker *a); /* fine on a zeroed one */

/* A question with an empty body to fill. */
struct ask *ask_begin(struct asker *a, void *owner);
void ask_send(struct ask *a);      /* ends with done(), unless it is stopped */
void ask_stop(struct ask *a);      /* and given back; NULL is fine */
void ask_give_back(struct ask *a); /* its memory is another's */

/* Look at an answer up to its JSON: ASK_SETTLED if `scratch` holds an object. 5xx, 4xx and so on
 * are ASK_FAILED. */
enum ask_verdict ask_read_object(struct ask *a, struct tape *scratch);

/* Append why the question has no answer: "the endpoint: HTTP 500, answered 5xx, 3 attempts". */
void ask_why(const struct ask *a, struct buf *out);

#endif
