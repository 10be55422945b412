#include "sim/run/rollout.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/base/mem.h"

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

static void add_calls(struct rollout *r, const struct policy_turn *turn)
{
    size_t need = r->n_calls + turn->n_calls;
    if (need > r->room) {
        r->room = need > 4 ? need * 2 : 4;
        r->calls = mem_grow(r->calls, r->room, sizeof(*r->calls));
    }
    r->turn_from = r->n_calls;
    r->n_waiting = turn->n_calls;
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_turn_call *c = &turn->calls[i];
        r->calls[r->n_calls++] = (struct policy_call){
            .name = c->name,
            .arguments = mem_slice(buf_text(&turn->text) + c->from, c->len),
            .arguments_len = c->len,
        };
    }
}

static void on_turn(struct rollout *r, const struct policy_turn *turn)
{
    r->n_turns++;
    switch (turn->kind) {
    case POLICY_FAILED:
        end(r, OUTCOME_POLICY_FAILED, buf_text(&turn->text), turn->text.len);
        return;
    case POLICY_ANSWER:
        buf_add(&r->answer, turn->text.at, turn->text.len);
        move(r, ROLLOUT_GRADE);
        return;
    case POLICY_CALLS:
        if (r->n_turns >= r->max_turns) {
            r->cut = true;
            move(r, ROLLOUT_GRADE);
            return;
        }
        add_calls(r, turn);
        move(r, ROLLOUT_TOOLS);
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
    free(r->calls);
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
