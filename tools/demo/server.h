/* A demo endpoint on the loopback interface, over libmicrohttpd.
 *
 * POST /tool (the body names the tool) and POST /tool/NAME. A pool of threads, each with an epoll
 * of its own; connections are kept alive; a call that is to be late waits in delay.h, not on a
 * thread, and is made when it has waited: until then it has changed nothing. Prints nothing.
 * Threads: the server's own; start, port, count and stop belong to one caller.
 */
#ifndef TOOLS_DEMO_SERVER_H
#define TOOLS_DEMO_SERVER_H

#include <stdint.h>

#include "sim/base/err.h"
#include "tools/demo/endpoint.h"
#include "tools/demo/fault.h"

enum { SERVER_MAX_BODY = 1048576 }; /* bytes of a request (contract 3.4); above it, 413 */

struct server;

struct server_config {
    const struct endpoint *endpoint;
    void *data;                  /* what endpoint->open made; borrowed until server_stop */
    const struct faults *faults; /* borrowed likewise */
    unsigned port;               /* 0: any free one */
    unsigned threads;            /* 0: one a core */
    unsigned latency_ms;         /* before every call */
};

/* Listen and serve. Raises the soft limit of open files to the hard one. On success `*out` is the
 * caller's to stop. Errors: ERR_IO. */
NODISCARD enum err_code server_start(struct server **out, const struct server_config *config,
                                     struct err *e);

unsigned server_port(const struct server *s);

/* Requests of one tool so far; `tool` may be endpoint_tool_count(): those for no tool at all. */
uint64_t server_requests(const struct server *s, size_t tool);
uint64_t server_faults(const struct server *s); /* answers changed or made late by a rule */

void server_stop(struct server *s); /* NULL is fine */

#endif
