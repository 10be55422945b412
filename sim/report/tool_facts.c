#include "sim/report/tool_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static const double ns = 1e-9;

static void count(struct tool_fact *f, const struct history_tool_sums *s)
{
    f->basis = TOOL_COUNTED;
    f->n_ok = s->n_ok;
    f->n_failed = s->n_failed;
    f->n_requests = s->n_requests ? (int64_t)s->n_requests : -1;
    f->kinds = s->kinds;
    f->first_failed = s->first_failed;
    f->output = s->output_bytes / (double)(s->n_ok + s->n_failed);
    for (int k = 0; k < TOOL_N_KINDS; k++) {
        if (k == TOOL_KIND_FINE || !s->kinds[k])
            continue;
        if (tool_kind_row((enum tool_kind)k)->violation)
            f->n_violations += s->kinds[k];
        if (f->worst_kind < 0 || s->kinds[k] > s->kinds[f->worst_kind])
            f->worst_kind = k;
    }
    if (!s->latency.n)
        return;
    f->p50_s = (double)hist_quantile(&s->latency, 0.5) * ns;
    f->p95_s = (double)hist_quantile(&s->latency, 0.95) * ns;
    f->p99_s = (double)hist_quantile(&s->latency, 0.99) * ns;
}

/* What one step adds. */
static void add_step(struct tool_fact *f, const struct history_tool_step *s, int step,
                     double *seconds, double *tokens)
{
    if (isnan(s->error_rate) || isnan(s->n_ok) || (s->n_ok <= 0 && s->error_rate <= 0))
        return;
    f->basis = TOOL_WORKED_OUT;
    f->n_ok += (uint64_t)llround(s->n_ok);
    f->n_failed += isnan(s->n_failed) ? 1 : (uint64_t)llround(s->n_failed);
    f->failed_is_least |= isnan(s->n_failed);
    if (f->worst_step < 0 || s->error_rate > f->worst_rate) {
        f->worst_step = step;
        f->worst_rate = s->error_rate;
    }
    if (s->n_ok <= 0)
        return;
    *seconds += s->latency_s * s->n_ok;
    *tokens += s->tokens * s->n_ok;
}

static void work_out(struct tool_fact *f, const struct history *h, size_t tool)
{
    double seconds = 0;
    double tokens = 0;
    for (size_t i = 0; i < h->n_steps; i++) {
        const struct history_tool_step *steps = h->steps[i].tools[f->phase];
        if (steps)
            add_step(f, &steps[tool], h->steps[i].step, &seconds, &tokens);
    }
    if (!f->n_ok)
        return;
    f->mean_s = seconds / (double)f->n_ok;
    f->output = tokens / (double)f->n_ok;
    f->output_is_tokens = true;
}

static struct tool_fact fact_of(const struct history *h, size_t tool, enum wave_phase phase)
{
    const struct history_tool_sums *sums = &h->tools[tool].of[phase];
    struct tool_fact f = {
        .name = h->tools[tool].name,
        .phase = phase,
        .n_requests = -1,
        .error_rate = NAN,
        .mean_s = NAN,
        .p50_s = NAN,
        .p95_s = NAN,
        .p99_s = NAN,
        .output = NAN,
        .worst_kind = -1,
        .worst_step = -1,
        .first_failed = SIZE_MAX,
    };
    if (h->source == HISTORY_RESULTS)
        work_out(&f, h, tool);
    else if (sums->n_ok + sums->n_failed)
        count(&f, sums);
    if (f.n_ok + f.n_failed)
        f.error_rate = (double)f.n_failed / (double)(f.n_ok + f.n_failed);
    return f;
}

void tool_facts_make(struct tool_facts *out, const struct history *h)
{
    *out = (struct tool_facts){.at = mem_array(h->n_tools * HISTORY_PHASES, sizeof(*out->at))};
    for (size_t i = 0; i < h->n_tools; i++) {
        for (int p = 0; p < HISTORY_PHASES; p++) {
            struct tool_fact f = fact_of(h, i, (enum wave_phase)p);
            if (f.basis == TOOL_UNKNOWN)
                continue;
            out->at[out->n++] = f;
            out->n_calls += f.n_ok + f.n_failed;
        }
    }
}

void tool_facts_release(struct tool_facts *t)
{
    free(t->at);
    *t = (struct tool_facts){0};
}
