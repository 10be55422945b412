/* A demo tool endpoint: a few tools over some data, and the platform's words around each call.
 *
 * No sockets here: a request's path and body go in, a status and a body come out. server.h serves
 * it, fault.h spoils it. Each kind of endpoint (catalog, ...) is one const struct endpoint.
 * Source: contract 3.2 for the request, 3.3 for the answer and for the errors' shape.
 * Threads: answer() is called by several at once: what open() made is read only, or guards itself;
 * a `struct endpoint_call` belongs to one thread.
 */
#ifndef TOOLS_DEMO_ENDPOINT_H
#define TOOLS_DEMO_ENDPOINT_H

#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/base/tape.h"

enum { ENDPOINT_TOOLS_MAX = 8 };

struct endpoint_call;

struct endpoint {
    const char *name; /* what the user types: "catalog" */
    const char *help; /* one line, no full stop */
    const char *data; /* its file below datasets/: "catalog/products.jsonl"; NULL: it needs none */
    const char *tools[ENDPOINT_TOOLS_MAX + 1]; /* the functions it answers to; NULL ends */
    enum err_code (*open)(void **self, const char *path, struct err *e);
    /* Answer one call of tools[call->tool], whose `args` are always an object. Returns 200 with the
     * output's JSON appended to `out`, or a 4xx with the reason as plain text. An endpoint that
     * remembers keeps what it knows by the body's trace_id, one rollout apart from the next. */
    unsigned (*answer)(void *self, const struct endpoint_call *call, struct buf *out);
    /* Append what it remembers, in a few words, for the end; NULL: it remembers nothing. */
    void (*tell)(const void *self, struct buf *out);
    void (*close)(void *self); /* NULL is fine */
};

extern const struct endpoint endpoint_catalog;
extern const struct endpoint endpoint_countdown;
extern const struct endpoint endpoint_retail;

const struct endpoint *endpoint_at(size_t i);           /* NULL after the last */
const struct endpoint *endpoint_find(const char *name); /* NULL if there is none */
size_t endpoint_tool_count(const struct endpoint *ep);

/* One request, read: which tool it is for. Borrows the body and the path. */
struct endpoint_call {
    struct tape body;     /* over the request's bytes */
    struct tape args;     /* over args_text */
    struct buf args_text; /* `arguments`, unescaped */
    struct buf output;    /* what the tool said */
    size_t tool;          /* index in tools[]; their number if it is none of them */
    unsigned status;      /* 200, or why the call cannot be made: then `output` says so */
};

/* `call` may be zeroed or used before: its memory is used again. */
void endpoint_read(const struct endpoint *ep, const char *path, const char *body, size_t len,
                   struct endpoint_call *call);

/* Make the call and append the whole answer to `answer`. Returns the status. */
unsigned endpoint_answer(const struct endpoint *ep, void *self, struct endpoint_call *call,
                         struct buf *answer);

void endpoint_call_release(struct endpoint_call *call);

#endif
