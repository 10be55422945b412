/* Daemons of libmicrohttpd on one loopback port, each driven by a thread of ours.
 *
 * Not its own thread pool: after exactly 128 events in one epoll_wait() (a full batch) version
 * 0.9.75 waits for more before it looks at them, without a time limit. Where every client waits for
 * its answer nothing more comes, and the server stands still: 256 connections of wrk on one thread
 * do it within a second. MHD_run() never waits, so we wait for it, on its epoll descriptor.
 */
#ifndef TOOLS_DEMO_POOL_H
#define TOOLS_DEMO_POOL_H

#include <microhttpd.h>

#include "sim/base/err.h"

struct pool;

struct pool_config {
    unsigned port;    /* 0: any free one */
    unsigned threads; /* at least 1 */
    MHD_AccessHandlerCallback on_request;
    MHD_RequestCompletedCallback on_completed;
    MHD_NotifyConnectionCallback on_connection;
    void *cls; /* passed to all three */
};

/* Listen and serve. Raises the soft limit of open files to the hard one. Errors: ERR_IO. */
NODISCARD enum err_code pool_start(struct pool **out, const struct pool_config *config,
                                   struct err *e);

unsigned pool_port(const struct pool *p);

/* To be called after MHD_resume_connection(): driven from outside as it is here, a daemon does not
 * stir by itself when a connection is resumed. From any thread. */
void pool_wake(struct pool *p);

/* End the threads and close every connection; none may be suspended, nor be so again. NULL is
 * fine. */
void pool_stop(struct pool *p);

#endif
