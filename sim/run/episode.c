#include "sim/run/episode.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/policy/recording.h"
#include "sim/run/drift.h"
#include "sim/run/sample.h"

/* The machine refuses an event only if we fed it out of turn, which is our bug. */
static void feed(struct episode *ep, const struct rollout_event *event)
{
    struct err e = {0};
    enum err_code rc = rollout_feed(&ep->rollout, event, &e);
    assert(rc == ERR_OK);
    (void)rc;
}

static void expire_calls(struct episode *ep)
{
    size_t n = ep->rollout.n_calls - ep->rollout.turn_from;
    ep->held = true;
    for (size_t i = 0; i < n; i++)
        call_expire(&ep->calls[i], TOOL_KIND_ROLLOUT_DEADLINE);
    ep->held = false;
}

static void expire_turn(struct episode *ep)
{
    struct policy_turn *turn = &ep->worker->turn;
    policy_stop(&ep->playing);
    policy_turn_fail(turn, "the rollout's time was up (rollout_timeout_ms) while the policy was at "
                           "its turn");
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_TURN, .turn = turn});
}

static void expire_grade(struct episode *ep)
{
    static const char why[] = "the rollout's time was up (rollout_timeout_ms) while it was graded";
    grader_stop(&ep->grading);
    feed(ep, &(struct rollout_event){
                 .kind = ROLLOUT_GRADE_LOST, .text = why, .text_len = sizeof(why) - 1});
}

/* The rollout's time is up: what it still waits for is lost, and with the last of that it ends. */
static void on_deadline(struct timer *t)
{
    struct episode *ep = (struct episode *)((char *)t - offsetof(struct episode, deadline));
    if (ep->rollout.state == ROLLOUT_POLICY)
        expire_turn(ep);
    else if (ep->rollout.state == ROLLOUT_GRADE)
        expire_grade(ep);
    else
        expire_calls(ep);
    if (episode_advance(ep))
        worker_ended(ep->worker, ep);
}

void episode_start(struct episode *ep, struct worker *w, struct shared_row *row, size_t number)
{
    const struct run *run = w->run;
    ep->worker = w;
    ep->row = row;
    ep->number = number;
    ep->grading.out = (struct grade){0};
    ep->scored = NULL;
    ep->n_attempts = 0;
    ep->started_ns = run->config.on_end ? clock_ns() : 0;
    rollout_init(&ep->rollout, run->config.job->max_episode_steps);

    ep->draws = rng_seed(run->config.seed);
    rng_mix(&ep->draws, (uint64_t)w->wave->phase);
    rng_mix(&ep->draws, (uint64_t)w->wave->step);
    rng_mix(&ep->draws, w->wave->first + number);

    ep->ids = rng_seed(run->config.seed);
    rng_mix(&ep->ids, run->nonce);
    rng_mix(&ep->ids, (uint64_t)w->wave->phase);
    rng_mix(&ep->ids, (uint64_t)w->wave->step);
    rng_mix(&ep->ids, w->wave->first + number);
    unsigned long long high = rng_u64(&ep->ids);
    unsigned long long low = rng_u64(&ep->ids);
    snprintf(ep->trace_id, sizeof(ep->trace_id), "trace_%016llx%016llx", high, low);

    ep->deadline.fire = on_deadline;
    if (run->config.job->sim.rollout_timeout_ms)
        engine_after(w->wire.engine, &ep->deadline, run->config.job->sim.rollout_timeout_ms);
}

static void tell(const struct call *c, const struct episode *ep, size_t index)
{
    const struct run_config *config = &ep->worker->run->config;
    if (!config->on_call)
        return;
    bool ours = c->warnings & TOOL_WARN_OUR_TEXT;
    struct call_told told = {
        .trace_id = ep->trace_id,
        .line = ep->row->row.line,
        .call = &ep->rollout.calls[index],
        .target = c->target,
        .played = ep->rollout.calls[index].played,
        .kind = c->kind,
        .text = ours ? TOOL_TEXT_OURS : tool_kind_row(c->kind)->text,
        .attempts = c->x.attempts,
        .status = c->x.req.status,
        .latency_ns = c->x.latency_ns,
        .output = &c->output,
    };
    config->on_call(config->arg, &told);
}

/* A call that is not executed and ends its rollout (GAP-52). */
static void tell_misaddressed(const struct episode *ep)
{
    const struct run_config *config = &ep->worker->run->config;
    const struct rollout *r = &ep->rollout;
    if (!config->on_call)
        return;
    config->on_call(config->arg, &(struct call_told){
                                     .trace_id = ep->trace_id,
                                     .line = ep->row->row.line,
                                     .call = &r->calls[r->turn_from],
                                     .misaddressed = true,
                                 });
}

static void record(struct episode *ep, const struct call *c, size_t index)
{
    const struct targets *targets = &ep->worker->run->targets;
    ep->records[index] = (struct call_record){
        .latency_ns = c->x.latency_ns,
        .output_bytes = (uint32_t)c->output.len,
        .tool = c->target ? (uint16_t)(c->target - targets->at) : RUN_NO_TOOL,
        .status = (uint16_t)(c->x.attempts ? c->x.req.status : 0),
        .kind = (uint8_t)c->kind,
        .attempts = (uint8_t)c->x.attempts,
        .warnings = (uint8_t)c->warnings,
    };
}

/* Each attempt of a call that is not told by the call itself. */
static void record_attempts(struct episode *ep, const struct call *c, size_t index)
{
    bool told = c->n_tried == 0 || (c->n_tried == 1 && c->tried[0].kind == c->kind);
    if (told || !ep->worker->run->config.on_end)
        return;
    size_t need = ep->n_attempts + c->n_tried;
    if (need > ep->attempts_room) {
        ep->attempts_room = need * 2;
        ep->attempts = mem_grow(ep->attempts, ep->attempts_room, sizeof(*ep->attempts));
    }
    for (size_t i = 0; i < c->n_tried; i++)
        ep->attempts[ep->n_attempts++] = (struct attempt_record){
            .call = (uint32_t)index,
            .latency_ns = c->tried[i].latency_ns,
            .status = c->tried[i].status,
            .kind = c->tried[i].kind,
        };
}

static void feed_lost(struct episode *ep, const struct call *c, size_t index)
{
    const struct tool_kind_row *row = tool_kind_row(c->kind);
    struct buf why = {0};
    buf_printf(&why, "call %zu, %s: ", index + 1, ep->rollout.calls[index].name);
    if (c->x.req.status)
        buf_printf(&why, "HTTP %d, ", c->x.req.status);
    buf_text_add(&why, row->words);
    if (ep->rollout.calls[index].played)
        buf_text_add(&why, ", when it was recorded");
    else
        buf_printf(&why, ", %d attempt%s", c->x.attempts, c->x.attempts == 1 ? "" : "s");
    if (*c->x.req.detail)
        buf_printf(&why, " (%s)", c->x.req.detail);
    feed(ep, &(struct rollout_event){
                 .kind = ROLLOUT_LOST, .call = index, .text = why.at, .text_len = why.len});
    buf_release(&why);
}

/* A call is settled: the machine hears of it, but nothing goes on from there yet. */
static void take_call(struct episode *ep, const struct call *c)
{
    size_t index = ep->rollout.turn_from + (size_t)(c - ep->calls);
    record(ep, c, index);
    record_attempts(ep, c, index);
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

/* While the episode is held, whoever holds it goes on; a call may be settled here and now. */
static void go_on(struct episode *ep)
{
    if (!ep->held && episode_advance(ep))
        worker_ended(ep->worker, ep);
}

static void on_call_done(struct call *c)
{
    struct episode *ep = c->owner;
    take_call(ep, c);
    if (ep->rollout.state != ROLLOUT_TOOLS)
        go_on(ep);
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

/* What became of the call when it was recorded becomes of it again; nothing is sent. */
static void play_call(const struct episode *ep, struct call *c, const struct policy_call *what)
{
    const struct recorded_call *was = what->recorded;
    if (ep->rollout.refusal == TOOL_KIND_FINE)
        c->target = targets_find(&ep->worker->run->targets, what->name);
    call_settle(c, (enum tool_kind)was->kind, was->output.at, was->output.len);
}

static void start_call(struct episode *ep, struct call *c, const struct policy_call *what)
{
    const struct row *row = &ep->row->row;
    c->context = &ep->worker->context;
    c->done = on_call_done;
    c->owner = ep;
    c->target = NULL;
    if (what->played) {
        play_call(ep, c, what);
        return;
    }
    if (ep->rollout.refusal != TOOL_KIND_FINE) {
        const struct buf *text = &ep->rollout.refused;
        call_settle(c, ep->rollout.refusal, buf_text(text), text->len);
        return;
    }
    c->target = targets_find(&ep->worker->run->targets, what->name);
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
    bool held = ep->held;
    make_room(ep, n);
    ep->held = true;
    for (size_t i = 0; i < n; i++)
        start_call(ep, &ep->calls[i], &r->calls[r->turn_from + i]);
    ep->held = held;
}

static void on_turn(struct playing *x)
{
    struct episode *ep = x->owner;
    const struct run_config *config = &ep->worker->run->config;
    if (config->on_turn)
        config->on_turn(config->turn_arg, x->turn);
    ep->scored = x->turn->scored;
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_TURN, .turn = x->turn});
    if (ep->rollout.misaddressed)
        tell_misaddressed(ep);
    if (ep->rollout.state == ROLLOUT_TOOLS)
        start_calls(ep);
    go_on(ep);
}

static void start_turn(struct episode *ep)
{
    struct worker *w = ep->worker;
    const struct rollout *r = &ep->rollout;
    struct policy_view view = {
        .item = &ep->row->row.tape,
        .place = {(int)w->wave->phase, w->wave->step, ep->row->row.number,
                  w->wave->sample + ep->number % w->wave->n_samples},
        .calls = r->calls,
        .n_calls = r->n_calls,
        .turns = r->turns,
        .turn = (size_t)r->n_turns,
        .rng = ep->draws,
    };
    ep->playing.done = on_turn;
    ep->playing.owner = ep;
    ep->playing.room = &w->turn;
    ep->held = true;
    policy_start(w->policy, &ep->playing, &view);
    ep->held = false;
}

/* What the flags of a grade mean, behind what there may be to say of the rollout already. */
static void note_flags(struct episode *ep, const char *meaning)
{
    char *before = ep->rollout.why;
    ep->rollout.why = before ? mem_printf("%s; %s", before, meaning) : mem_text(meaning);
    free(before);
}

static void on_graded(struct grading *x)
{
    struct episode *ep = x->owner;
    struct wave *wave = ep->worker->wave;
    const struct grade *out = &x->out;
    if (out->lost) {
        feed(ep, &(struct rollout_event){
                     .kind = ROLLOUT_GRADE_LOST, .text = out->why, .text_len = strlen(out->why)});
    } else {
        if (out->parts)
            memcpy(&wave->parts[ep->number * wave->n_parts], out->parts,
                   wave->n_parts * sizeof(*out->parts));
        wave_note_others(wave, ep->number, out);
        feed(ep, &(struct rollout_event){.kind = ROLLOUT_GRADED, .reward = out->reward});
        if (out->flags)
            note_flags(ep, out->why);
    }
    go_on(ep);
}

static const struct tape *make_sample(const struct episode *ep, int output_tools,
                                      struct worker_sample *s)
{
    struct tape_fault fault;
    buf_clear(&s->text);
    sample_build(&ep->rollout, ep->worker->run->parse_output, output_tools, &s->tape, &s->text);
    bool scanned = tape_scan(&s->tape, buf_text(&s->text), s->text.len, &fault);
    assert(scanned); /* we wrote it */
    (void)scanned;
    return &s->tape;
}

static void start_grade(struct episode *ep)
{
    struct worker *w = ep->worker;
    int chosen = w->run->config.job->sim.readings[READING_OUTPUT_TOOLS];
    struct grader_input in = {.item = &ep->row->row.tape,
                              .sample = make_sample(ep, chosen, &w->sample),
                              .trace_id = ep->trace_id};
    in.other_sample = in.sample;
    if (sample_has_readings(&ep->rollout) && grader_reads_calls_otherwise(w->grader))
        in.other_sample =
            make_sample(ep, chosen == READING_LAST_TURN ? READING_ALL_TURNS : READING_LAST_TURN,
                        &w->other_sample);
    if (w->run->config.keep_samples)
        ep->sample = mem_slice(in.sample->text, in.sample->len);
    if (w->run->config.tell_grades)
        ep->told = json_object();
    ep->grading.facts = ep->told;
    ep->grading.done = on_graded;
    ep->grading.owner = ep;
    ep->held = true;
    grader_start(w->grader, &ep->grading, &in);
    ep->held = false;
}

/* The score that it got when it was recorded; nobody is asked for one. */
static void take_score(struct episode *ep)
{
    const struct recorded_episode *was = ep->scored;
    struct buf why = {0};
    if (!isnan(was->score)) {
        feed(ep, &(struct rollout_event){.kind = ROLLOUT_GRADED, .reward = was->score});
        return;
    }
    buf_printf(&why, "the record has no score of it%s%s", was->why ? ": " : "",
               was->why ? was->why : "");
    feed(ep,
         &(struct rollout_event){.kind = ROLLOUT_GRADE_LOST, .text = why.at, .text_len = why.len});
    buf_release(&why);
}

bool episode_advance(struct episode *ep)
{
    for (;;) {
        switch (ep->rollout.state) {
        case ROLLOUT_POLICY:
            if (ep->playing.policy)
                return false;
            start_turn(ep);
            break;
        case ROLLOUT_TOOLS:
            return false;
        case ROLLOUT_GRADE:
            if (ep->grading.grader)
                return false;
            if (ep->scored)
                take_score(ep);
            else
                start_grade(ep);
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
    policy_stop(&ep->playing);
    grader_stop(&ep->grading);
    feed(ep, &(struct rollout_event){.kind = ROLLOUT_CANCEL});
}

static void tell_end(const struct episode *ep, const struct rollout_end *end)
{
    const struct run_config *config = &ep->worker->run->config;
    if (!config->on_end)
        return;
    config->on_end(config->end_arg, &(struct rollout_told){
                                        .worker = ep->worker->number,
                                        .wave = ep->worker->wave,
                                        .number = ep->number,
                                        .end = end,
                                        .rollout = &ep->rollout,
                                        .attempts = ep->attempts,
                                        .n_attempts = ep->n_attempts,
                                        .duration_ns = clock_ns() - ep->started_ns,
                                    });
}

/* What a learner chose, turn by turn, the caller's; NULL: there was no learner. */
static uint8_t *choices_of(const struct rollout *r)
{
    if (!r->n_turns || !r->turns[0].choice)
        return NULL;
    uint8_t *choices = mem_array((size_t)r->n_turns, sizeof(*choices));
    for (int i = 0; i < r->n_turns; i++)
        choices[i] = r->turns[i].choice;
    return choices;
}

void episode_end(struct episode *ep, struct rollout_end *out)
{
    struct rollout *r = &ep->rollout;
    engine_cancel_timer(ep->worker->wire.engine, &ep->deadline);
    bool cancelled = r->outcome == OUTCOME_CANCELLED;
    size_t n_calls = r->n_calls - r->misaddressed; /* the last one was not made */
    *out = (struct rollout_end){
        .started = true,
        .answered = r->answer.len > 0,
        .misaddressed = r->misaddressed,
        .outcome = r->outcome,
        .grade_flags = ep->grading.out.flags,
        .grade_notes = ep->grading.out.notes,
        .n_turns = r->n_turns,
        .reward = r->reward,
        .grade_ns = ep->grading.out.ns,
        .row = ep->row->row.number,
        .line = ep->row->row.line,
        .why = r->why,
        .sample = ep->sample,
        .told = ep->told,
        .calls = cancelled ? NULL : ep->records,
        .n_calls = cancelled ? 0 : n_calls,
        .tokens = r->tokens,
        .choices = cancelled ? NULL : choices_of(r),
    };
    memcpy(out->noted, ep->grading.out.noted, sizeof(out->noted));
    memcpy(out->trace_id, ep->trace_id, sizeof(out->trace_id));
    r->why = NULL;
    ep->sample = NULL;
    ep->told = NULL;
    if (!cancelled) {
        drift_find(r, n_calls, &out->drifts, &out->n_drifts, &out->n_compared);
        ep->records = NULL;
        tell_end(ep, out);
    }
    rollout_release(r);
}

void episode_release(struct episode *ep)
{
    for (size_t i = 0; i < ep->room; i++)
        call_release(&ep->calls[i]);
    free(ep->calls);
    free(ep->records);
    free(ep->attempts);
    rollout_release(&ep->rollout);
}
