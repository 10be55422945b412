#include "sim/view/html_data.h"

#include <stdlib.h>
#include <string.h>

#include "sim/view/html.h"
#include "sim/view/json.h"
#include "sim/view/page.h"
#include "sim/view/report_json.h"

enum { GRADER_BYTES = 32 << 10 }; /* of the job's grader, to be shown whole */

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

/* Points of training every so many only; an evaluation is never left out. */
static size_t thin_curve(json_t *report)
{
    json_t *all = json_object_get(report, "curve");
    json_t *kept = json_array();
    size_t n = json_array_size(all);
    size_t every = 1 + n / HTML_MOST_POINTS;
    for (size_t i = 0; i < n; i++) {
        json_t *point = json_array_get(all, i);
        bool train = strcmp(json_string_value(json_object_get(point, "phase")), "train") == 0;
        if (!train || i % every == 0 || i + 1 == n)
            json_array_append(kept, point);
    }
    set(report, "curve", kept);
    return every;
}

/* Groups by step likewise, and the first rows of those with the most dead groups. */
static void thin_signal(json_t *signal)
{
    json_t *steps = json_object_get(signal, "steps");
    json_t *rows = json_object_get(signal, "rows");
    json_t *kept = json_array();
    size_t n = json_array_size(steps);
    size_t every = 1 + n / HTML_MOST_POINTS;
    for (size_t i = 0; i < n; i += every)
        json_array_append(kept, json_array_get(steps, i));
    set(signal, "steps", kept);
    set(signal, "n_rows", json_integer((json_int_t)json_array_size(rows)));
    while (json_array_size(rows) > HTML_MOST_ROWS)
        json_array_remove(rows, json_array_size(rows) - 1);
}

static json_t *files_of(const struct history *h)
{
    const struct history_file *train = &h->files[WAVE_TRAIN];
    const struct history_file *valid = &h->files[WAVE_VALID];
    return json_pack("{s:o, s:o}", "train", json_text(train->path ? train->path : h->path), "valid",
                     json_text(valid->path ? valid->path : h->path));
}

static json_t *outcome_words_of(void)
{
    json_t *list = json_array();
    for (int i = 0; i < OUTCOME_N; i++)
        json_array_append_new(list, json_pack("[s, s]", outcome_name((enum outcome)i),
                                              outcome_words((enum outcome)i)));
    return list;
}

static json_t *group_words(void)
{
    json_t *list = json_array();
    for (int i = 0; i < SIGNAL_N_GROUPS; i++)
        json_array_append_new(list, json_string(signal_words((enum signal_group)i)));
    return list;
}

static json_t *rule_words(void)
{
    json_t *o = json_object();
    for (int i = 0; i < VERDICT_N_RULES; i++)
        set(o, verdict_rule_id((enum verdict_rule)i),
            json_string(verdict_rule_words((enum verdict_rule)i)));
    return o;
}

/* What is to be said of a failed call. */
static json_t *kind_words(void)
{
    json_t *o = json_object();
    for (int i = 0; i < TOOL_N_KINDS; i++) {
        const struct tool_kind_row *row = tool_kind_row((enum tool_kind)i);
        set(o, row->id, json_pack("{s:s, s:s}", "words", row->words, "fix", row->fix));
    }
    return o;
}

/* Each bin as [its place, from, to, how many], times in seconds. */
static json_t *bins_of(const struct hist *latency)
{
    json_t *list = json_array();
    size_t n = 0;
    struct hist_bin *bins = hist_bins(latency, &n);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("[I, f, f, I]", (json_int_t)bins[i].at, (double)bins[i].low_ns / 1e9,
                            (double)bins[i].high_ns / 1e9, (json_int_t)bins[i].n));
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

static json_t *all_bins(const struct facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->tools.n && i < HTML_MOST_CHARTS; i++)
        json_array_append_new(list, bins_of_tool(f->of, &f->tools.at[i]));
    return list;
}

/* The grader as the job has it; null if the job is not known, or that is no reading. */
static json_t *job_grader(const struct history *h)
{
    json_t *method = json_object_get(h->job, "method");
    json_t *grader = json_object_get(json_object_get(method, "reinforcement"), "grader");
    struct buf text = {0};
    if (grader)
        page_json(&text, grader, SIZE_MAX);
    bool fits = text.len && text.len < GRADER_BYTES;
    buf_release(&text);
    return fits ? json_incref(grader) : json_null();
}

json_t *html_data(const struct facts *f, const struct verdict *v)
{
    json_t *report = report_json(f, v, NULL);
    json_t *o = json_object();
    thin_signal(json_object_get(report, "signal"));
    set(o, "every", json_integer((json_int_t)thin_curve(report)));
    set(o, "report", report);
    set(o, "program", json_string(RFTSIM_VERSION));
    set(o, "uplot", json_string(PAGE_UPLOT));
    set(o, "steps_done", json_integer((json_int_t)f->of->n_steps));
    set(o, "files", files_of(f->of));
    set(o, "outcomes", outcome_words_of());
    set(o, "groups", group_words());
    set(o, "rules", rule_words());
    set(o, "kinds", kind_words());
    set(o, "shown", json_integer((json_int_t)verdict_shown(v)));
    set(o, "bins", all_bins(f));
    set(o, "job_grader", job_grader(f->of));
    return o;
}
