#include "sim/run/lab.h"

#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/net/exchange.h"
#include "sim/net/share.h"

enum { LAB_TRANSFERS = 128 }; /* requests at once: one for each grader of a multi, and to spare */

struct lab {
    struct share *share;
    struct hosts hosts;
    struct wire wire;
    struct grader *grader;
    bool waits; /* in engine_loop() */
};

static void no_wake(void *arg)
{
    (void)arg;
}

enum err_code lab_new(struct lab **out, const struct job *job, struct diags *list, struct err *e)
{
    struct lab *l = mem_new(sizeof(*l));
    l->share = share_new();
    struct engine_config config = {
        .share = l->share, .transfers_max = LAB_TRANSFERS, .n_hosts = 1, .on_wake = no_wake};
    enum err_code rc = engine_new(&l->wire.engine, &config, e);
    l->wire.hosts = &l->hosts;
    l->hosts.max_qps = job->sim.max_qps;
    struct grader_context context = {
        .engine = l->wire.engine, .hosts = &l->hosts, .wire = &l->wire};
    if (!rc)
        rc = grader_new(&l->grader, job, &context, list, e);
    if (rc) {
        lab_free(l);
        return rc;
    }
    wire_init(&l->wire); /* now that its hosts are known */
    *out = l;
    return ERR_OK;
}

void lab_free(struct lab *l)
{
    if (!l)
        return;
    grader_free(l->grader);
    engine_free(l->wire.engine);
    wire_release(&l->wire);
    hosts_release(&l->hosts);
    share_free(l->share);
    free(l);
}

static void on_done(struct grading *x)
{
    struct lab *l = x->owner;
    if (l->waits)
        engine_stop(l->wire.engine);
}

void lab_grade(struct lab *l, const struct grader_input *in, json_t *facts, struct grade *out)
{
    struct grading x = {.done = on_done, .owner = l, .facts = facts};
    l->waits = false;
    grader_start(l->grader, &x, in);
    l->waits = x.grader != NULL;
    if (l->waits)
        engine_loop(l->wire.engine);
    *out = x.out;
    out->parts = NULL;
}
