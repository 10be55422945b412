#include "tools/demo/server.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "tools/demo/delay.h"
#include "tools/demo/pool.h"

enum {
    TOO_LARGE = 413,   /* whose name differs between versions of libmicrohttpd */
    KEPT_BYTES = 65536 /* a connection's buffers above this are not kept for its next request */
};

struct server {
    /* constant after server_start */
    struct server_config config;
    struct pool *pool;
    struct delay *delay;
    struct MHD_Response *too_large;
    struct MHD_Response *not_post;

    /* any thread */
    atomic_uint_fast64_t requests[ENDPOINT_TOOLS_MAX + 1];
    atomic_uint_fast64_t faults;
};

/* What a connection remembers; its buffers serve one request after the other. */
struct exchange {
    bool busy; /* within a request */
    bool read; /* `call` and `verdict` are there; if it was to be late, it has been */
    bool too_large;
    unsigned status;
    struct fault_verdict verdict;
    struct buf body;
    struct buf answer;
    struct endpoint_call call;
    struct MHD_Connection *connection; /* while it is suspended */
    struct server *server;             /* likewise */
};

static void exchange_reset(struct exchange *s)
{
    if (s->body.room > KEPT_BYTES) {
        buf_release(&s->body);
        endpoint_call_release(&s->call);
    }
    if (s->answer.room > KEPT_BYTES)
        buf_release(&s->answer);
    buf_clear(&s->body);
    buf_clear(&s->answer);
    s->busy = s->read = s->too_large = false;
    s->status = 0;
}

static void exchange_free(struct exchange *s)
{
    endpoint_call_release(&s->call);
    buf_release(&s->body);
    buf_release(&s->answer);
    free(s);
}

/* An answer without its last part, or with more than the service takes, or none of it. */
static void spoil(struct exchange *s)
{
    switch (s->verdict.kind) {
    case FAULT_NONE:
    case FAULT_LATENCY:
        return;
    case FAULT_STATUS:
        buf_clear(&s->answer);
        buf_text_add(&s->answer, "{\"error\":\"injected failure\"}");
        s->status = s->verdict.status;
        return;
    case FAULT_OVERSIZE: /* blanks after the value: as good JSON as before */
        buf_reserve(&s->answer, FAULT_OVERSIZE_BYTES);
        memset(s->answer.at + s->answer.len, ' ', FAULT_OVERSIZE_BYTES);
        s->answer.len += FAULT_OVERSIZE_BYTES;
        s->answer.at[s->answer.len] = '\0';
        return;
    case FAULT_MALFORMED:
        s->answer.len /= 2;
        s->status = MHD_HTTP_OK;
        return;
    }
}

/* The request is there: which call it is. Returns the milliseconds to wait before it is made. */
static unsigned read_call(struct server *server, struct exchange *s, const char *url)
{
    const struct server_config *c = &server->config;
    endpoint_read(c->endpoint, url, buf_text(&s->body), s->body.len, &s->call);
    uint64_t n = atomic_fetch_add(&server->requests[s->call.tool], 1);
    s->verdict = faults_decide(c->faults, s->call.tool, n);
    if (s->verdict.kind || s->verdict.latency_ms)
        atomic_fetch_add(&server->faults, 1);
    s->read = true;
    return s->verdict.latency_ms + c->latency_ms;
}

static void make_answer(const struct server *server, struct exchange *s)
{
    const struct server_config *c = &server->config;
    if (s->verdict.kind != FAULT_STATUS)
        s->status = endpoint_answer(c->endpoint, c->data, &s->call, &s->answer);
    spoil(s);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, const struct exchange *s)
{
    /* Persistent: the exchange keeps the bytes until the request is over. */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(s->answer.len, s->answer.at, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    enum MHD_Result done = MHD_queue_response(connection, s->status, response);
    MHD_destroy_response(response);
    return done;
}

static void collect(struct exchange *s, const char *data, size_t len)
{
    if (s->body.len + len > SERVER_MAX_BODY)
        s->too_large = true; /* the rest is read and forgotten, so that the client hears of it */
    else
        buf_add(&s->body, data, len);
}

static struct exchange *exchange_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* libmicrohttpd calls this for the headers, for each piece of the body, at the end of the body, and
 * again after a suspension. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *len, void **state)
{
    (void)version;
    (void)state;
    struct server *server = cls;
    struct exchange *s = exchange_of(connection);
    if (!s->busy) {
        s->busy = true;
        return MHD_YES;
    }
    if (*len) {
        collect(s, data, *len);
        *len = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, server->not_post);
    if (s->too_large)
        return MHD_queue_response(connection, TOO_LARGE, server->too_large);
    unsigned wait_ms = s->read ? 0 : read_call(server, s, url);
    if (!wait_ms) {
        make_answer(server, s);
        return send_answer(connection, s);
    }
    s->connection = connection;
    s->server = server;
    MHD_suspend_connection(connection);
    delay_add(server->delay, wait_ms, s);
    return MHD_YES;
}

/* The delay's thread. */
static void resume(void *what)
{
    const struct exchange *s = what;
    struct server *server = s->server; /* once resumed, the connection may end, and `s` with it */
    MHD_resume_connection(s->connection);
    pool_wake(server->pool);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)cls;
    (void)state;
    (void)why;
    exchange_reset(exchange_of(connection));
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    (void)cls;
    (void)connection;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = mem_new(sizeof(struct exchange));
    } else {
        exchange_free(*context);
        *context = NULL;
    }
}

static struct MHD_Response *constant(const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    return response;
}

static enum err_code start_pool(struct server *s, struct err *e)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct pool_config config = {
        .port = s->config.port,
        .threads = s->config.threads ? s->config.threads
                   : cores > 0       ? (unsigned)cores
                                     : 1,
        .on_request = on_request,
        .on_completed = on_completed,
        .on_connection = on_connection,
        .cls = s,
    };
    return pool_start(&s->pool, &config, e);
}

enum err_code server_start(struct server **out, const struct server_config *config, struct err *e)
{
    struct server *s = mem_new(sizeof(*s));
    s->config = *config;
    s->too_large = constant("{\"error\":\"request body above 1048576 bytes\"}");
    s->not_post = constant("{\"error\":\"only POST here, to /tool or /tool/NAME\"}");
    enum err_code rc = s->too_large && s->not_post
                           ? delay_start(&s->delay, resume, e)
                           : err_set(e, ERR_IO, "libmicrohttpd makes no response");
    if (!rc)
        rc = start_pool(s, e);
    if (rc) {
        server_stop(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

unsigned server_port(const struct server *s)
{
    return pool_port(s->pool);
}

uint64_t server_requests(const struct server *s, size_t tool)
{
    return atomic_load(&s->requests[tool]);
}

uint64_t server_faults(const struct server *s)
{
    return atomic_load(&s->faults);
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    delay_stop(s->delay); /* first: from here on no connection is suspended any more */
    pool_stop(s->pool);
    delay_free(s->delay);
    if (s->too_large)
        MHD_destroy_response(s->too_large);
    if (s->not_post)
        MHD_destroy_response(s->not_post);
    free(s);
}
