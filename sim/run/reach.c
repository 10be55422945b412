#include "sim/run/reach.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/net/engine.h"

enum { REACH_TIMEOUT_MS = 10000 };

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
static void tell(const struct job *job, const struct host_user *user, const struct request *req,
                 struct diags *list)
{
    const char *key = strrchr(user->pointer, '/') + 1;
    bool says_more = *req->detail && req->fault != NET_REFUSED;
    struct diag *d = doc_fault(job->doc, list, DIAG_ERROR, DIAG_N001, user->pointer,
                               "%s: %s cannot be reached: %s%s%s%s", user->who, user->url,
                               net_fault_words(req->fault), says_more ? " (" : "",
                               says_more ? req->detail : "", says_more ? ")" : "");
    diag_fix(d, "start the endpoint, or correct %s%s", key,
             user->use != HOST_TOOL ? "" : "; 'rftsim tools' lists some to try with");
}

/* Whether nobody calls it after all. */
static bool is_spared(const struct host *h, unsigned spared)
{
    for (unsigned use = 0; use < HOST_N_USES; use++) {
        if (h->n_users[use] && !(spared >> use & 1))
            return false;
    }
    return true;
}

static size_t count_needed(const struct hosts *hosts, unsigned spared)
{
    size_t n = 0;
    for (size_t h = 0; h < hosts->n; h++)
        n += !is_spared(hosts->at[h], spared);
    return n;
}

enum err_code reach_hosts(const struct hosts *hosts, unsigned spared, const struct job *job,
                          struct share *share, struct diags *list, struct err *e)
{
    if (!count_needed(hosts, spared))
        return ERR_OK;
    struct reach r = {0};
    struct engine_config config = {
        .share = share, .transfers_max = hosts->n, .n_hosts = hosts->n, .on_wake = no_wake};
    enum err_code rc = engine_new(&r.engine, &config, e);
    if (rc)
        return rc;
    struct request *reqs = mem_array(hosts->n, sizeof(*reqs));
    for (size_t h = 0; h < hosts->n; h++) {
        if (is_spared(hosts->at[h], spared))
            continue;
        reqs[h] = (struct request){.url = hosts->at[h]->url,
                                   .connect_only = true,
                                   .timeout_ms = REACH_TIMEOUT_MS,
                                   .done = on_reached,
                                   .owner = &r};
        r.n_left++;
        engine_send(r.engine, &reqs[h]);
    }
    engine_loop(r.engine);
    size_t n_faults = 0;
    size_t of[HOST_N_USES] = {0};
    for (size_t h = 0; h < hosts->n; h++) {
        if (reqs[h].fault == NET_NONE)
            continue;
        const struct host_user *user = hosts_first_user(hosts, h);
        tell(job, user, &reqs[h], list);
        n_faults++;
        of[user->use]++;
    }
    if (n_faults)
        rc = err_set(e, ERR_NET, "%zu %sendpoint%s out of reach; nothing was run", n_faults,
                     of[HOST_TOOL] == n_faults                      ? "tool "
                     : of[HOST_GRADER] + of[HOST_MODEL] == n_faults ? "grader "
                     : of[HOST_POLICY] == n_faults                  ? "policy "
                                                                    : "",
                     n_faults == 1 ? " is" : "s are");
    engine_free(r.engine);
    free(reqs);
    return rc;
}
