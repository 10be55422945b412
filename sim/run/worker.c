#include "sim/run/worker.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/run/episode.h"

static void list_add(struct episode **head, struct episode *ep)
{
    ep->prev = NULL;
    ep->next = *head;
    if (*head)
        (*head)->prev = ep;
    *head = ep;
}

static void list_take(struct episode **head, struct episode *ep)
{
    if (ep->prev)
        ep->prev->next = ep->next;
    else
        *head = ep->next;
    if (ep->next)
        ep->next->prev = ep->prev;
}

/* The row at a place of the wave, read when the first rollout here needs it. NULL: it could not be
 * read, and the run has been told. */
static struct shared_row *row_take(struct worker *w, size_t place)
{
    struct shared_row *row = w->rows[place];
    if (!row) {
        struct err e = {0};
        row = mem_new(sizeof(*row));
        if (dataset_row(w->wave->dataset, w->wave->rows[place], &row->row, &e)) {
            free(row);
            run_fail(w->run, &e);
            return NULL;
        }
        w->rows[place] = row;
    }
    row->n_users++;
    return row;
}

static void row_give(struct worker *w, size_t place)
{
    struct shared_row *row = w->rows[place];
    if (--row->n_users > 0)
        return;
    row_release(&row->row);
    free(row);
    w->rows[place] = NULL;
}

static struct episode *episode_take(struct worker *w)
{
    struct episode *ep = w->spare;
    if (ep)
        list_take(&w->spare, ep);
    else
        ep = mem_new(sizeof(*ep));
    list_add(&w->live, ep);
    w->n_live++;
    return ep;
}

static void settle(struct worker *w, struct episode *ep)
{
    episode_end(ep, &w->wave->ends[ep->number]);
    row_give(w, ep->number / w->wave->n_samples);
    list_take(&w->live, ep);
    list_add(&w->spare, ep);
    w->n_live--;
    atomic_fetch_add_explicit(&w->run->n_done, 1, memory_order_relaxed);
}

static void leave_wave(struct worker *w)
{
    struct run *run = w->run;
    free(w->rows);
    w->rows = NULL;
    w->wave = NULL;
    pthread_mutex_lock(&run->lock);
    if (--run->n_busy == 0)
        pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->lock);
}

/* Start rollouts until the share is in flight or there are no more numbers; a worker with nothing
 * in flight then has finished the wave. */
static void fill(struct worker *w)
{
    struct run *run = w->run;
    size_t total = w->wave->n_rows * w->wave->n_samples;
    while (w->n_live < w->share && !atomic_load(&run->cancelled)) {
        size_t number = atomic_fetch_add(&run->next, 1);
        if (number >= total)
            break;
        if (w->wave->ends[number].started)
            continue; /* recalled */
        struct shared_row *row = row_take(w, number / w->wave->n_samples);
        if (!row)
            break;
        struct episode *ep = episode_take(w);
        episode_start(ep, w, row, number);
        if (episode_advance(ep))
            settle(w, ep);
    }
    if (w->n_live == 0)
        leave_wave(w);
}

void worker_ended(struct worker *w, struct episode *ep)
{
    settle(w, ep);
    fill(w);
}

static void cancel_all(struct worker *w)
{
    while (w->live) {
        struct episode *ep = w->live;
        episode_cancel(ep);
        settle(w, ep);
    }
    leave_wave(w);
}

/* Another thread has changed something: a new wave, an end to this one, or to everything. */
static void on_wake(void *arg)
{
    struct worker *w = arg;
    struct run *run = w->run;
    pthread_mutex_lock(&run->lock);
    struct wave *wave = run->wave;
    bool stopping = run->stopping;
    bool fresh = wave && w->wave_seen != run->n_waves;
    w->wave_seen = run->n_waves;
    pthread_mutex_unlock(&run->lock);

    if (stopping) {
        engine_stop(w->wire.engine);
        return;
    }
    if (fresh) {
        w->wave = wave;
        w->rows = mem_array(wave->n_rows, sizeof(struct shared_row *));
        fill(w);
    } else if (w->wave && atomic_load(&run->cancelled)) {
        cancel_all(w);
    }
}

/* Nobody is there any more: no rollout that needs this host can end well. */
static void on_gone(void *arg, const struct host *host, enum net_fault why)
{
    struct run *run = arg;
    struct err e = {0};
    const struct tool_kind_row *row = tool_kind_row(tool_kind_of_fault(why));
    size_t graders = host->n_users[HOST_GRADER] + host->n_users[HOST_MODEL];
    size_t tools = host->n_users[HOST_TOOL];
    size_t policies = host->n_users[HOST_POLICY];
    const char *what = !graders && !policies ? "tool calls"
                       : !tools && !policies ? "grades"
                       : !tools && !graders  ? "turns"
                                             : "requests";
    err_set(&e, ERR_NET, "stopped, since %s is gone: the last %u %s found no connection (%s)",
            host->url, host->most_unreached, what, row->words);
    err_fix(&e, "%s; then run the job again", row->fix);
    run_fail(run, &e);
}

/* The policy says so. */
static void on_hopeless(void *arg, const struct err *why)
{
    run_fail(arg, why);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    engine_loop(w->wire.engine);
    return NULL;
}

enum err_code worker_init(struct worker *w, struct run *run, size_t n_rollouts, size_t n_transfers,
                          struct diags *list, struct err *e)
{
    const struct job *job = run->config.job;
    size_t n_faults = list->n;
    w->run = run;
    w->number = (size_t)(w - run->workers);
    w->share = n_rollouts;
    w->wire = (struct wire){.hosts = &run->hosts, .on_gone = on_gone, .arg = run};
    struct engine_config config = {.share = run->share,
                                   .transfers_max = n_transfers,
                                   .n_hosts = run->hosts.n,
                                   .on_wake = on_wake,
                                   .arg = w};
    enum err_code rc = engine_new(&w->wire.engine, &config, e);
    if (!rc) {
        wire_init(&w->wire);
        call_context_init(&w->context, &job->sim, &w->wire);
    }
    struct policy_context of_policy = {.learned = run->config.learned,
                                       .engine = w->wire.engine,
                                       .hosts = &run->hosts,
                                       .wire = &w->wire,
                                       .hopeless = on_hopeless,
                                       .arg = run,
                                       .recordings = run->config.recordings};
    if (!rc)
        rc = policy_new(&w->policy, job, &of_policy, list, e);
    struct grader_context context = {
        .engine = w->wire.engine, .hosts = &run->hosts, .wire = &w->wire, .checked = true};
    if (!rc)
        rc = grader_new(&w->grader, job, &context, list, e);
    if (!rc)
        diags_cut(list, n_faults); /* warnings that each thread would repeat */
    if (!rc && pthread_create(&w->thread, NULL, work, w) != 0)
        rc = err_set(e, ERR_IO, "cannot start a thread");
    w->started = !rc;
    return rc;
}

void worker_release(struct worker *w)
{
    if (w->started)
        pthread_join(w->thread, NULL);
    for (struct episode *ep = w->spare, *next = NULL; ep; ep = next) {
        next = ep->next;
        episode_release(ep);
        free(ep);
    }
    grader_free(w->grader);
    policy_free(w->policy);
    engine_free(w->wire.engine);
    call_context_release(&w->context);
    wire_release(&w->wire);
    policy_turn_release(&w->turn);
    buf_release(&w->sample.text);
    tape_release(&w->sample.tape);
    buf_release(&w->other_sample.text);
    tape_release(&w->other_sample.tape);
}
