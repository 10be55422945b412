#include "sim/view/html_tools.h"

#include <stdlib.h>
#include <string.h>

#include "sim/view/html.h"
#include "sim/view/html_json.h"

/* What the page says of a failed call. */
json_t *html_tool_kinds(void)
{
    json_t *o = json_object();
    for (int i = 0; i < TOOL_N_KINDS; i++) {
        const struct tool_kind_row *row = tool_kind_row((enum tool_kind)i);
        json_t *kind = json_object();
        html_set(kind, "words", html_text(row->words));
        html_set(kind, "fix", html_text(row->fix));
        html_set(o, row->id, kind);
    }
    return o;
}

static json_t *kinds_of(const struct tool_fact *t)
{
    json_t *list = json_array();
    for (int i = 0; t->kinds && i < TOOL_N_KINDS; i++) {
        if (!t->kinds[i])
            continue;
        json_t *kind = json_object();
        html_set(kind, "id", html_text(tool_kind_row((enum tool_kind)i)->id));
        html_set_count(kind, "n", t->kinds[i]);
        json_array_append_new(list, kind);
    }
    return list;
}

static json_t *bins_of(const struct hist *latency)
{
    json_t *list = json_array();
    size_t n = 0;
    struct hist_bin *bins = hist_bins(latency, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *bin = json_object();
        html_set_count(bin, "at", bins[i].at);
        html_set_number(bin, "low_s", (double)bins[i].low_ns / 1e9);
        html_set_number(bin, "high_s", (double)bins[i].high_ns / 1e9);
        html_set_count(bin, "n", bins[i].n);
        json_array_append_new(list, bin);
    }
    free(bins);
    return list;
}

/* Facts name a tool; the histogram is the history's. */
static json_t *bins_of_tool(const struct history *h, const struct tool_fact *t)
{
    for (size_t i = 0; i < h->n_tools; i++) {
        if (strcmp(h->tools[i].name, t->name) == 0)
            return bins_of(&h->tools[i].of[t->phase].latency);
    }
    return json_array();
}

static json_t *tool_of(const struct history *h, const struct tool_fact *t, bool charted)
{
    json_t *o = json_object();
    html_set(o, "name", html_text(t->name));
    html_set(o, "phase", html_text(html_phase(t->phase)));
    html_set_count(o, "n_ok", t->n_ok);
    html_set_count(o, "n_failed", t->n_failed);
    html_set(o, "failed_is_least", json_boolean(t->failed_is_least));
    html_set(o, "worked_out", json_boolean(t->basis == TOOL_WORKED_OUT));
    html_set_known(o, "n_requests", t->n_requests);
    html_set_number(o, "error_rate", t->error_rate);
    html_set_number(o, "mean_s", t->mean_s);
    html_set_number(o, "p50_s", t->p50_s);
    html_set_number(o, "p95_s", t->p95_s);
    html_set_number(o, "p99_s", t->p99_s);
    html_set_number(o, "output", t->output);
    html_set(o, "output_is_tokens", json_boolean(t->output_is_tokens));
    html_set(o, "kinds", kinds_of(t));
    html_set(o, "bins", charted ? bins_of_tool(h, t) : json_array());
    html_set_rollout(o, "first_failed", t->first_failed);
    return o;
}

json_t *html_tools(const struct facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->tools.n; i++)
        json_array_append_new(list, tool_of(f->of, &f->tools.at[i], i < HTML_MOST_CHARTS));
    return list;
}

static json_t *grader_of(const struct grader_fact *g)
{
    json_t *o = json_object();
    json_t *errors = json_array();
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (!g->errors[i])
            continue;
        json_t *error = json_object();
        html_set(error, "id", html_text(grade_error_name((enum grade_error)i)));
        html_set_count(error, "n", g->errors[i]);
        json_array_append_new(errors, error);
    }
    html_set(o, "key", html_text(g->grader->key));
    html_set(o, "type", html_text(g->grader->type));
    html_set(o, "name", html_text(g->grader->name));
    html_set(o, "part", json_boolean(g->is_part));
    html_set(o, "phase", html_text(html_phase(g->phase)));
    html_set_count(o, "n", g->n);
    html_set_number(o, "mean", g->mean);
    html_set_number(o, "spread", g->spread);
    html_set_number(o, "least", g->least);
    html_set_number(o, "most", g->most);
    html_set_number(o, "error_share", g->error_share);
    html_set_number(o, "p50_s", g->p50_s);
    html_set_number(o, "p95_s", g->p95_s);
    html_set(o, "errors", errors);
    html_set_rollout(o, "first_error", g->first_error);
    return o;
}

json_t *html_graders(const struct grader_facts *g)
{
    json_t *list = json_array();
    for (size_t i = 0; i < g->n; i++)
        json_array_append_new(list, grader_of(&g->at[i]));
    return list;
}
