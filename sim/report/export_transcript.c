#include "sim/report/export_transcript.h"

#include <math.h>
#include <string.h>

#include "sim/base/secret.h"

static json_t *shown(const char *text, size_t len)
{
    struct buf masked = {0};
    secret_mask(&masked, text, len);
    json_t *out = json_stringn(buf_text(&masked), masked.len);
    buf_release(&masked);
    return out;
}

/* The string at `v`; null for anything else. */
static json_t *shown_at(const struct tape *t, size_t v)
{
    struct buf text = {0};
    if (tape_kind(t, v) != TAPE_STRING)
        return json_null();
    tape_string(t, v, &text);
    json_t *out = shown(buf_text(&text), text.len);
    buf_release(&text);
    return out;
}

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text && *text)
        set(o, key, shown(text, strlen(text)));
}

static void set_seconds(json_t *o, const char *key, double seconds)
{
    if (!isnan(seconds))
        set(o, key, json_real(seconds));
}

static json_t *reward(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static void set_messages(json_t *o, const struct export_item *item)
{
    struct buf masked = {0};
    size_t len = 0;
    size_t v = tape_get(item->t, item->row, "messages");
    if (v == TAPE_NONE)
        return;
    const char *text = tape_text(item->t, v, &len);
    secret_mask(&masked, text, len);
    json_t *messages =
        json_loadb(buf_text(&masked), masked.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (messages)
        set(o, "messages", messages);
    buf_release(&masked);
}

static json_t *call(const struct trace_call *c)
{
    json_t *o = json_object();
    set(o, "tool", shown(c->tool, strlen(c->tool)));
    set(o, "arguments", shown(buf_text(&c->arguments), c->arguments.len));
    set(o, "output", shown(buf_text(&c->output), c->output.len));
    set(o, "kind", json_string(tool_kind_row(c->kind)->id));
    if (c->latency_ns >= 0)
        set(o, "latency_s", json_real((double)c->latency_ns * 1e-9));
    return o;
}

/* What a turn wrote is its call's arguments, if it has any. */
static json_t *turn(const struct trace *x, const struct trace_turn *one, const struct tape *t)
{
    json_t *calls = json_array();
    for (size_t i = 0; i < one->n_calls; i++)
        json_array_append_new(calls, call(&x->calls[one->from + i]));
    json_t *o = json_object();
    set(o, "text", one->n_calls ? json_null() : shown_at(t, one->text));
    set(o, "calls", calls);
    return o;
}

static void set_turns(json_t *o, const struct trace *trace, const struct tape *t)
{
    if (!trace->n_turns)
        return;
    json_t *turns = json_array();
    for (size_t i = 0; i < trace->n_turns; i++)
        json_array_append_new(turns, turn(trace, &trace->turns[i], t));
    set(o, "turns", turns);
}

/* A blocked answer is still in the trace. */
static json_t *answer(const struct export_item *item, const struct trace *trace)
{
    const struct trace_turn *last = trace_answer(trace);
    if (export_is_blocked(item))
        return last ? shown_at(item->t, last->text) : json_null();
    return shown_at(item->t, tape_get(item->t, export_message(item), "content"));
}

static json_t *part(const struct history *h, size_t i, size_t k)
{
    json_t *o = json_object();
    set_text(o, "key", h->graders[k].key);
    set_text(o, "name", h->graders[k].name);
    set(o, "reward", reward(h->parts[i * (h->n_graders - 1) + k - 1]));
    return o;
}

static json_t *grade(const struct history *h, size_t i)
{
    json_t *o = json_object();
    if (h->n_graders)
        set_text(o, "name", h->graders[0].name);
    set(o, "reward", reward(h->rollouts[i].reward));
    if (h->rollouts[i].verdict != EXPORT_UNKNOWN)
        set(o, "passed", json_boolean(h->rollouts[i].verdict == EXPORT_PASSED));
    if (h->n_graders < 2)
        return o;
    json_t *parts = json_array();
    for (size_t k = 1; k < h->n_graders; k++)
        json_array_append_new(parts, part(h, i, k));
    set(o, "parts", parts);
    return o;
}

json_t *export_transcript(const struct history *h, size_t i, const struct export_item *item,
                          const struct trace *trace)
{
    const struct history_rollout *r = &h->rollouts[i];
    const struct history_wave *wave = history_wave_of(h, i);
    json_t *o = json_object();
    set(o, "id", json_integer(r->id));
    set(o, "phase", json_string("valid"));
    if (wave->step >= 0)
        set(o, "step", json_integer(wave->step));
    set(o, "row", json_integer(r->row));
    set(o, "line", json_integer((json_int_t)h->files[wave->phase].rows[r->row].line));
    set(o, "sample", json_integer(r->sample));
    set_text(o, "trace_id", trace->id);
    set(o, "outcome", json_string(outcome_name((enum outcome)r->outcome)));
    set(o, "reward", reward(r->reward));
    set_text(o, "why", r->why);
    set_seconds(o, "seconds", r->seconds);
    set_messages(o, item);
    set_turns(o, trace, item->t);
    set(o, "answer", answer(item, trace));
    set(o, "grade", grade(h, i));
    return o;
}
