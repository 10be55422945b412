#include "sim/run/target.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/net/engine.h"
#include "tools/tool.h"

enum { REACH_TIMEOUT_MS = 10000 };

/* What every call sends unless the job has a header of that name (GAP-49, GAP-50). An empty value
 * keeps curl from adding its own. */
static const struct {
    const char *name;
    const char *line;
} defaults[] = {
    {"Content-Type", "Content-Type: application/json"},
    {"Accept", "Accept: application/json"},
    {"User-Agent", "User-Agent: rftsim/" RFTSIM_VERSION},
    {"Expect", "Expect:"},
    {"Accept-Encoding", "Accept-Encoding:"},
};

static bool has_header(const struct job_tool *tool, const char *name)
{
    for (size_t i = 0; i < tool->n_headers; i++) {
        if (strcasecmp(tool->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);
    if (!longer)
        abort(); /* only for want of memory */
    return longer;
}

static struct curl_slist *header_list(const struct job_tool *tool)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < COUNT_OF(defaults); i++) {
        if (!has_header(tool, defaults[i].name))
            list = append(list, defaults[i].line);
    }
    for (size_t i = 0; i < tool->n_headers; i++) {
        const struct job_header *h = &tool->headers[i];
        /* curl's form for a header with an empty value ends in a semicolon */
        char *line =
            *h->value ? mem_printf("%s: %s", h->name, h->value) : mem_printf("%s;", h->name);
        list = append(list, line);
        free(line);
    }
    return list;
}

/* The number of the host that tool `i` is at, which may be new. */
static size_t host_of(struct targets *t, const struct job *job, size_t i)
{
    char *origin = host_origin(job->tools[i].server_url);
    for (size_t h = 0; h < t->n_hosts; h++) {
        if (strcasecmp(t->hosts[h].origin, origin) == 0) {
            t->hosts[h].n_tools++;
            free(origin);
            return h;
        }
    }
    struct host *host = &t->hosts[t->n_hosts];
    host->url = job->tools[i].server_url;
    host->origin = origin;
    host->n_tools = 1;
    rate_init(&host->rate, job->sim.max_qps);
    return t->n_hosts++;
}

void targets_init(struct targets *t, const struct job *job)
{
    t->n = job->n_tools;
    t->at = mem_array(t->n, sizeof(*t->at));
    t->hosts = mem_array(t->n, sizeof(*t->hosts));
    for (size_t i = 0; i < t->n; i++) {
        const struct job_tool *tool = &job->tools[i];
        t->at[i] = (struct target){
            .name = tool->name,
            .url = tool_url(tool, job->sim.tool_url),
            .headers = header_list(tool),
            .host = host_of(t, job, i),
        };
    }
}

void targets_release(struct targets *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->at[i].url);
        curl_slist_free_all(t->at[i].headers);
    }
    for (size_t h = 0; h < t->n_hosts; h++)
        free(t->hosts[h].origin);
    free(t->at);
    free(t->hosts);
    *t = (struct targets){0};
}

const struct target *targets_find(const struct targets *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->at[i].name, name) == 0)
            return &t->at[i];
    }
    return NULL;
}

struct reach {
    struct engine *engine;
    size_t n_left;
};

static void on_reached(struct request *req)
{
    struct reach *r = req->owner;
    if (--r->n_left == 0)
        engine_stop(r->engine);
}

static void no_wake(void *arg)
{
    (void)arg;
}

/* The URL is shown as it stands in the job file: what ${NAME} stood for is masked. */
static void tell(const struct job *job, size_t i, const struct request *req, struct diags *list)
{
    char *pointer = mem_printf(JOB_TOOLS_POINTER "/%zu/server_url", i);
    bool says_more = *req->detail && req->fault != NET_REFUSED;
    struct diag *d = doc_fault(
        job->doc, list, DIAG_ERROR, DIAG_N001, pointer, "tool '%s': %s cannot be reached: %s%s%s%s",
        job->tools[i].name, job->tools[i].server_url, net_fault_words(req->fault),
        says_more ? " (" : "", says_more ? req->detail : "", says_more ? ")" : "");
    diag_fix(d, "start the endpoint, or correct server_url; 'rftsim tools' lists some to try with");
    free(pointer);
}

static size_t first_tool(const struct targets *t, size_t host)
{
    size_t i = 0;
    while (t->at[i].host != host)
        i++;
    return i;
}

enum err_code targets_reach(const struct targets *t, const struct job *job, struct share *share,
                            struct diags *list, struct err *e)
{
    if (!t->n)
        return ERR_OK;
    struct reach r = {0};
    struct engine_config config = {
        .share = share, .transfers_max = t->n, .n_hosts = t->n_hosts, .on_wake = no_wake};
    enum err_code rc = engine_new(&r.engine, &config, e);
    if (rc)
        return rc;
    struct request *reqs = mem_array(t->n_hosts, sizeof(*reqs));
    for (size_t h = 0; h < t->n_hosts; h++) {
        reqs[h] = (struct request){.url = t->hosts[h].url,
                                   .connect_only = true,
                                   .timeout_ms = REACH_TIMEOUT_MS,
                                   .done = on_reached,
                                   .owner = &r};
        r.n_left++;
        engine_send(r.engine, &reqs[h]);
    }
    engine_loop(r.engine);
    size_t n_faults = 0;
    for (size_t h = 0; h < t->n_hosts; h++) {
        if (reqs[h].fault == NET_NONE)
            continue;
        tell(job, first_tool(t, h), &reqs[h], list);
        n_faults++;
    }
    if (n_faults)
        rc = err_set(e, ERR_NET, "%zu tool endpoint%s out of reach; nothing was run", n_faults,
                     n_faults == 1 ? " is" : "s are");
    engine_free(r.engine);
    free(reqs);
    return rc;
}
