/* rftsim tools [NAME]: serve a demo tool endpoint until told to stop. */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/cli/cmd.h"
#include "tools/demo/endpoint.h"
#include "tools/demo/fault.h"
#include "tools/demo/server.h"

struct tools_opts {
    const char *data;
    struct words faults;
    unsigned latency_ms;
    unsigned port;
    unsigned seed;
    unsigned threads;
};

static const struct opt tools_opts[] = {
    {"data", 0, OPT_TEXT, offsetof(struct tools_opts, data), "FILE",
     "serve what is in this JSONL file: products, or orders with policies and customers (default: "
     "the shipped one)",
     0, 0},
    {"fault", 'f', OPT_MANY, offsetof(struct tools_opts, faults), "SPEC",
     "spoil a share of the answers: TOOL:KIND@RATE. TOOL is a name or *; KIND is a status from "
     "400 to 599, latency=MS, oversize or malformed; RATE is from 0 to 1. May be given several "
     "times",
     0, 0},
    {"latency-ms", 0, OPT_COUNT, offsetof(struct tools_opts, latency_ms), "N",
     "wait this long before every answer (default 0)", 0, FAULT_LATENCY_MAX_MS},
    {"port", 'p', OPT_COUNT, offsetof(struct tools_opts, port), "N",
     "listen on this port of 127.0.0.1 (default 0: any free one)", 0, 65535},
    {"seed", 's', OPT_COUNT, offsetof(struct tools_opts, seed), "N",
     "decides which requests meet a fault (default 0)", 0, INT_MAX},
    {"threads", 't', OPT_COUNT, offsetof(struct tools_opts, threads), "N",
     "threads that serve (default: one a core)", 1, 256},
    {0},
};

static enum err_code list_endpoints(struct err *e)
{
    struct buf text = {0};
    const struct endpoint *ep = NULL;
    for (size_t i = 0; (ep = endpoint_at(i)); i++)
        buf_printf(&text, "%-12s%s\n", ep->name, ep->help);
    return cmd_print(&text, e);
}

static enum err_code find_endpoint(const struct endpoint **out, const char *name, struct err *e)
{
    *out = endpoint_find(name);
    if (*out)
        return ERR_OK;
    struct nearest near = {.word = name};
    const struct endpoint *ep = NULL;
    for (size_t i = 0; (ep = endpoint_at(i)); i++)
        nearest_try(&near, ep->name);
    err_set(e, ERR_USAGE, "no endpoint '%s'", name);
    if (near.name)
        return err_fix(e, "did you mean '%s'?", near.name);
    return err_fix(e, "'rftsim tools' lists the endpoints");
}

/* The folder the program itself lies in, the caller's to free; NULL if the system does not say. */
static char *program_folder(void)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (len <= 0)
        return NULL;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    return slash ? mem_slice(path, (size_t)(slash - path)) : NULL;
}

/* The path of a shipped file, the caller's to free: from the source tree if we are in it, else as
 * installed (PREFIX/bin beside PREFIX/share), else from the tree the program was built in
 * (build/FLAVOR). Going by where the program lies keeps an installed tree movable. */
static enum err_code find_shipped(char **out, const char *name, struct err *e)
{
    char *folder = program_folder();
    char *tries[] = {
        mem_printf("datasets/%s", name),
        folder ? mem_printf("%s/../share/rftsim/%s", folder, name) : NULL,
        folder ? mem_printf("%s/../../datasets/%s", folder, name) : NULL,
    };
    free(folder);
    *out = NULL;
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        if (!*out && tries[i] && access(tries[i], R_OK) == 0)
            *out = tries[i];
        else
            free(tries[i]);
    }
    if (*out)
        return ERR_OK;
    err_set(e, ERR_IO, "the shipped file %s is neither below ./datasets nor beside the program",
            name);
    return err_fix(e, "name one with --data FILE");
}

static enum err_code open_data(const struct endpoint *ep, const char *path, void **data,
                               struct err *e)
{
    char *shipped = NULL;
    if (path && !ep->data) {
        err_set(e, ERR_USAGE, "--data: the endpoint '%s' has no file to serve", ep->name);
        return err_fix(e, "leave it out");
    }
    if (!path && ep->data) {
        enum err_code rc = find_shipped(&shipped, ep->data, e);
        if (rc)
            return rc;
    }
    enum err_code rc = ep->open(data, path ? path : shipped, e);
    free(shipped);
    return rc;
}

static enum err_code read_faults(struct faults *f, const struct endpoint *ep,
                                 const struct tools_opts *o, struct err *e)
{
    f->seed = o->seed;
    for (size_t i = 0; i < o->faults.n; i++) {
        enum err_code rc = faults_add(f, o->faults.at[i], ep->tools, e);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

static void tell_counts(const struct endpoint *ep, const void *data, const struct server *server)
{
    struct buf text = {0};
    size_t n = endpoint_tool_count(ep);
    fputs("rftsim tools: requests:", stderr);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %s %" PRIu64 ",", ep->tools[i], server_requests(server, i));
    fprintf(stderr, " other %" PRIu64 "; faults injected: %" PRIu64 "\n",
            server_requests(server, n), server_faults(server));
    if (ep->tell) {
        ep->tell(data, &text);
        fprintf(stderr, "rftsim tools: %s\n", buf_text(&text));
    }
    buf_release(&text);
}

/* Serve until SIGINT or SIGTERM, which `stop` holds and every thread has blocked. */
static enum err_code serve(const struct endpoint *ep, const struct server_config *config,
                           const sigset_t *stop, struct err *e)
{
    struct server *server = NULL;
    enum err_code rc = server_start(&server, config, e);
    if (rc)
        return rc;
    struct buf url = {0};
    buf_printf(&url, "http://127.0.0.1:%u/tool\n", server_port(server));
    rc = cmd_print(&url, e);
    if (!rc && fflush(stdout))
        rc = err_sys(e, "standard output");
    int got = 0;
    if (!rc)
        sigwait(stop, &got);
    if (!rc)
        tell_counts(ep, config->data, server);
    server_stop(server);
    return rc;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct tools_opts *o = opts;
    if (operands->n == 0)
        return list_endpoints(e);

    sigset_t stop;
    sigset_t before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, &before); /* the server's threads inherit it */

    const struct endpoint *ep = NULL;
    struct faults faults = {0};
    void *data = NULL;
    enum err_code rc = find_endpoint(&ep, operands->at[0], e);
    if (!rc)
        rc = read_faults(&faults, ep, o, e);
    if (!rc)
        rc = open_data(ep, o->data, &data, e);
    if (!rc) {
        struct server_config config = {
            .endpoint = ep,
            .data = data,
            .faults = &faults,
            .port = o->port,
            .threads = o->threads,
            .latency_ms = o->latency_ms,
        };
        rc = serve(ep, &config, &stop, e);
    }
    if (ep)
        ep->close(data);
    faults_release(&faults);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

const struct cmd cmd_tools = {
    .name = "tools",
    .operands = "[NAME]",
    .max_operands = 1,
    .choices = "catalog countdown retail",
    .help = "serve a demo tool endpoint, with faults on request",
    .about = "The first line on standard output is the endpoint's URL; SIGINT or SIGTERM ends it. "
             "Without a NAME the endpoints are listed. The same seed and the same requests, one at "
             "a time, meet the same faults.",
    .example = "rftsim tools catalog --port 8080 --fault 'search_catalog:503@0.1'\n",
    .opts = tools_opts,
    .opts_size = sizeof(struct tools_opts),
    .run = run,
};
