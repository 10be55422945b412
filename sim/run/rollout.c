#include "sim/run/rollout.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/tape.h"
#include "sim/policy/recording.h"
#include "tools/address.h"
#include "tools/batch.h"

#define TO(name) (1u << ROLLOUT_##name)

/* Every move there is. A new state without a row here can be neither entered nor left. */
static const unsigned moves[] = {
    [ROLLOUT_POLICY] = TO(TOOLS) | TO(GRADE) | TO(ENDED),
    [ROLLOUT_TOOLS] = TO(POLICY) | TO(ENDED),
    [ROLLOUT_GRADE] = TO(ENDED),
    [ROLLOUT_ENDED] = 0,
};

/* The only place that writes r->state. */
static void move(struct rollout *r, enum rollout_state to)
{
    assert(moves[r->state] & (1u << to));
    r->state = to;
}

static void end(struct rollout *r, enum outcome outcome, const char *why, size_t len)
{
    move(r, ROLLOUT_ENDED);
    r->outcome = outcome;
    if (!r->why && why)
        r->why = mem_slice(why, len);
}

/* Make room for a turn's calls, and note that they are its own. */
static void begin_calls(struct rollout *r, size_t n_calls, bool batch)
{
    size_t need = r->n_calls + n_calls;
    if (need > r->room) {
        r->room = need > 4 ? need * 2 : 4;
        r->calls = mem_grow(r->calls, r->room, sizeof(*r->calls));
    }
    r->turns[r->n_turns - 1].n_calls = n_calls;
    r->turns[r->n_turns - 1].batch = batch;
    r->n_waiting = n_calls;
    r->refusal = TOOL_KIND_FINE;
    if (!n_calls)
        return; /* graders go on to see the calls before it */
    r->turn_from = r->n_calls;
    r->batch = batch;
}

/* One block holds all texts, arguments first. `space` is put before the name, or is empty. */
static void add_call(struct rollout *r, const char *space, const char *name, const char *arguments,
                     size_t len)
{
    struct buf block = {0};
    buf_reserve(&block, len + strlen(space) + strlen(name) + 1);
    buf_add(&block, arguments, len);
    buf_char(&block, '\0');
    buf_text_add(&block, space);
    buf_text_add(&block, name);
    char *all = buf_take(&block);
    r->calls[r->n_calls++] = (struct policy_call){
        .name = address_name(all + len + 1),
        .address = all + len + 1,
        .arguments = all,
        .arguments_len = len,
    };
}

/* What became of the turn's calls when they were recorded, if it is told of as many. */
static void note_recorded(struct rollout *r, const struct policy_turn *turn)
{
    size_t n = r->n_calls - r->turn_from;
    for (size_t i = 0; turn->recorded && n == turn->n_recorded && i < n; i++) {
        r->calls[r->turn_from + i].recorded = &turn->recorded[i];
        r->calls[r->turn_from + i].played = turn->plays;
    }
}

/* Whether each of `n` calls has an answer, of a turn whose calls are not to be made. Else the
 * rollout ends. */
static bool has_answers(struct rollout *r, const struct policy_turn *turn, size_t n)
{
    if (!turn->plays || turn->n_recorded == n)
        return true;
    char *why = mem_printf("turn %d makes %zu call%s, and the record has answers to %zu",
                           r->n_turns, n, n == 1 ? "" : "s", turn->n_recorded);
    end(r, OUTCOME_POLICY_FAILED, why, strlen(why));
    free(why);
    return false;
}

/* Calls that are addressed as they should be. The service writes the arguments of a batch anew
 * (4.2), which is all that is known of how they look on the way to the tool. */
static void on_calls(struct rollout *r, const struct policy_turn *turn)
{
    bool batch = turn->batch || turn->n_calls > 1;
    struct tape tape = {0};
    struct buf spaced = {0};
    begin_calls(r, turn->n_calls, batch);
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_turn_call *c = &turn->calls[i];
        const char *arguments = buf_text(&turn->text) + c->from;
        size_t len = c->len;
        struct tape_fault fault;
        if (batch && tape_scan(&tape, arguments, len, &fault)) {
            buf_clear(&spaced);
            tape_spaced(&tape, 0, &spaced);
            arguments = spaced.at;
            len = spaced.len;
        }
        add_call(r, ADDRESS_NAMESPACE, c->name, arguments, len);
    }
    tape_release(&tape);
    buf_release(&spaced);
    move(r, ROLLOUT_TOOLS);
}

/* A message to multi_tool_use.parallel: the calls in it, or one call that is refused. */
static void on_batch(struct rollout *r, const struct policy_turn *turn, const char *arguments,
                     size_t len)
{
    struct tape scratch = {0};
    struct batch b;
    batch_read(&b, arguments, len, &scratch);
    tape_release(&scratch);
    bool refused = b.kind != TOOL_KIND_FINE;
    if (!has_answers(r, turn, refused ? 1 : b.n_calls)) {
        batch_release(&b);
        return;
    }
    begin_calls(r, refused ? 1 : b.n_calls, !refused);
    if (refused) {
        add_call(r, "", ADDRESS_PARALLEL, arguments, len);
        r->refusal = b.kind;
        buf_clear(&r->refused);
        buf_add(&r->refused, b.text.at, b.text.len);
    }
    for (size_t i = 0; i < b.n_calls; i++)
        add_call(r, "", b.text.at + b.calls[i].address, b.text.at + b.calls[i].from,
                 b.calls[i].len);
    move(r, ROLLOUT_TOOLS);
    if (!r->n_waiting)
        move(r, ROLLOUT_POLICY); /* a batch of no calls has its result, which is none */
    batch_release(&b);
}

/* A message, by its recipient (3.7). */
static void on_message(struct rollout *r, const struct policy_turn *turn)
{
    const char *recipient = turn->calls[0].name;
    const char *arguments = buf_text(&turn->text) + turn->calls[0].from;
    size_t len = turn->calls[0].len;
    switch (address_of(recipient)) {
    case ADDRESS_BATCH:
        on_batch(r, turn, arguments, len);
        return;
    case ADDRESS_TOOL:
        if (!has_answers(r, turn, 1))
            return;
        begin_calls(r, 1, false);
        add_call(r, "", recipient, arguments, len);
        move(r, ROLLOUT_TOOLS);
        return;
    case ADDRESS_WRONG:
        begin_calls(r, 1, false);
        add_call(r, "", recipient, arguments, len);
        r->n_waiting = 0;
        r->misaddressed = true;
        r->why = mem_printf("turn %d, a call addressed to \"%s\" instead of \"functions.NAME\"",
                            r->n_turns, recipient);
        move(r, ROLLOUT_GRADE);
        return;
    }
}

static void on_answer(struct rollout *r, const struct policy_turn *turn)
{
    buf_add(&r->answer, turn->text.at, turn->text.len);
    r->truncated = turn->truncated;
    if (turn->note.len)
        r->why = mem_slice(turn->note.at, turn->note.len);
    move(r, ROLLOUT_GRADE);
}

/* What was said at a turn that made calls: for the policy to find again, and to be read. */
static void keep_said(struct rollout *r, const struct policy_turn *turn)
{
    struct policy_past *past = &r->turns[r->n_turns - 1];
    if (turn->said.len)
        past->said = mem_slice(turn->said.at, turn->said.len);
    past->said_len = turn->said.len;
    if (turn->beside.len)
        past->beside = mem_slice(turn->beside.at, turn->beside.len);
    past->beside_len = turn->beside.len;
}

/* A turn is taken; which calls it makes is noted when they begin. */
static void begin_turn(struct rollout *r, uint8_t choice)
{
    size_t n = (size_t)++r->n_turns;
    if (n > r->turns_room) {
        r->turns_room = n * 2;
        r->turns = mem_grow(r->turns, r->turns_room, sizeof(*r->turns));
    }
    r->turns[n - 1] = (struct policy_past){.from = r->n_calls, .choice = choice};
}

static void on_turn(struct rollout *r, const struct policy_turn *turn)
{
    begin_turn(r, turn->choice);
    tokens_add_turn(&r->tokens, &turn->tokens);
    switch (turn->kind) {
    case POLICY_FAILED:
        end(r, OUTCOME_POLICY_FAILED, buf_text(&turn->text), turn->text.len);
        return;
    case POLICY_ANSWER:
        on_answer(r, turn);
        return;
    case POLICY_CALLS:
    case POLICY_MESSAGE:
        if (r->n_turns >= r->max_turns) {
            r->cut = true;
            move(r, ROLLOUT_GRADE);
            return;
        }
        if (turn->kind == POLICY_CALLS)
            on_calls(r, turn);
        else
            on_message(r, turn);
        keep_said(r, turn);
        if (r->state == ROLLOUT_TOOLS)
            note_recorded(r, turn);
        return;
    }
}

/* A call came in; when it was the last of its turn, the rollout goes on or ends. */
static void call_came(struct rollout *r)
{
    if (--r->n_waiting > 0)
        return;
    if (r->lost != SIZE_MAX)
        end(r, OUTCOME_DISCARDED_TOOL, NULL, 0);
    else
        move(r, ROLLOUT_POLICY);
}

static void on_output(struct rollout *r, const struct rollout_event *in)
{
    struct policy_call *call = &r->calls[in->call];
    assert(in->call >= r->turn_from && in->call < r->n_calls && !call->output);
    call->output = mem_slice(in->text, in->text_len);
    call->output_len = in->text_len;
    call_came(r);
}

static void on_lost(struct rollout *r, const struct rollout_event *in)
{
    if (in->call < r->lost) {
        r->lost = in->call;
        free(r->why);
        r->why = mem_slice(in->text, in->text_len);
    }
    call_came(r);
}

static void on_grade(struct rollout *r, double reward)
{
    r->reward = reward;
    end(r, r->cut ? OUTCOME_GRADED_CUT : OUTCOME_GRADED, NULL, 0);
}

static enum rollout_state wants(const struct rollout_event *in)
{
    switch (in->kind) { /* no default: the compiler names the kind someone forgot */
    case ROLLOUT_TURN:
        return ROLLOUT_POLICY;
    case ROLLOUT_OUTPUT:
    case ROLLOUT_LOST:
        return ROLLOUT_TOOLS;
    case ROLLOUT_GRADED:
    case ROLLOUT_GRADE_LOST:
        return ROLLOUT_GRADE;
    case ROLLOUT_CANCEL:
        break;
    }
    return ROLLOUT_ENDED;
}

enum err_code rollout_feed(struct rollout *r, const struct rollout_event *in, struct err *e)
{
    bool fits = in->kind == ROLLOUT_CANCEL ? r->state != ROLLOUT_ENDED : r->state == wants(in);
    if (!fits)
        return err_set(e, ERR_BUG, "a rollout was fed %d while %s", (int)in->kind,
                       rollout_state_words(r->state));
    switch (in->kind) {
    case ROLLOUT_TURN:
        on_turn(r, in->turn);
        break;
    case ROLLOUT_OUTPUT:
        on_output(r, in);
        break;
    case ROLLOUT_LOST:
        on_lost(r, in);
        break;
    case ROLLOUT_GRADED:
        on_grade(r, in->reward);
        break;
    case ROLLOUT_GRADE_LOST:
        end(r, OUTCOME_DISCARDED_GRADER, in->text, in->text_len);
        break;
    case ROLLOUT_CANCEL:
        end(r, OUTCOME_CANCELLED, NULL, 0);
        break;
    }
    return ERR_OK;
}

void rollout_init(struct rollout *r, int max_turns)
{
    assert(max_turns > 0);
    *r = (struct rollout){.state = ROLLOUT_POLICY, .max_turns = max_turns, .lost = SIZE_MAX};
}

void rollout_release(struct rollout *r)
{
    for (size_t i = 0; i < r->n_calls; i++) {
        free(r->calls[i].arguments);
        free(r->calls[i].output);
    }
    for (int i = 0; i < r->n_turns; i++) {
        free(r->turns[i].said);
        free(r->turns[i].beside);
    }
    free(r->calls);
    free(r->turns);
    buf_release(&r->refused);
    free(r->why);
    buf_release(&r->answer);
    *r = (struct rollout){.state = ROLLOUT_ENDED};
}

const char *rollout_state_words(enum rollout_state state)
{
    static const char *const words[] = {
#define X(name, text) [ROLLOUT_##name] = text,
        ROLLOUT_STATES(X)
#undef X
    };
    return words[state];
}
