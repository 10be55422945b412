#include "sim/policy/command_program.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/child.h"
#include "sim/policy/command_line.h"

struct task {
    struct task *next, *prev;
    struct program *program;
    struct playing *x;
    uint64_t id;
    bool spared;     /* a process ended at it before */
    struct buf line; /* that asks for it */
};

struct program {
    struct child child; /* first */
    struct program_config config;
    struct task *first, *last; /* asked for and not answered, by id; the first is the head */
    struct task *spare;        /* owned; memory for the next */
    uint64_t n_asked;          /* turns so far: the last id */
    uint64_t *dropped;         /* owned; ids asked of this process that nobody waits for */
    size_t n_dropped;
    size_t dropped_room;
    struct timer limit;
    int64_t since_ns;    /* when the head became that, or was sent */
    int64_t answered_ns; /* when something was last answered */
    bool answered;       /* something, by this process */
    bool worked;         /* something, by any */
    int n_failed;        /* in a row without an answer */
    int n_never;         /* of them, as if it could not run at all */
    bool reading;        /* answers: what follows from them is sent when all are read */
    bool dirty;          /* has something to be sent */
    bool over;           /* hopeless */
    struct buf rest;     /* of an answer that has not come whole */
    struct command_reader reader;
    struct policy_turn turn; /* that is being handed on */
};

/* --- turns that are waited for --------------------------------------------------------------- */

static void line_add(struct program *p, struct task *t)
{
    t->next = NULL;
    t->prev = p->last;
    *(p->last ? &p->last->next : &p->first) = t;
    p->last = t;
}

/* The one behind the head becomes that now. */
static void line_take(struct program *p, struct task *t)
{
    if (t == p->first)
        p->since_ns = clock_ns();
    *(t->prev ? &t->prev->next : &p->first) = t->next;
    *(t->next ? &t->next->prev : &p->last) = t->prev;
    t->next = p->spare;
    p->spare = t;
}

static struct task *find(const struct program *p, uint64_t id)
{
    struct task *t = p->first;
    while (t && t->id != id)
        t = t->next;
    return t;
}

/* Its answer may come yet, and is then nobody's. */
static void drop(struct program *p, const struct task *t)
{
    if (!p->child.running)
        return;
    if (p->n_dropped == p->dropped_room) {
        p->dropped_room = p->dropped_room ? p->dropped_room * 2 : 16;
        p->dropped = mem_grow(p->dropped, p->dropped_room, sizeof(*p->dropped));
    }
    p->dropped[p->n_dropped++] = t->id;
}

static bool was_dropped(struct program *p, uint64_t id)
{
    for (size_t i = 0; i < p->n_dropped; i++) {
        if (p->dropped[i] == id) {
            p->dropped[i] = p->dropped[--p->n_dropped];
            return true;
        }
    }
    return false;
}

/* The program may still be at a turn that was given up. */
static bool is_at_dropped(const struct program *p)
{
    for (size_t i = 0; i < p->n_dropped; i++) {
        if (p->dropped[i] < p->first->id)
            return true;
    }
    return false;
}

/* Last: who waited for it may ask for others. */
static void hand_on(struct program *p, struct task *t)
{
    struct playing *x = t->x;
    line_take(p, t);
    x->task = NULL;
    playing_done(x, &p->turn);
}

/* --- the process ----------------------------------------------------------------------------- */

static void set_limit(struct program *p)
{
    engine_at(p->config.engine, &p->limit, p->since_ns + (int64_t)p->config.timeout_ms * 1000000);
}

/* All that this process was is forgotten. */
static void put_down(struct program *p)
{
    child_end(&p->child);
    engine_cancel_timer(p->config.engine, &p->limit);
    buf_clear(&p->rest);
    p->n_dropped = 0;
    p->answered = false;
}

static void give_up(struct program *p, const char *why, const char *fix)
{
    struct err e = {0};
    put_down(p);
    p->over = true;
    err_set(&e, ERR_IO, "stopped, since the policy's program %s", why);
    err_fix(&e, "%s", fix);
    p->config.hopeless(p->config.arg, &e);
}

static const char *start_fix(int error)
{
    switch (error) {
    case ENOENT:
        return "a path is of the job file's folder, a name is looked for in PATH, and what the "
               "first line of a script names has to be there too";
    case EACCES:
        return "make it executable: chmod +x";
    case ENOEXEC:
        return "a script needs a first line such as #!/usr/bin/env python3";
    default:
        return "see that it starts by hand, in the job file's folder";
    }
}

/* Start it, and ask for all that is waited for. */
static void launch(struct program *p)
{
    struct err e = {0};
    if (child_start(&p->child, p->config.argv, &e)) {
        const char *fix = start_fix(errno);
        char *why = mem_printf("cannot be started: %s", e.text);
        give_up(p, why, fix);
        free(why);
        return;
    }
    p->since_ns = clock_ns();
    set_limit(p);
    for (const struct task *t = p->first; t; t = t->next)
        child_write(&p->child, t->line.at, t->line.len);
    child_flush(&p->child);
}

enum failure {
    FAILED_UNREAD, /* it has not read what it was sent */
    FAILED_MUTE,   /* it goes on, but not as it should */
    FAILED_END,
};

/* True if that was once too often, and the run has been told. */
static bool is_too_often(struct program *p, enum failure how, const char *why)
{
    if (how == FAILED_UNREAD || (how == FAILED_MUTE && !p->worked))
        p->n_never++;
    if (++p->n_failed < PROGRAM_FAILS_MAX && p->n_never < PROGRAM_STARTS_MAX)
        return false;
    char *all = mem_printf("%s failed %d times in a row without an answer, at last so: %s",
                           p->config.argv[0], p->n_failed, why);
    give_up(p, all,
            "try it by hand in the job file's folder, with a line as docs/policies.md has it");
    free(all);
    return true;
}

/* The process is over, or is made so. What it was at is asked again of the next one, or pays. */
static void fail(struct program *p, enum failure how, const char *why)
{
    struct task *head = p->first;
    child_end(&p->child);
    if (!p->child.has_read)
        how = FAILED_UNREAD;
    bool again = how == FAILED_UNREAD || (head && is_at_dropped(p)) ||
                 (head && how == FAILED_END && p->answered && !head->spared);
    put_down(p);
    if (!head)
        return;
    head->spared = how == FAILED_END;
    if (is_too_often(p, how, why))
        return;
    if (again) {
        launch(p);
        return;
    }
    policy_turn_fail(&p->turn, "%s", why);
    hand_on(p, head);
    if (p->first && !p->child.running && !p->over)
        launch(p);
}

static void fail_saying(struct program *p, enum failure how, struct buf *why)
{
    child_last_words(&p->child, 3, why);
    command_cut(why);
    fail(p, how, buf_text(why));
}

static void on_end(struct child *c)
{
    struct program *p = (struct program *)c;
    struct buf why = {0};
    buf_text_add(&why, "the program ended: ");
    child_fate(c->status, &why);
    fail_saying(p, FAILED_END, &why);
    buf_release(&why);
}

/* It is kept while others are answered: it is at work, and this turn may be forgotten. */
static void on_limit(struct timer *timer)
{
    struct program *p = (struct program *)((char *)timer - offsetof(struct program, limit));
    struct task *head = p->first;
    if (!head)
        return;
    if (clock_ns() < p->since_ns + (int64_t)p->config.timeout_ms * 1000000) {
        set_limit(p);
        return;
    }
    struct buf why = {0};
    buf_printf(&why, "the program's answer was not there after %d ms (timeout_ms)",
               p->config.timeout_ms);
    if (p->answered_ns <= p->since_ns) {
        fail_saying(p, FAILED_MUTE, &why);
    } else {
        policy_turn_fail(&p->turn, "%s", buf_text(&why));
        drop(p, head);
        hand_on(p, head);
        if (p->first && !p->limit.slot)
            set_limit(p);
    }
    buf_release(&why);
}

/* --- what it says ---------------------------------------------------------------------------- */

static void on_strange(struct program *p, const char *what)
{
    struct buf why = {0};
    buf_printf(&why, "the program cannot be understood: %s", what);
    child_listen(&p->child);
    fail_saying(p, FAILED_MUTE, &why);
    buf_release(&why);
}

static void on_nobody(struct program *p, uint64_t id)
{
    char why[COMMAND_WHY_ROOM];
    if (was_dropped(p, id))
        return;
    snprintf(why, sizeof(why), "it answered id %llu, which %s", (unsigned long long)id,
             id <= p->n_asked ? "does not wait for an answer" : "it was never asked for");
    on_strange(p, why);
}

static void take_line(struct child *c, const char *line, size_t len)
{
    struct program *p = (struct program *)c;
    char why[COMMAND_WHY_ROOM];
    uint64_t id = 0;
    enum command_reply reply = command_line_read(&p->reader, line, len, &id, &p->turn, why);
    struct task *t = reply == COMMAND_STRANGE ? NULL : find(p, id);
    if (reply == COMMAND_STRANGE) {
        on_strange(p, why);
        return;
    }
    p->answered_ns = clock_ns();
    if (!t) {
        on_nobody(p, id);
        return;
    }
    p->answered = true;
    if (reply == COMMAND_TURN) {
        p->worked = true;
        p->n_failed = 0;
        p->n_never = 0;
    } else if (is_too_often(p, FAILED_END, buf_text(&p->turn.text))) {
        return;
    }
    hand_on(p, t);
}

static void on_output(struct child *c, const char *bytes, size_t n)
{
    struct program *p = (struct program *)c;
    p->reading = true;
    child_lines(c, &p->rest, COMMAND_LINE_MAX, bytes, n, take_line);
    p->reading = false;
    if (p->dirty)
        child_flush(c);
    p->dirty = false;
}

/* --- from outside ---------------------------------------------------------------------------- */

struct program *program_new(const struct program_config *config)
{
    struct program *p = mem_new(sizeof(*p));
    assert(config->hopeless);
    p->config = *config;
    p->limit.fire = on_limit;
    p->child = (struct child){.engine = config->engine,
                              .said_max = PROGRAM_SAID_KEPT,
                              .said_last = true,
                              .folder = config->folder,
                              .environment = config->environment,
                              .on_output = on_output,
                              .on_end = on_end};
    return p;
}

static void free_tasks(struct task *t)
{
    for (struct task *next = NULL; t; t = next) {
        next = t->next;
        buf_release(&t->line);
        free(t);
    }
}

void program_free(struct program *p)
{
    if (!p)
        return;
    if (!p->first && !p->n_dropped)
        child_leave(&p->child, PROGRAM_LEAVE_MS);
    put_down(p);
    child_release(&p->child);
    free_tasks(p->first);
    free_tasks(p->spare);
    free(p->dropped);
    buf_release(&p->rest);
    command_reader_release(&p->reader);
    policy_turn_release(&p->turn);
    free(p);
}

static void ask(struct program *p, const struct task *t)
{
    if (!p->child.running) {
        launch(p);
        return;
    }
    if (t == p->first)
        p->since_ns = clock_ns();
    if (!p->limit.slot)
        set_limit(p);
    child_write(&p->child, t->line.at, t->line.len);
    if (p->reading)
        p->dirty = true;
    else
        child_flush(&p->child);
}

void program_start(struct program *p, struct playing *x, const struct policy_view *view)
{
    struct task *t = p->spare;
    if (t)
        p->spare = t->next;
    else
        t = mem_new(sizeof(*t));
    t->program = p;
    t->x = x;
    t->id = ++p->n_asked;
    t->spared = false;
    buf_clear(&t->line);
    command_line_ask(&t->line, t->id, view, p->config.job);
    x->task = t;
    line_add(p, t);
    if (!p->over)
        ask(p, t);
}

void program_stop(struct playing *x)
{
    struct task *t = x->task;
    x->task = NULL;
    drop(t->program, t);
    line_take(t->program, t);
}
