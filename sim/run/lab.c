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

const struct grader *lab_grader(const struct lab *l)
{
    return l->grader;
}

/* --- Many ------------------------------------------------------------------------------------ */

struct slot {
    struct grading grading;
    struct lab_queue *queue;
    void *mark;
    bool over;
};

/* A ring: at[from] is the oldest of n that were begun and not told of. */
struct lab_queue {
    struct lab *lab;
    const struct lab_work *work;
    struct slot *at; /* owned; work->most of them */
    size_t from;
    size_t n;
    bool dry; /* there are no more to begin */
};

static void on_slot_done(struct grading *x)
{
    struct slot *s = x->owner;
    s->over = true;
    on_done(&(struct grading){.owner = s->queue->lab});
}

/* Begin as many as may be under way. */
static enum err_code fill(struct lab_queue *q, struct err *e)
{
    const struct lab_work *work = q->work;
    while (!q->dry && q->n < work->most) {
        struct slot *s = &q->at[(q->from + q->n) % work->most];
        struct grader_input in = {.trace_id = LAB_TRACE_ID};
        bool have = false;
        enum err_code rc = work->next(work->arg, &in, &s->mark, &have, e);
        q->dry = rc || !have;
        if (q->dry)
            return rc;
        q->n++;
        s->over = false;
        s->queue = q;
        s->grading.done = on_slot_done;
        s->grading.owner = s;
        grader_start(q->lab->grader, &s->grading, &in);
    }
    return ERR_OK;
}

/* Tell of those at the front that are over. */
static enum err_code drain(struct lab_queue *q, size_t *n_told, struct err *e)
{
    enum err_code rc = ERR_OK;
    for (*n_told = 0; !rc && q->n && q->at[q->from].over; ++*n_told) {
        struct slot *s = &q->at[q->from];
        s->grading.out.parts = NULL;
        q->from = (q->from + 1) % q->work->most;
        q->n--;
        rc = q->work->graded(q->work->arg, s->mark, &s->grading.out, e);
    }
    return rc;
}

static void give_up(struct lab_queue *q)
{
    struct err ignored = {0};
    for (; q->n; q->n--, q->from = (q->from + 1) % q->work->most) {
        struct slot *s = &q->at[q->from];
        grader_stop(&s->grading);
        (void)q->work->graded(q->work->arg, s->mark, NULL, &ignored);
    }
}

enum err_code lab_run(struct lab *l, const struct lab_work *work, struct err *e)
{
    struct lab_queue q = {.lab = l, .work = work};
    q.at = mem_array(work->most, sizeof(*q.at));
    struct err fed = {0}; /* the failure to begin the next */
    enum err_code rc = ERR_OK;
    while (!rc && (!q.dry || q.n)) {
        size_t n_told = 0;
        l->waits = false;
        (void)fill(&q, &fed);
        rc = drain(&q, &n_told, e);
        l->waits = !rc && q.n && !n_told;
        if (l->waits)
            engine_loop(l->wire.engine);
    }
    give_up(&q);
    free(q.at);
    if (!rc && fed.code)
        *e = fed;
    return e->code;
}
