/* The episodes in a run.db, in one pass over its rollouts, turns and calls. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/report/recording_open.h"
#include "sim/report/run_source.h"
#include "sim/store/query.h"
#include "tools/address.h"
#include "tools/kind.h"

enum { CUT = 65533 }; /* a text this long may be cut (schema.sql) */

/* Three queries, each in the order of rollouts; `more` while there is a row. */
struct pass {
    struct recording *r;
    const struct history *h;
    struct query rollouts, turns, calls;
    bool more_turns, more_calls;
    struct buf text;
};

/* A body that may be NULL; true if it is whole. */
static bool read_body(struct pass *x, struct query *q, int column, int64_t bytes)
{
    buf_clear(&x->text);
    bool some = query_body(q, column, &x->text);
    return !some || x->text.len < CUT || (int64_t)x->text.len >= bytes;
}

/* The row of `q` that is of this turn, or a later one. */
static bool is_of(const struct query *q, bool more, int64_t rollout, int64_t turn)
{
    return more && query_int(q, 0) == rollout && query_int(q, 1) == turn;
}

static void say(struct pass *x, const char *why)
{
    recording_say(x->r, RECORDED_END, why, strlen(why));
}

/* --- Calls ----------------------------------------------------------------------------------- */

static void take_output(struct pass *x, struct recorded_call *call)
{
    enum tool_kind kind = TOOL_KIND_FINE;
    bool known = tool_kind_find(&kind, query_text(&x->calls, 3));
    call->kind = (uint8_t)kind;
    call->fate = !known                  ? RECORDED_UNKNOWN
                 : tool_kind_loses(kind) ? RECORDED_LOST
                                         : RECORDED_ANSWERED;
    call->cut = !read_body(x, &x->calls, 6, query_int(&x->calls, 7));
    call->output = recording_text(x->r, buf_text(&x->text), x->text.len);
}

/* The calls of a turn, addresses as they were written. False: one is not whole. */
static bool take_calls(struct pass *x, int64_t rollout, int64_t turn)
{
    bool whole = true;
    while (is_of(&x->calls, x->more_calls, rollout, turn)) {
        struct recorded_call *call = recording_add_call(x->r);
        const char *name = query_text(&x->calls, 2);
        call->name = recording_text(x->r, name, strlen(name)).at;
        whole &= read_body(x, &x->calls, 4, query_int(&x->calls, 5));
        call->arguments = recording_text(x->r, buf_text(&x->text), x->text.len);
        take_output(x, call);
        x->more_calls = query_next(&x->calls);
    }
    return whole;
}

/* A batch in the words of a model, since not all of its calls are to tools. */
static void write_batch(struct pass *x, struct recorded_turn *turn)
{
    const struct recorded_call *calls = recording_calls(x->r, turn);
    buf_clear(&x->text);
    buf_text_add(&x->text, "{\"tool_uses\": [");
    for (size_t i = 0; i < turn->n_calls; i++) {
        buf_text_add(&x->text, i ? ", {\"recipient_name\": " : "{\"recipient_name\": ");
        buf_json(&x->text, calls[i].name, strlen(calls[i].name));
        buf_text_add(&x->text, ", \"parameters\": ");
        buf_add(&x->text, calls[i].arguments.at, calls[i].arguments.len);
        buf_char(&x->text, '}');
    }
    buf_text_add(&x->text, "]}");
    turn->kind = RECORDED_MESSAGE;
    turn->recipient = ADDRESS_PARALLEL;
    turn->text = recording_text(x->r, buf_text(&x->text), x->text.len);
}

/* Calls as a policy makes them are those that each go to a tool. */
static void end_turn(struct pass *x, struct recorded_turn *turn, bool batch)
{
    struct recorded_call *calls = recording_own_calls(x->r, turn);
    bool plain = turn->n_calls > 0;
    for (size_t i = 0; i < turn->n_calls; i++)
        plain &= address_of(calls[i].name) == ADDRESS_TOOL;
    turn->batch = batch;
    if (plain) {
        for (size_t i = 0; i < turn->n_calls; i++)
            calls[i].name = address_name(calls[i].name);
    } else if (batch) {
        write_batch(x, turn);
    } else {
        turn->kind = RECORDED_MESSAGE;
        turn->recipient = calls[0].name;
        turn->text = calls[0].arguments;
    }
}

/* --- Turns ----------------------------------------------------------------------------------- */

static void take_misaddressed(struct pass *x)
{
    const char *to = query_text(&x->turns, 3);
    if (!read_body(x, &x->turns, 4, query_int(&x->turns, 5))) {
        say(x, "its message was longer than run.db keeps");
        return;
    }
    struct recorded_turn *turn =
        recording_say(x->r, RECORDED_MESSAGE, buf_text(&x->text), x->text.len);
    turn->recipient = recording_text(x->r, to ? to : "", to ? strlen(to) : 0).at;
}

/* A turn that made calls, or meant to. False: it did not. */
static bool take_turn(struct pass *x, int64_t rollout, int64_t number)
{
    bool batch = false;
    bool lost = false;
    while (is_of(&x->turns, x->more_turns, rollout, number)) {
        const char *kind = query_text(&x->turns, 2);
        batch |= strcmp(kind, "batch") == 0;
        if (strcmp(kind, "misaddressed") == 0) {
            take_misaddressed(x);
            lost = true;
        }
        x->more_turns = query_next(&x->turns);
    }
    if (lost || (!batch && !is_of(&x->calls, x->more_calls, rollout, number)))
        return lost;
    struct recorded_turn *turn = recording_add_turn(x->r, RECORDED_CALLS);
    if (take_calls(x, rollout, number)) {
        end_turn(x, turn, batch);
        return true;
    }
    static const char why[] = "its arguments were longer than run.db keeps";
    turn->kind = RECORDED_END;
    turn->text = recording_text(x->r, why, strlen(why));
    return true;
}

/* The last turn, which made no calls. A discarded rollout does not say whether it was cut: it was,
 * by all signs, if it had no answer when its turns were up. */
static void take_end(struct pass *x, const struct history_rollout *of)
{
    bool whole = read_body(x, &x->rollouts, 1, query_int(&x->rollouts, 2));
    bool cut =
        of->outcome == OUTCOME_GRADED_CUT || (of->outcome == OUTCOME_DISCARDED_GRADER &&
                                              !of->answered && of->n_turns == x->h->max_steps);
    if (of->outcome == OUTCOME_POLICY_FAILED)
        say(x, of->why ? of->why : "the policy failed");
    else if (cut)
        recording_add_turn(x->r, RECORDED_DROPPED);
    else if (!whole)
        say(x, "its answer was longer than run.db keeps");
    else
        recording_say(x->r, RECORDED_ANSWER, buf_text(&x->text), x->text.len);
}

static void take_rollout(struct pass *x, size_t i)
{
    const struct history_rollout *of = &x->h->rollouts[i];
    bool called = false;
    recording_begin(x->r, x->h, i);
    while (x->more_turns && query_int(&x->turns, 0) < of->id)
        x->more_turns = query_next(&x->turns);
    while (x->more_calls && query_int(&x->calls, 0) < of->id)
        x->more_calls = query_next(&x->calls);
    for (int32_t turn = 0; turn < of->n_turns; turn++) {
        called = take_turn(x, of->id, turn);
        if (!called)
            break;
    }
    if (!called) {
        take_end(x, of);
    } else if (of->outcome == OUTCOME_DISCARDED_TOOL) {
        char *why = mem_printf("the recorded rollout ended with this turn (%s)",
                               of->why ? of->why : "a call was lost");
        say(x, why);
        free(why);
    }
}

enum err_code recording_add_run(struct recording *r, const struct history *h, struct err *e)
{
    sqlite3 *db = run_source_db(h);
    struct pass x = {.r = r, .h = h};
    query_open(&x.rollouts, db, "SELECT id, answer, answer_bytes FROM rollout ORDER BY id");
    query_open(&x.turns, db,
               "SELECT rollout, number, kind, recipient, text, text_bytes FROM turn "
               "ORDER BY rollout, number");
    query_open(&x.calls, db,
               "SELECT rollout, turn, coalesce(call.name, 'functions.' || tool.name, ''), kind, "
               "arguments, arguments_bytes, output, output_bytes "
               "FROM call LEFT JOIN tool ON tool.id = call.tool ORDER BY rollout, number");
    x.more_turns = query_next(&x.turns);
    x.more_calls = query_next(&x.calls);
    for (size_t i = 0; i < h->n_rollouts && query_next(&x.rollouts);) {
        int64_t id = query_int(&x.rollouts, 0);
        if (id == h->rollouts[i].id)
            take_rollout(&x, i++);
    }
    buf_release(&x.text);
    enum err_code rc = query_close(&x.calls, e);
    if (query_close(&x.turns, e) && !rc)
        rc = e->code;
    if (query_close(&x.rollouts, e) && !rc)
        rc = e->code;
    return rc;
}
