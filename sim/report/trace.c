#include "sim/report/trace.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/run/export.h"
#include "tools/address.h"
#include "tools/batch.h"

static const char user[] = "all";

void trace_release(struct trace *x)
{
    for (size_t i = 0; i < x->n_turns; i++)
        free(x->turns[i].to);
    for (size_t i = 0; i < x->n_calls; i++) {
        free(x->calls[i].tool);
        buf_release(&x->calls[i].arguments);
        buf_release(&x->calls[i].output);
    }
    free(x->turns);
    free(x->calls);
    free(x->id);
    *x = (struct trace){0};
}

static struct trace_turn *add_turn(struct trace *x)
{
    x->turns = mem_grow(x->turns, x->n_turns + 1, sizeof(*x->turns));
    x->turns[x->n_turns] = (struct trace_turn){.text = TAPE_NONE, .from = x->n_calls};
    return &x->turns[x->n_turns++];
}

/* A call of the last turn. */
static struct trace_call *add_call(struct trace *x, const char *tool, enum tool_kind kind)
{
    if (!x->n_turns)
        add_turn(x);
    x->turns[x->n_turns - 1].n_calls++;
    x->calls = mem_grow(x->calls, x->n_calls + 1, sizeof(*x->calls));
    x->calls[x->n_calls] =
        (struct trace_call){.tool = mem_text(tool), .kind = kind, .latency_ns = -1};
    return &x->calls[x->n_calls++];
}

static int64_t time_at(const struct tape *t, size_t v)
{
    int64_t ns = -1;
    char *text = export_text(t, v);
    if (!text || !clock_read(&ns, text))
        ns = -1;
    free(text);
    return ns;
}

static void add_text(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) == TAPE_STRING)
        tape_string(t, v, out);
    else if (v != TAPE_NONE)
        tape_compact(t, v, out);
}

/* --- Spans ----------------------------------------------------------------------------------- */

static void read_generation(struct trace *x, const struct tape *t, size_t data)
{
    size_t list = tape_get(t, data, "output");
    size_t n = tape_kind(t, list) == TAPE_ARRAY ? tape_count(t, list) : 0;
    size_t message = n ? tape_index(t, list, n - 1) : TAPE_NONE;
    size_t text = tape_get(t, message, "content");
    struct trace_turn *turn = add_turn(x);
    turn->to = export_text(t, tape_get(t, message, "recipient"));
    if (tape_kind(t, text) != TAPE_STRING)
        return;
    struct buf written = {0};
    turn->text = text;
    tape_string(t, text, &written);
    x->n_written += written.len;
    buf_release(&written);
}

/* What the output says of the call (3.7). */
static enum tool_kind kind_of(const char *output, bool batch, bool error)
{
    if (batch && strstr(output, "missing namespace or name"))
        return TOOL_KIND_NO_NAMESPACE;
    if (batch && strstr(output, "for _MultiToolCallParam"))
        return TOOL_KIND_BAD_BATCH;
    bool system = strncmp(output, "content_type='system_error'", 27) == 0;
    return system || error ? TOOL_KIND_FAILED : TOOL_KIND_FINE;
}

/* The calls of a batch, with their outputs if there is one for each. */
static void add_batch(struct trace *x, const struct batch *b, const struct buf *output,
                      enum tool_kind kind, int64_t ns)
{
    struct tape list = {0};
    struct tape_fault fault;
    bool fits = tape_scan(&list, buf_text(output), output->len, &fault) &&
                tape_kind(&list, 0) == TAPE_ARRAY && tape_count(&list, 0) == b->n_calls;
    for (size_t i = 0; i < b->n_calls; i++) {
        const struct batch_call *call = &b->calls[i];
        struct trace_call *out = add_call(x, address_name(b->text.at + call->address), kind);
        buf_add(&out->arguments, b->text.at + call->from, call->len);
        out->latency_ns = b->n_calls == 1 ? ns : -1;
        out->unlisted = !fits;
        if (fits)
            add_text(&list, tape_index(&list, 0, i), &out->output);
        else if (!i)
            buf_add(&out->output, buf_text(output), output->len);
    }
    tape_release(&list);
}

static void read_function(struct trace *x, const struct tape *t, size_t span, size_t data,
                          int64_t ns)
{
    struct buf input = {0};
    struct buf output = {0};
    struct batch b = {0};
    char *name = export_text(t, tape_get(t, data, "name"));
    bool batch = name && strcmp(name, ADDRESS_PARALLEL) == 0;
    bool error = tape_kind(t, tape_get(t, span, "error")) != TAPE_NULL;
    if (x->n_turns && x->turns[x->n_turns - 1].n_calls)
        add_turn(x)->to = name ? mem_text(name) : NULL; /* its generation was not exported */
    add_text(t, tape_get(t, data, "input"), &input);
    add_text(t, tape_get(t, data, "output"), &output);
    enum tool_kind kind = kind_of(buf_text(&output), batch, error);
    bool refused = kind == TOOL_KIND_NO_NAMESPACE || kind == TOOL_KIND_BAD_BATCH;
    if (batch && !refused) {
        struct tape scratch = {0};
        batch_read(&b, buf_text(&input), input.len, &scratch);
        tape_release(&scratch);
    }
    if (b.n_calls) {
        add_batch(x, &b, &output, kind, ns);
    } else {
        const char *tool = batch || !name ? "" : address_name(name);
        struct trace_call *call = add_call(x, tool, kind);
        call->arguments = input;
        call->output = output;
        call->latency_ns = refused ? -1 : ns;
        input = output = (struct buf){0};
    }
    batch_release(&b);
    buf_release(&input);
    buf_release(&output);
    free(name);
}

/* "GENERATION" in one shape, "generation" in the other. */
static bool is_type(const struct tape *t, size_t data, const char *type)
{
    char *text = export_text(t, tape_get(t, data, "type"));
    bool is = text && strcasecmp(text, type) == 0;
    free(text);
    return is;
}

static void read_span(struct trace *x, const struct tape *t, size_t span)
{
    size_t data = tape_get(t, span, "span_data");
    int64_t start = time_at(t, tape_get(t, span, "started_at"));
    int64_t end = time_at(t, tape_get(t, span, "ended_at"));
    if (start >= 0 && (x->start_ns < 0 || start < x->start_ns))
        x->start_ns = start;
    if (end > x->end_ns)
        x->end_ns = end;
    if (!x->id)
        x->id = export_text(t, tape_get(t, span, "trace_id"));
    if (is_type(t, data, "GENERATION"))
        read_generation(x, t, data);
    else if (is_type(t, data, "FUNCTION"))
        read_function(x, t, span, data, start >= 0 && end >= start ? end - start : -1);
}

void trace_read(struct trace *out, const struct tape *t, size_t spans)
{
    *out = (struct trace){.start_ns = -1, .end_ns = -1};
    if (tape_kind(t, spans) != TAPE_ARRAY)
        return;
    for (size_t v = spans + 1; v < t->at[spans].next; v = t->at[v].next)
        read_span(out, t, v);
}

/* --- How it ended ---------------------------------------------------------------------------- */

static const struct trace_turn *last_turn(const struct trace *x)
{
    return x->n_turns ? &x->turns[x->n_turns - 1] : NULL;
}

const struct trace_turn *trace_answer(const struct trace *x)
{
    const struct trace_turn *turn = last_turn(x);
    bool is = turn && !turn->n_calls && (!turn->to || strcmp(turn->to, user) == 0);
    return is ? turn : NULL;
}

bool trace_ends_in_call(const struct trace *x)
{
    return x->n_turns && last_turn(x)->n_calls > 0;
}

const char *trace_misaddressed(const struct trace *x)
{
    const struct trace_turn *turn = last_turn(x);
    bool is = turn && !turn->n_calls && turn->to && strcmp(turn->to, user) != 0 &&
              address_of(turn->to) == ADDRESS_WRONG;
    return is ? turn->to : NULL;
}
