#include "sim/policy/guess.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/tape.h"
#include "sim/base/template.h"
#include "sim/job/first_row.h"
#include "sim/job/usual.h"

/* --- the grader ------------------------------------------------------------------------------ */

/* Whether all its paths begin at `root`, and there is one. */
static bool is_of(const char *text, const char *root, bool alone)
{
    const char *roots[] = {root, NULL};
    struct template *t = NULL;
    struct err unused = {0};
    if (!text || template_parse(&t, text, strlen(text), roots, &unused))
        return false;
    bool is = template_has_paths(t) && (!alone || template_is_one_path(t));
    template_free(t);
    return is;
}

static bool is_output_text(const char *text)
{
    if (!is_of(text, "sample", true))
        return false;
    const char *at = strstr(text, "output_text");
    return at && strspn(at + strlen("output_text"), " \t}") == strlen(at + strlen("output_text"));
}

/* What one grader compares the answer with; NULL if it does not. */
static const char *compared_with(const json_t *grader)
{
    const char *type = json_string_value(json_object_get(grader, "type"));
    const char *operation = json_string_value(json_object_get(grader, "operation"));
    const char *input = json_string_value(json_object_get(grader, "input"));
    const char *reference = json_string_value(json_object_get(grader, "reference"));
    bool compares =
        type && (strcmp(type, "text_similarity") == 0 ||
                 (strcmp(type, "string_check") == 0 && operation && strcmp(operation, "ne") != 0));
    if (!compares)
        return NULL;
    if (is_output_text(input) && is_of(reference, "item", false))
        return reference;
    return is_output_text(reference) && is_of(input, "item", false) ? input : NULL;
}

static void guess_by_grader(struct guess *g, const json_t *grader)
{
    const char *key = NULL;
    json_t *part = NULL;
    const char *found = compared_with(grader);
    json_object_foreach(json_object_get(grader, "graders"), key, part)
    {
        if (!found)
            found = compared_with(part);
    }
    g->answer = mem_text(found);
    g->by_grader = found != NULL;
}

/* --- the first row --------------------------------------------------------------------------- */

/* A list of calls: texts, or objects with a name. An empty one says nothing of its form. */
static bool is_calls(const struct tape *row, size_t v, bool with_arguments)
{
    if (tape_kind(row, v) != TAPE_ARRAY || !tape_count(row, v))
        return false;
    for (size_t i = v + 1; i < row->at[v].next; i = row->at[i].next) {
        size_t arguments = usual_call_arguments(row, i);
        if (tape_kind(row, usual_call_name(row, i)) != TAPE_STRING ||
            (with_arguments && arguments == TAPE_NONE))
            return false;
    }
    return true;
}

/* {{item.KEY}}, if the key can stand in a template. */
static char *template_of(const char *key)
{
    char *text = mem_printf("{{item.%s}}", key);
    if (is_of(text, "item", true))
        return text;
    free(text);
    return NULL;
}

static void guess_calls(struct guess *g, const struct job *job, const struct tape *row)
{
    const char *named = job->sim.expected_tools;
    for (int with_arguments = 1; with_arguments >= 0 && !g->calls; with_arguments--) {
        if (named && is_calls(row, tape_get(row, 0, named), with_arguments))
            g->calls = template_of(named);
        for (size_t i = 0; !named && i < USUAL_N_CALLS && !g->calls; i++) {
            if (is_calls(row, tape_get(row, 0, usual_calls[i]), with_arguments))
                g->calls = template_of(usual_calls[i]);
        }
    }
}

static void guess_answer(struct guess *g, const struct tape *row)
{
    for (size_t i = 0; i < USUAL_N_ANSWERS && !g->answer; i++) {
        if (tape_kind(row, tape_get(row, 0, usual_answers[i])) != TAPE_NULL)
            g->answer = template_of(usual_answers[i]);
    }
}

static void list_fields(struct buf *out, const struct tape *row)
{
    for (size_t k = 1; k < row->at[0].next; k = row->at[k + 1].next) {
        if (tape_is(row, k, "messages") || tape_is(row, k, "tools") ||
            tape_is(row, k, "parallel_tool_calls"))
            continue;
        if (out->len)
            buf_text_add(out, ", ");
        tape_string(row, k, out);
    }
}

void guess_make(struct guess *g, const struct job *job)
{
    struct first_row first;
    *g = (struct guess){0};
    guess_by_grader(g, job->grader);
    g->has_row = first_row_read(&first, job->training_path);
    if (g->has_row) {
        guess_calls(g, job, &first.tape);
        guess_answer(g, &first.tape);
        list_fields(&g->row_fields, &first.tape);
    }
    first_row_release(&first);
}

void guess_release(struct guess *g)
{
    free(g->answer);
    free(g->calls);
    buf_release(&g->row_fields);
    *g = (struct guess){0};
}
