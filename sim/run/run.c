#include "sim/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/net/share.h"
#include "sim/run/drift.h"
#include "sim/run/reach.h"
#include "sim/run/worker.h"

enum {
    TICK_MS = 100,
    FILES_KEPT = 128, /* descriptors for what is not a connection to a tool */
};

void wave_init(struct wave *w, size_t n_rows, size_t n_samples)
{
    w->n_rows = n_rows;
    w->n_samples = n_samples;
    w->ends = mem_array(n_rows * n_samples, sizeof(*w->ends));
}

void wave_release(struct wave *w)
{
    for (size_t i = 0; i < w->n_rows * w->n_samples; i++) {
        free(w->ends[i].why);
        free(w->ends[i].sample);
        json_decref(w->ends[i].told);
        free(w->ends[i].calls);
        drift_free(w->ends[i].drifts, w->ends[i].n_drifts);
        free(w->ends[i].choices);
    }
    free(w->ends);
    free(w->parts);
    free(w->others);
    *w = (struct wave){0};
}

static void make_parts(const struct run *r, struct wave *w)
{
    grader_parts(r->workers[0].grader, &w->n_parts);
    if (w->n_parts)
        w->parts = mem_array(w->n_rows * w->n_samples, w->n_parts * sizeof(*w->parts));
}

static void make_others(const struct run *r, struct wave *w)
{
    const json_t *threshold = json_object_get(r->config.job->grader, "pass_threshold");
    w->pass_threshold = json_is_number(threshold) ? json_number_value(threshold) : NAN;
    w->readings = grader_readings(r->workers[0].grader);
    w->n_others = (size_t)__builtin_popcount(w->readings);
    if (w->n_others)
        w->others = mem_array(w->n_rows * w->n_samples, w->n_others * sizeof(*w->others));
}

void run_prepare(const struct run *r, struct wave *w)
{
    w->pass_threshold = NAN;
    if (r->spares & POLICY_SPARES_GRADER)
        return; /* what was recorded is one score */
    make_parts(r, w);
    make_others(r, w);
}

void wave_note_others(struct wave *w, size_t number, const struct grade *grade)
{
    double *other = w->others ? w->others + number * w->n_others : NULL;
    for (int reading = 0; other && reading < READINGS; reading++) {
        if (w->readings >> reading & 1)
            *other++ = grade->readings >> reading & 1 ? grade->other[reading] : NAN;
    }
}

/* A number of things dealt out evenly; the first workers get what is left over. */
static size_t share_of(size_t all, size_t worker, size_t n_workers)
{
    return all / n_workers + (worker < all % n_workers ? 1 : 0);
}

/* How many requests may be in flight, and no more rollouts than that. What connections and curl's
 * own descriptors come to is engine.h's to say. */
static size_t cap(struct run *r)
{
    size_t files = r->config.files;
    size_t held = r->descriptors * (size_t)run_threads(r);
    files = files > held ? files - held : 0;
    files = files > (size_t)2 * FILES_KEPT ? files - FILES_KEPT : files / 2;
    size_t transfers_max = engine_transfers(files, r->hosts.n);
    if ((size_t)r->config.concurrency > transfers_max)
        r->config.concurrency = (int)transfers_max;
    for (size_t h = 0; h < r->hosts.n; h++)
        host_expect(r->hosts.at[h], (unsigned)r->config.concurrency);
    return transfers_max;
}

int run_concurrency(const struct run *r)
{
    return r->config.concurrency;
}

int run_threads(const struct run *r)
{
    return r->config.threads < r->config.concurrency ? r->config.threads : r->config.concurrency;
}

/* What graders and policies call and hold open is known once one was opened; it is opened for that
 * alone. */
static enum err_code find_hosts(struct run *r, struct diags *list, struct err *e)
{
    size_t n_faults = list->n;
    struct grader *grader = NULL;
    struct policy *policy = NULL;
    struct policy_context of_policy = {.hosts = &r->hosts};
    struct grader_context context = {.hosts = &r->hosts, .checked = true};
    enum err_code rc = grader_new(&grader, r->config.job, &context, list, e);
    if (!rc)
        rc = policy_new(&policy, r->config.job, &of_policy, list, e);
    if (!rc) {
        diags_cut(list, n_faults);
        r->descriptors = grader_descriptors(grader) + policy_descriptors(policy);
        r->spares = policy_spares(policy);
    }
    policy_free(policy);
    grader_free(grader);
    return rc;
}

enum err_code run_new(struct run **out, const struct run_config *config, struct diags *list,
                      struct err *e)
{
    struct run *r = mem_new(sizeof(*r));
    r->config = *config;
    r->nonce = rng_entropy();
    r->parse_output = config->job->has_response_format;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    r->hosts.max_qps = config->job->sim.max_qps;
    targets_init(&r->targets, config->job, &r->hosts);
    r->share = share_new();
    enum err_code rc = find_hosts(r, list, e);
    if (rc) {
        run_free(r);
        return rc;
    }
    size_t transfers_max = cap(r);

    r->n_workers = (size_t)run_threads(r);
    r->workers = mem_array(r->n_workers, sizeof(*r->workers));
    for (size_t i = 0; i < r->n_workers; i++) {
        size_t rollouts = share_of((size_t)r->config.concurrency, i, r->n_workers);
        size_t transfers = share_of(transfers_max, i, r->n_workers);
        rc = worker_init(&r->workers[i], r, rollouts, transfers, list, e);
        if (rc) {
            run_free(r);
            return rc;
        }
    }
    *out = r;
    return ERR_OK;
}

static void wake_all(struct run *r)
{
    for (size_t i = 0; i < r->n_workers; i++) {
        if (r->workers[i].started)
            engine_wake(r->workers[i].wire.engine);
    }
}

void run_free(struct run *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_mutex_unlock(&r->lock);
    wake_all(r);
    for (size_t i = 0; i < r->n_workers; i++)
        worker_release(&r->workers[i]);
    free(r->workers);
    free(r->spent_before);
    share_free(r->share);
    targets_release(&r->targets);
    hosts_release(&r->hosts);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

enum err_code run_reach(struct run *r, struct diags *list, struct err *e)
{
    unsigned spared = r->spares & POLICY_SPARES_TOOLS ? 1U << HOST_TOOL : 0;
    if (r->spares & POLICY_SPARES_GRADER)
        spared |= 1U << HOST_GRADER | 1U << HOST_MODEL;
    return reach_hosts(&r->hosts, spared, r->config.job, r->share, list, e);
}

unsigned run_spares(const struct run *r)
{
    return r->spares;
}

const struct hosts *run_hosts(const struct run *r)
{
    return &r->hosts;
}

bool run_spent(const struct run *r, size_t i, struct grader_spent *out)
{
    struct grader_spent sum = {0};
    for (size_t w = 0; w < r->n_workers; w++) {
        struct grader_spent one;
        if (!grader_spent(grader_at(r->workers[w].grader, i), &one))
            return false;
        sum.model = one.model;
        sum.n_grades += one.n_grades;
        grade_tokens_add(&sum.tokens, &one.tokens);
    }
    if (i < r->n_spent_before) {
        sum.n_grades += r->spent_before[i].n_grades;
        grade_tokens_add(&sum.tokens, &r->spent_before[i].tokens);
    }
    *out = sum;
    return true;
}

void run_add_spent(struct run *r, size_t i, const struct grader_spent *past)
{
    if (i >= r->n_spent_before) {
        r->spent_before = mem_grow(r->spent_before, i + 1, sizeof(*r->spent_before));
        for (size_t k = r->n_spent_before; k <= i; k++)
            r->spent_before[k] = (struct grader_spent){0};
        r->n_spent_before = i + 1;
    }
    r->spent_before[i].n_grades += past->n_grades;
    grade_tokens_add(&r->spent_before[i].tokens, &past->tokens);
}

void run_add_past(struct run *r, size_t host, uint64_t n_requests)
{
    if (!r->hosts.at[host]->n_users[HOST_TOOL])
        r->hosts.at[host]->n_before += n_requests;
}

void run_add_recalled(struct run *r, const struct wave *w)
{
    for (size_t i = 0; w->n_recalled && i < w->n_rows * w->n_samples; i++) {
        for (size_t k = 0; k < w->ends[i].n_calls; k++) {
            const struct call_record *c = &w->ends[i].calls[k];
            if (c->tool != RUN_NO_TOOL)
                r->hosts.at[r->targets.at[c->tool].host]->n_before += c->attempts;
        }
    }
}

static uint64_t requests_to(const struct run *r, size_t host)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->n_workers; i++)
        sum += atomic_load_explicit(&r->workers[i].wire.n_requests[host], memory_order_relaxed);
    return sum;
}

static void feed_meters(struct run *r,
                        void (*feed)(struct meter *m, int64_t now_ns, uint64_t total))
{
    for (size_t h = 0; h < r->hosts.n; h++)
        feed(&r->hosts.at[h]->meter, clock_ns(), requests_to(r, h));
}

static void cancel(struct run *r)
{
    atomic_store(&r->cancelled, true);
    wake_all(r);
}

void run_fail(struct run *r, const struct err *e)
{
    pthread_mutex_lock(&r->lock);
    if (!r->failure.code)
        r->failure = *e;
    pthread_mutex_unlock(&r->lock);
    cancel(r);
}

static struct timespec soon(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += TICK_MS * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* Wait a tick long, or until every worker has finished the wave. True if they have. */
static bool wait_for_workers(struct run *r)
{
    struct timespec until = soon();
    pthread_mutex_lock(&r->lock);
    while (r->n_busy > 0) {
        if (pthread_cond_timedwait(&r->changed, &r->lock, &until) != 0)
            break;
    }
    bool over = r->n_busy == 0;
    pthread_mutex_unlock(&r->lock);
    return over;
}

static void begin(struct run *r, struct wave *w)
{
    atomic_store(&r->cancelled, false);
    atomic_store(&r->next, 0);
    atomic_store(&r->n_done, w->n_recalled);
    pthread_mutex_lock(&r->lock);
    r->failure = (struct err){0};
    r->wave = w;
    r->n_waves++;
    r->n_busy = r->n_workers;
    pthread_mutex_unlock(&r->lock);
    wake_all(r);
}

enum err_code run_wave(struct run *r, struct wave *w,
                       bool (*tick)(void *arg, const struct run_progress *p), void *arg,
                       struct err *e)
{
    bool stopped = false;
    if (w->n_recalled == w->n_rows * w->n_samples)
        return ERR_OK; /* nothing is left to do */
    feed_meters(r, meter_start);
    begin(r, w);
    while (!wait_for_workers(r)) {
        feed_meters(r, meter_sample);
        struct run_progress p = {
            .n_done = atomic_load(&r->n_done),
            .n_total = w->n_rows * w->n_samples,
            .n_calls = atomic_load(&r->n_calls),
        };
        if (!stopped && !tick(arg, &p)) {
            stopped = true;
            cancel(r);
        }
    }
    feed_meters(r, meter_sample);
    pthread_mutex_lock(&r->lock);
    r->wave = NULL;
    struct err failure = r->failure;
    pthread_mutex_unlock(&r->lock);
    if (failure.code) {
        *e = failure;
        return failure.code;
    }
    return stopped ? err_set(e, ERR_STOPPED, "stopped") : ERR_OK;
}
