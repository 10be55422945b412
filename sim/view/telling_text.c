#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/view/grade.h"
#include "sim/view/telling.h"
#include "sim/view/transcript.h"

enum {
    SHOWN_BYTES = 480,   /* of a text; --json has all of it */
    PARAMETERS_MAX = 20, /* of a tool */
    CHOICES_MAX = 6,     /* of a parameter */
};

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static long long int_of(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* --- What the policy sees -------------------------------------------------------------------- */

static bool is_required(const json_t *schema, const char *name)
{
    size_t i = 0;
    const json_t *one = NULL;
    json_array_foreach(json_object_get(schema, "required"), i, one)
    {
        const char *text = json_string_value(one);
        if (text && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

/* "refund|exchange", of a few words; else that it is one of so many. */
static void add_choices(struct buf *out, const json_t *all)
{
    size_t n = json_array_size(all);
    size_t i = 0;
    const json_t *one = NULL;
    size_t from = out->len;
    json_array_foreach(all, i, one)
    {
        if (n > CHOICES_MAX || !json_is_string(one)) {
            buf_cut(out, from);
            buf_printf(out, "one of %zu", n);
            return;
        }
        buf_printf(out, "%s%s", i ? "|" : "", json_string_value(one));
    }
}

/* "query: string", "top_k?: integer"; what is no plain type is any. */
static void add_parameter(struct buf *out, const json_t *schema, const char *name,
                          const json_t *parameter)
{
    const char *type = text_of(parameter, "type");
    const json_t *choices = json_object_get(parameter, "enum");
    buf_printf(out, "%s%s: ", name, is_required(schema, name) ? "" : "?");
    if (json_array_size(choices))
        add_choices(out, choices);
    else
        buf_text_add(out, type ? type : "any");
}

/* "search(query: string, top_k?: integer)" of a JSON schema. */
static void add_signature(struct buf *out, const json_t *tool)
{
    const json_t *schema = json_object_get(tool, "parameters");
    json_t *all = json_object_get(schema, "properties");
    const char *name = text_of(tool, "name");
    size_t n = 0;
    buf_printf(out, "%s(", name ? name : "?");
    const char *key = NULL;
    json_t *parameter = NULL;
    json_object_foreach(all, key, parameter)
    {
        buf_text_add(out, n ? ", " : "");
        if (n++ == PARAMETERS_MAX) {
            buf_printf(out, "and %zu more", json_object_size(all) - PARAMETERS_MAX);
            break;
        }
        add_parameter(out, schema, key, parameter);
    }
    buf_char(out, ')');
}

static void add_tool(const struct transcript_page *p, const json_t *tool)
{
    struct buf line = {0};
    const char *description = text_of(tool, "description");
    if (!json_is_true(json_object_get(tool, "in_row"))) {
        buf_printf(&line, "%s: the row offers no such tool, so there is no schema of it (GAP-24)",
                   text_of(tool, "name"));
    } else {
        add_signature(&line, tool);
        if (description)
            buf_printf(&line, " %s", description);
        if (!json_is_true(json_object_get(tool, "in_job")))
            buf_text_add(&line, " [the job has no tool of this name (GAP-24)]");
    }
    transcript_add(p, 0, "tool", buf_text(&line));
    buf_release(&line);
}

static void add_policy(const struct transcript_page *p, const json_t *doc)
{
    struct buf line = {0};
    const char *checkpoint = text_of(doc, "checkpoint");
    buf_text_add(&line, text_of(doc, "policy"));
    if (checkpoint)
        buf_printf(&line, ", as in %s", checkpoint);
    transcript_add(p, 0, "policy", buf_text(&line));
    buf_release(&line);
}

static void add_head(const struct transcript_page *p, const json_t *doc)
{
    size_t i = 0;
    const json_t *tool = NULL;
    const char *phase = text_of(doc, "phase");
    bool trains = phase && strcmp(phase, "train") == 0;
    char *place = mem_printf("%s:%lld", text_of(doc, "file"), int_of(doc, "line"));
    char *which =
        mem_printf("sample %lld of 0 to %lld, %s %lld, seed %lld  %s", int_of(doc, "sample"),
                   int_of(doc, "n_samples") - 1, trains ? "step" : "evaluation after step",
                   int_of(doc, "step"), int_of(doc, "seed"), text_of(doc, "trace_id"));
    transcript_add(p, 0, "row", place);
    transcript_add(p, 0, "rollout", which);
    add_policy(p, doc);
    transcript_add(p, 0, "", text_of(doc, "policy_note"));
    json_array_foreach(json_object_get(doc, "tools"), i, tool) add_tool(p, tool);
    transcript_messages(p, doc);
    free(place);
    free(which);
}

/* --- What graders see ------------------------------------------------------------------------ */

static size_t calls_made(const json_t *doc)
{
    size_t n = 0;
    size_t i = 0;
    const json_t *turn = NULL;
    json_array_foreach(json_object_get(doc, "turns"), i, turn)
    {
        n += json_array_size(json_object_get(turn, "calls"));
    }
    return n;
}

/* The calls in the sample, by name: often those of the last turn that made any (GAP-28). */
static void add_seen_calls(const struct transcript_page *p, const json_t *doc, const json_t *sample)
{
    struct buf line = {0};
    size_t i = 0;
    const json_t *call = NULL;
    size_t made = calls_made(doc);
    json_array_foreach(json_object_get(sample, "output_tools"), i, call)
    {
        const char *name = text_of(json_object_get(call, "function"), "name");
        buf_printf(&line, "%s%s", i ? ", " : "", name ? name : "?");
    }
    if (!i)
        buf_text_add(&line, "none");
    if (i < made)
        buf_printf(&line, " (of %zu made: those of the last turn that made any, GAP-28)", made);
    transcript_add(p, 2, "calls", buf_text(&line));
    buf_release(&line);
}

static void add_sample(const struct transcript_page *p, const json_t *doc)
{
    const json_t *sample = json_object_get(doc, "graded_sample");
    const json_t *parsed = json_object_get(sample, "output_json");
    if (!json_is_object(sample))
        return;
    buf_text_add(p->out, "graders see\n");
    transcript_value(p, 2, "text", sample, "output_text");
    if (parsed && !json_is_null(parsed))
        transcript_add(p, 2, "as JSON", "yes: sample.output_json has it");
    add_seen_calls(p, doc, sample);
}

/* --- How it ended ---------------------------------------------------------------------------- */

static void add_outcome(const struct transcript_page *p, const json_t *doc)
{
    const json_t *reward = json_object_get(doc, "reward");
    char number[NUM_ROOM];
    struct buf line = {0};
    buf_printf(&line, "%s: %s", text_of(doc, "outcome"), text_of(doc, "outcome_words"));
    if (json_is_real(reward))
        buf_printf(&line, "; reward %s", num_json(number, json_real_value(reward)));
    else
        buf_text_add(&line, "; no reward");
    transcript_add(p, 0, "outcome", buf_text(&line));
    transcript_value(p, 0, "why", doc, "why");
    transcript_add(p, 0, "change", text_of(doc, "change"));
    buf_release(&line);
}

void telling_text(struct buf *out, const json_t *doc, size_t columns)
{
    size_t most = columns < GRADE_COLUMNS_MIN   ? GRADE_COLUMNS_MIN
                  : columns > GRADE_COLUMNS_MAX ? GRADE_COLUMNS_MAX
                                                : columns;
    const struct transcript_page page = {out, most, SHOWN_BYTES, true};
    const json_t *grade = json_object_get(doc, "grade");
    add_head(&page, doc);
    buf_char(out, '\n');
    transcript_turns(&page, doc);
    buf_char(out, '\n');
    add_sample(&page, doc);
    if (json_is_object(grade)) {
        grade_graders(out, grade, most);
        buf_char(out, '\n');
    }
    add_outcome(&page, doc);
}
