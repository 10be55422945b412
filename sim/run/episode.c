#include "sim/run/episode.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/run/sample.h"

/* The machine refuses an event only if we fed it out of turn, which is our bug. */
static void feed(struct episode *ep, const struct rollout_event *event)
{
    struct err e = {0};
    enum err_code rc = rollout_feed(&ep->rollout, event, &e);
    assert(rc == ERR_OK);
    (void)rc;
}

void episode_start(struct episode *ep, struct worker *w, struct shared_row *row, size_t number)
{
    const struct run *run = w->run;
    ep->worker = w;
    ep->row = row;
    ep->number = number;
    ep->grade_ns = 0;
    ep->grade_flags = 0;
    rollout_init(&ep->rollout, run->config.job->max_episode_steps);

    ep->ids = rng_seed(run->config.seed);
    rng_mix(&ep->ids, run->nonce);
    rng_mix(&ep->ids, (uint64_t)w->wave->phase);
    rng_mix(&ep->ids, (uint64_t)w->wave->step);
    rng_mix(&ep->ids, number);
    unsigned long long high = rng_u64(&ep->ids);
    unsigned long long low = rng_u64(&ep->ids);
    snprintf(ep->trace_id, sizeof(ep->trace_id), "trace_%016llx%016llx", high, low);
}

static void tell(const struct call *c, const struct episode *ep, size_t index)
{
    const struct run_config *config = &ep->worker->run->config;
    if (!config->on_call)
        return;
    struct call_told told = {
        .trace_id = ep->trace_id,
        .line = ep->row->row.line,
        .call = &ep->rollout.calls[index],
        .target = c->target,
        .kind = c->kind,
        .attempts = c->attempts,
        .status = c->req.status,
        .latency_ns = c->latency_ns,
        .output = &c->output,
    };
    config->on_call(config->arg, &told);
}

static void record(struct episode *ep, const struct call *c, size_t index)
{
    const struct targets *targets = &ep->worker->run->targets;
    ep->records[index] = (struct call_record){
        .latency_ns = c->latency_ns,
        .output_bytes = (uint32_t)c->output.len,
        .tool = c->target ? (uint16_t)(c->target - targets->at) : RUN_NO_TOOL,
        .status = (uint16_t)(c->attempts ? c->req.status : 0),
        .kind = (uint8_t)c->kind,
        .attempts = (uint8_t)c->attempts,
        .warnings = (uint8_t)c->warnings,
    };
}

static void feed_lost(struct episode *ep, const struct call *c, size_t index)
{
    struct buf why = {0};
    buf_printf(&why, "call %zu, %s: ", index + 1, ep->rollout.calls[index].name);
    if (c->req.status)
        buf_printf(&why, "HTTP %d, ", c->req.status);
    buf_printf(&why, "%s, %d attempt%s", tool_kind_row(c->kind)->words, c->attempts,
               c->attempts == 1 ? "" : "s");
    if (*c->req.detail)
        buf_printf(&why, " (%s)", c->req.detail);
    feed(ep, &(struct rollout_event){
                 .kind = ROLLOUT_LOST, .call = index, .text = why.at, .text_len = why.len});
    buf_release(&why);
}

/* A call is settled: the machine hears of it, but nothing goes on from there yet. */
static void take_call(struct episode *ep, const struct call *c)
{
    size_t index = ep->rollout.turn_from + (size_t)(c - ep->calls);
    record(ep, c, index);
    atomic_fetch_add_explicit(&ep->worker->run->n_calls, 1, memory_order_relaxed);
    tell(c, ep, index);
    if (call_is_lost(c)) {
        feed_lost(ep, c, index);
        return;
    }
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_OUTPUT,
                                     .call = index,
                                     .text = buf_text(&c->output),
                                     .text_len = c->output.len});
}

/* A call that is refused here and now is settled while its turn is still being started; then it is
 * start_calls's caller that goes on. */
static void on_call_done(struct call *c)
{
    struct episode *ep = c->owner;
    take_call(ep, c);
    if (!ep->starting && ep->rollout.state != ROLLOUT_TOOLS && episode_advance(ep))
        worker_ended(ep->worker, ep);
}

static void make_room(struct episode *ep, size_t n_calls_of_turn)
{
    if (n_calls_of_turn > ep->room) {
        ep->calls = mem_grow(ep->calls, n_calls_of_turn, sizeof(*ep->calls));
        memset(ep->calls + ep->room, 0, (n_calls_of_turn - ep->room) * sizeof(*ep->calls));
        ep->room = n_calls_of_turn;
    }
    ep->records = mem_grow(ep->records, ep->rollout.room, sizeof(*ep->records));
}

static void start_call(struct episode *ep, struct call *c, const struct policy_call *what)
{
    const struct row *row = &ep->row->row;
    c->context = &ep->worker->context;
    c->target = targets_find(&ep->worker->run->targets, what->name);
    c->done = on_call_done;
    c->owner = ep;
    unsigned long long name = rng_u64(&ep->ids);
    unsigned more = (unsigned)rng_u64(&ep->ids);
    snprintf(c->id, sizeof(c->id), "fc_%016llx%08x", name, more);
    snprintf(c->call_id, sizeof(c->call_id), "call_%016llx%08x", name, more);
    call_start(c, &(struct tool_call){
                      .id = c->id,
                      .call_id = c->call_id,
                      .name = what->name,
                      .arguments = what->arguments,
                      .arguments_len = what->arguments_len,
                      .trace_id = ep->trace_id,
                      .item = row->item,
                      .item_len = row->item_len,
                  });
}

/* Put every call of the turn on the wire at once (GAP-23). */
static void start_calls(struct episode *ep)
{
    const struct rollout *r = &ep->rollout;
    size_t n = r->n_calls - r->turn_from;
    make_room(ep, n);
    ep->starting = true;
    for (size_t i = 0; i < n; i++)
        start_call(ep, &ep->calls[i], &r->calls[r->turn_from + i]);
    ep->starting = false;
}

static void take_turn(struct episode *ep)
{
    struct worker *w = ep->worker;
    const struct rollout *r = &ep->rollout;
    struct policy_view view = {
        .item = &ep->row->row.tape,
        .calls = r->calls,
        .n_calls = r->n_calls,
        .turn = (size_t)r->n_turns,
    };
    policy_take_turn(w->policy, &view, &w->turn);
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_TURN, .turn = &w->turn});
}

static void grade(struct episode *ep)
{
    struct worker *w = ep->worker;
    struct tape_fault fault;
    int64_t from = clock_ns();
    buf_clear(&w->sample);
    sample_build(&ep->rollout, w->run->parse_output, &w->sample_tape, &w->sample);
    bool scanned = tape_scan(&w->sample_tape, buf_text(&w->sample), w->sample.len, &fault);
    assert(scanned); /* we wrote it */
    (void)scanned;

    struct grader_input in = {.item = &ep->row->row.tape, .sample = &w->sample_tape};
    struct grade out;
    grader_grade(w->grader, &in, &out);
    ep->grade_ns = clock_ns() - from;
    ep->grade_flags = out.flags;
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_GRADED, .reward = out.reward});
    if (out.flags)
        ep->rollout.why = mem_text(out.why);
}

bool episode_advance(struct episode *ep)
{
    for (;;) {
        switch (ep->rollout.state) {
        case ROLLOUT_POLICY:
            take_turn(ep);
            if (ep->rollout.state == ROLLOUT_TOOLS)
                start_calls(ep);
            break;
        case ROLLOUT_TOOLS:
            return false;
        case ROLLOUT_GRADE:
            grade(ep);
            break;
        case ROLLOUT_ENDED:
            return true;
        }
    }
}

void episode_cancel(struct episode *ep)
{
    const struct rollout *r = &ep->rollout;
    size_t n = r->state == ROLLOUT_TOOLS ? r->n_calls - r->turn_from : 0;
    for (size_t i = 0; i < n; i++)
        call_stop(&ep->calls[i]);
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_CANCEL});
}

void episode_end(struct episode *ep, struct rollout_end *out)
{
    struct rollout *r = &ep->rollout;
    bool cancelled = r->outcome == OUTCOME_CANCELLED;
    *out = (struct rollout_end){
        .started = true,
        .answered = r->answer.len > 0,
        .outcome = r->outcome,
        .grade_flags = ep->grade_flags,
        .n_turns = r->n_turns,
        .reward = r->reward,
        .grade_ns = ep->grade_ns,
        .row = ep->row->row.number,
        .line = ep->row->row.line,
        .why = r->why,
        .calls = cancelled ? NULL : ep->records,
        .n_calls = cancelled ? 0 : r->n_calls,
    };
    memcpy(out->trace_id, ep->trace_id, sizeof(out->trace_id));
    r->why = NULL;
    if (!cancelled)
        ep->records = NULL;
    rollout_release(r);
}

void episode_release(struct episode *ep)
{
    for (size_t i = 0; i < ep->room; i++)
        call_release(&ep->calls[i]);
    free(ep->calls);
    free(ep->records);
    rollout_release(&ep->rollout);
}
