#include "grader/python/crew.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "grader/python/script.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/net/child.h"

enum {
    START_MS = 30000,         /* to an interpreter that is ready for the source */
    STARTS_MAX = 3,           /* failed ones in a row */
    LINE_MAX_BYTES = 1 << 20, /* of an answer; worker.py keeps below it */
    SAID_KEPT = 64 << 10,
};

enum state { DOWN, STARTING, LOADING, READY };

struct crew_task {
    struct crew_task *next;
    struct crew *crew;
    void (*done)(void *owner, const struct crew_answer *a); /* NULL once it was given up */
    void *owner;
    bool told;
    struct buf line; /* what the worker is sent */
};

struct worker {
    struct child child; /* first */
    struct crew *crew;
    enum state state;
    struct timer limit;
    int64_t since_ns;                        /* when the head became that, or the state began */
    struct crew_task *under_way[CREW_DEPTH]; /* from `first` on, round */
    size_t first;
    size_t n;
    struct buf rest; /* of an answer that has not come whole */
    bool dirty;      /* has something to be sent */
    bool used;       /* has graded something */
    char *fault;     /* owned; why there is no process of it at all */
    bool spared;     /* so the others do without it */
};

struct crew {
    struct crew_config config;
    struct worker *workers;         /* owned */
    struct crew_task *first, *last; /* in line for a worker */
    struct crew_task *spare;
    bool reading;        /* answers: what follows from them is sent when all are read */
    int n_failed_starts; /* in a row */
    bool finishing;      /* all that are in line */
    bool broken;
    enum crew_fate fate; /* of every grade, if so */
    char *why;           /* owned */
    json_t *rest;        /* owned */
};

static void deal(struct crew *p);

static void line_add(struct crew *p, struct crew_task *t)
{
    t->next = NULL;
    *(p->last ? &p->last->next : &p->first) = t;
    p->last = t;
}

static void line_push(struct crew *p, struct crew_task *t)
{
    t->next = p->first;
    p->first = t;
    if (!p->last)
        p->last = t;
}

static struct crew_task *line_take(struct crew *p)
{
    struct crew_task *t = p->first;
    p->first = t->next;
    if (!p->first)
        p->last = NULL;
    return t;
}

/* Tell what came of it. Last: its owner may start others. */
static void finish(struct crew_task *t, const struct crew_answer *a)
{
    void (*done)(void *owner, const struct crew_answer *a) = t->done;
    void *owner = t->owner;
    t->next = t->crew->spare;
    t->crew->spare = t;
    if (done)
        done(owner, a);
}

static struct crew_task *take_head(struct worker *w)
{
    struct crew_task *t = w->under_way[w->first];
    w->first = (w->first + 1) % CREW_DEPTH;
    w->n--;
    return t;
}

/* The worker is over; the grades it had are in line again, before all others. */
static void put_down(struct worker *w)
{
    child_end(&w->child);
    engine_cancel_timer(w->crew->config.engine, &w->limit);
    w->state = DOWN;
    w->dirty = false;
    w->used = false;
    free(w->fault);
    w->fault = NULL;
    buf_clear(&w->rest);
    while (w->n > 0)
        line_push(w->crew, w->under_way[(w->first + --w->n) % CREW_DEPTH]);
}

/* Whoever is told may begin others. Those come to the end of the line and are not finished from in
 * there: it would go as deep as the line is long, and end grades while another is being begun. */
static void finish_all(struct crew *p)
{
    struct crew_answer a = {.fate = p->fate, .why = p->why, .rest = p->rest};
    if (p->finishing)
        return;
    p->finishing = true;
    while (p->first)
        finish(line_take(p), &a);
    p->finishing = false;
}

/* It was never ready. Costs a grade, and may end all hope for the others. */
static void fail_start(struct worker *w, enum crew_fate fate, const char *why, json_t *rest,
                       bool for_good)
{
    struct crew *p = w->crew;
    put_down(w);
    if (++p->n_failed_starts >= STARTS_MAX)
        for_good = true;
    if (for_good) {
        p->broken = true;
        p->fate = fate;
        p->why = mem_text(why);
        p->rest = json_incref(rest);
        finish_all(p);
        return;
    }
    struct crew_answer a = {.fate = fate, .why = why, .rest = rest};
    if (p->first)
        finish(line_take(p), &a);
    deal(p);
}

/* It has failed at the grade it was working at. */
static void fail_head(struct worker *w, enum crew_fate fate, const char *why)
{
    struct crew *p = w->crew;
    char *said = mem_text(buf_text(&w->child.said));
    struct crew_task *t = w->n ? take_head(w) : NULL;
    put_down(w);
    if (t)
        finish(t, &(struct crew_answer){.fate = fate, .why = why, .said = said});
    free(said);
    deal(p);
}

/* bubblewrap passes a signal on as a shell does, as 128 and its number. */
static int fate_of(const struct worker *w)
{
    int status = w->child.status;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    bool passed_on = w->crew->config.sandbox.inside && code > 128 && code <= 128 + SIGRTMAX;
    return passed_on ? code - 128 : status;
}

static void on_end(struct child *c)
{
    struct worker *w = (struct worker *)c;
    struct buf why = {0};
    struct buf how = {0};
    child_fate(fate_of(w), &how);
    if (w->state == STARTING)
        buf_printf(&why, "the interpreter does not start: %s", buf_text(&how));
    else if (w->state == LOADING)
        buf_printf(&why, "its process ended while the source was run: %s", buf_text(&how));
    else
        buf_printf(&why, "its process ended while it graded: %s", buf_text(&how));
    child_last_words(c, 1, &why);
    if (w->state == READY)
        fail_head(w, CREW_FAULT, buf_text(&why));
    else
        fail_start(w, w->state == STARTING ? CREW_LOST : CREW_FAULT, buf_text(&why), NULL, false);
    buf_release(&why);
    buf_release(&how);
}

static void on_said(struct child *c)
{
    struct worker *w = (struct worker *)c;
    if (c->n_said <= CREW_SAID_MAX)
        return;
    char why[128];
    snprintf(why, sizeof(why), "it wrote more than %d MB past Python's own output",
             CREW_SAID_MAX >> 20);
    if (w->state == READY)
        fail_head(w, CREW_FAULT, why);
    else
        fail_start(w, CREW_FAULT, why, NULL, false);
}

static int limit_ms(const struct worker *w)
{
    return w->state == STARTING ? START_MS : w->crew->config.timeout_ms;
}

static void set_limit(struct worker *w)
{
    engine_at(w->crew->config.engine, &w->limit, w->since_ns + (int64_t)limit_ms(w) * 1000000);
}

static bool others_are_up(const struct worker *w)
{
    const struct crew *p = w->crew;
    for (int i = 0; i < p->config.n_workers; i++) {
        if (&p->workers[i] != w && p->workers[i].state != DOWN)
            return true;
    }
    return false;
}

/* For want of descriptors or processes, say; with fewer workers it only takes longer. */
static void fail_unmade(struct worker *w)
{
    if (others_are_up(w)) {
        w->spared = true;
        put_down(w);
        return;
    }
    char *why = w->fault;
    w->fault = NULL;
    fail_start(w, CREW_LOST, why, NULL, false);
    free(why);
}

/* One timer a worker, set for the head it had then: moving it with every answer would cost more
 * than looking again. */
static void on_limit(struct timer *timer)
{
    struct worker *w = (struct worker *)((char *)timer - offsetof(struct worker, limit));
    if (w->fault) {
        fail_unmade(w);
        return;
    }
    if (w->state == READY && !w->n)
        return;
    if (clock_ns() < w->since_ns + (int64_t)limit_ms(w) * 1000000) {
        set_limit(w);
        return;
    }
    char why[128];
    snprintf(why, sizeof(why), "%s after %d ms (grader_timeout_ms)",
             w->state == READY     ? "the grade was not there"
             : w->state == LOADING ? "the source had not run to its end"
                                   : "the interpreter was not there",
             limit_ms(w));
    if (w->state == READY)
        fail_head(w, CREW_FAULT, why);
    else
        fail_start(w, w->state == LOADING ? CREW_FAULT : CREW_LOST, why, NULL, false);
}

static void send(struct worker *w)
{
    w->dirty = false;
    child_flush(&w->child);
}

static void give(struct worker *w, struct crew_task *t)
{
    if (!w->n) {
        w->since_ns = clock_ns();
        if (!w->limit.slot)
            set_limit(w);
    }
    w->under_way[(w->first + w->n++) % CREW_DEPTH] = t;
    child_write(&w->child, t->line.at, t->line.len);
    w->dirty = true;
    if (!w->crew->reading)
        send(w);
}

static void move(struct worker *w, enum state to)
{
    w->state = to;
    w->since_ns = clock_ns();
    set_limit(w);
}

static void write_settings(struct worker *w)
{
    static atomic_uint n_started; /* workers of all crews, so that they share the cores */
    const struct crew_config *c = &w->crew->config;
    struct buf line = {0};
    buf_text_add(&line, "{\"source\":");
    buf_json(&line, c->source, c->source_len);
    buf_printf(&line, ",\"inside\":%s,\"cpu\":%u,\"memory\":%d,\"disk\":%d}\n",
               c->sandbox.inside ? "true" : "false",
               atomic_fetch_add_explicit(&n_started, 1, memory_order_relaxed), SANDBOX_MEMORY,
               SANDBOX_DISK);
    child_write(&w->child, line.at, line.len);
    child_flush(&w->child);
    buf_release(&line);
}

/* Errors go to a grade in line, so this may be called as long as there is one; but from the loop,
 * since another grade may be about to begin, on whose sample its owner would begin the next. */
static void start_worker(struct worker *w)
{
    const char *argv[SANDBOX_WORDS + 2];
    struct err e = {0};
    const struct sandbox *s = &w->crew->config.sandbox;
    memcpy(argv, s->argv, s->n_words * sizeof(*argv));
    argv[s->n_words] = script_worker;
    argv[s->n_words + 1] = NULL;
    if (child_start(&w->child, argv, &e)) {
        w->state = STARTING;
        w->fault = mem_text(e.text);
        engine_after(w->crew->config.engine, &w->limit, 0);
        return;
    }
    move(w, STARTING);
    write_settings(w);
}

/* The ready worker with the least to do, or NULL. */
static struct worker *pick(struct crew *p)
{
    struct worker *best = NULL;
    for (int i = 0; i < p->config.n_workers; i++) {
        struct worker *w = &p->workers[i];
        if (w->state == READY && w->n < CREW_DEPTH && (!best || w->n < best->n))
            best = w;
    }
    return best;
}

/* One that is not running, when there is more in line than those that are coming will take. */
static struct worker *pick_down(struct crew *p)
{
    struct worker *down = NULL;
    size_t n_coming = 0;
    for (int i = 0; i < p->config.n_workers; i++) {
        struct worker *w = &p->workers[i];
        if (w->state == DOWN && !w->spared && !down)
            down = w;
        n_coming += w->state == STARTING || w->state == LOADING;
    }
    size_t n_waiting = 0;
    for (const struct crew_task *t = p->first; t && n_waiting <= n_coming; t = t->next)
        n_waiting++;
    return n_waiting > n_coming ? down : NULL;
}

/* Give what is in line to who can take it, and start workers for what is left. */
static void deal(struct crew *p)
{
    struct worker *w = NULL;
    if (p->broken) {
        finish_all(p);
        return;
    }
    while (p->first && (w = pick(p))) {
        struct crew_task *t = line_take(p);
        if (t->done)
            give(w, t);
        else
            finish(t, NULL);
    }
    if (p->first && (w = pick_down(p)))
        start_worker(w);
}

/* Of every ready worker, once the answers that had come are read. */
static void send_all(struct crew *p)
{
    for (int i = 0; i < p->config.n_workers; i++) {
        if (p->workers[i].dirty)
            send(&p->workers[i]);
    }
}

static void not_understood(struct worker *w, const char *line, size_t len)
{
    char why[128];
    snprintf(why, sizeof(why), "the worker's answer was not understood: %.*s",
             (int)(len < 40 ? len : 40), line);
    if (w->state == READY)
        fail_head(w, CREW_LOST, why);
    else
        fail_start(w, CREW_LOST, why, NULL, false);
}

/* How the source came to run. */
static void take_start(struct worker *w, const char *line, size_t len)
{
    if (w->state == STARTING && len == 1 && *line == 'S') {
        move(w, LOADING);
        return;
    }
    if (w->state == LOADING && len == 1 && *line == 'R') {
        move(w, READY);
        w->crew->n_failed_starts = 0;
        deal(w->crew);
        return;
    }
    json_t *told = w->state == LOADING ? json_loadb(line, len, 0, NULL) : NULL;
    const char *error = json_string_value(json_object_get(told, "error"));
    if (error)
        fail_start(w, CREW_FAULT, error, told, true);
    else
        not_understood(w, line, len);
    json_decref(told);
}

/* An answer that says more than a number. False if it is none. */
static bool read_told(struct crew_answer *a, const char *line, size_t len, json_t **told)
{
    *told = json_loadb(line, len, 0, NULL);
    const json_t *reward = json_object_get(*told, "reward");
    const char *error = json_string_value(json_object_get(*told, "error"));
    const char *unread = json_string_value(json_object_get(*told, "unread"));
    a->rest = *told;
    a->fate = reward ? CREW_GRADED : error ? CREW_FAULT : CREW_LOST;
    a->reward = json_number_value(reward);
    a->boolean = json_is_true(json_object_get(*told, "bool"));
    a->why = error ? error : unread;
    return json_is_number(reward) || error || unread;
}

static void take_answer(struct worker *w, const char *line, size_t len)
{
    struct crew_answer a = {0};
    json_t *told = NULL;
    if (!w->n || (!num_parse(&a.reward, line, len) && !read_told(&a, line, len, &told))) {
        json_decref(told);
        not_understood(w, line, len);
        return;
    }
    if (w->used && json_is_true(json_object_get(told, "memory"))) {
        json_decref(told);
        put_down(w);
        deal(w->crew);
        return;
    }
    struct crew_task *t = take_head(w);
    char *said = NULL;
    w->used = true;
    w->since_ns = clock_ns();
    if (t->told) {
        child_listen(&w->child);
        said = mem_text(buf_text(&w->child.said));
        a.said = said;
    }
    if (w->child.n_said) {
        w->child.n_said = 0;
        buf_clear(&w->child.said);
    }
    finish(t, &a);
    deal(w->crew);
    json_decref(told);
    free(said);
}

static void take_line(struct child *c, const char *line, size_t len)
{
    struct worker *w = (struct worker *)c;
    if (len > LINE_MAX_BYTES)
        not_understood(w, line, len);
    else
        (w->state == READY ? take_answer : take_start)(w, line, len);
}

static void on_output(struct child *c, const char *bytes, size_t n)
{
    struct worker *w = (struct worker *)c;
    struct crew *p = w->crew;
    p->reading = true;
    child_lines(c, &w->rest, LINE_MAX_BYTES, bytes, n, take_line);
    p->reading = false;
    send_all(p);
}

struct crew *crew_new(const struct crew_config *config)
{
    struct crew *p = mem_new(sizeof(*p));
    p->config = *config;
    p->workers = mem_array((size_t)config->n_workers, sizeof(*p->workers));
    for (int i = 0; i < config->n_workers; i++) {
        struct worker *w = &p->workers[i];
        w->crew = p;
        w->limit.fire = on_limit;
        w->child = (struct child){.engine = config->engine,
                                  .said_max = SAID_KEPT,
                                  .on_output = on_output,
                                  .on_said = on_said,
                                  .on_end = on_end};
    }
    return p;
}

static void free_task(struct crew_task *t)
{
    buf_release(&t->line);
    free(t);
}

void crew_free(struct crew *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->config.n_workers; i++) {
        put_down(&p->workers[i]);
        child_release(&p->workers[i].child);
        buf_release(&p->workers[i].rest);
    }
    while (p->first)
        free_task(line_take(p));
    while (p->spare) {
        struct crew_task *t = p->spare;
        p->spare = t->next;
        free_task(t);
    }
    free(p->workers);
    free(p->why);
    json_decref(p->rest);
    free(p);
}

void crew_start(void **out, struct crew *p, const struct crew_order *order)
{
    struct crew_task *t = p->spare;
    if (t)
        p->spare = t->next;
    else
        t = mem_new(sizeof(*t));
    *out = t;
    t->crew = p;
    t->done = order->done;
    t->owner = order->owner;
    t->told = order->told;
    buf_clear(&t->line);
    buf_char(&t->line, '[');
    tape_line(order->item, 0, &t->line);
    buf_char(&t->line, ',');
    tape_line(order->sample, 0, &t->line);
    buf_text_add(&t->line, order->told ? ",1]\n" : "]\n");
    line_add(p, t);
    deal(p);
}

/* A worker that has it answers it all the same, to nobody. */
void crew_stop(struct crew_task *t)
{
    t->done = NULL;
}
