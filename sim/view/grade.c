#include "sim/view/grade.h"

#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "sim/base/num.h"
#include "sim/base/text.h"

enum {
    VERSION = 1,
    SHOWN_BYTES = 240, /* of a text; --json has all of it */
    LABEL_COLUMNS = 24,
};

static void set_answer(json_t *facts, const struct tape *sample)
{
    size_t v = tape_get(sample, 0, "output_text");
    struct buf text = {0};
    if (tape_kind(sample, v) == TAPE_STRING)
        tape_string(sample, v, &text);
    else if (v != TAPE_NONE)
        tape_compact(sample, v, &text);
    explain_text(facts, "answer", buf_text(&text), text.len);
    json_object_set_new(facts, "answer_bytes", json_integer((json_int_t)text.len));
    buf_release(&text);
}

/* `told` but for the graders it is made of, behind its key. */
static void add_grader(json_t *list, json_t *told)
{
    json_t *grader = json_pack("{s:n}", "key");
    json_object_update(grader, told);
    json_object_del(grader, "graders");
    json_array_append_new(list, grader);
}

json_t *grade_facts(const char *file, size_t line, const struct tape *sample, json_t *told)
{
    size_t i = 0;
    json_t *part = NULL;
    json_t *graders = json_array();
    add_grader(graders, told);
    json_array_foreach(json_object_get(told, "graders"), i, part)
    {
        add_grader(graders, part);
    }
    json_t *facts = json_pack("{s:s, s:i}", "type", "grade", "version", VERSION);
    explain_text(facts, "file", file, strlen(file));
    json_object_set_new(facts, "line", json_integer((json_int_t)line));
    set_answer(facts, sample);
    static const char *const of_whole[] = {"reward", "errors", "why"};
    for (size_t k = 0; k < COUNT_OF(of_whole); k++)
        json_object_set(facts, of_whole[k], json_object_get(told, of_whole[k]));
    json_object_set_new(facts, "graders", graders);
    return facts;
}

void grade_json(struct buf *out, const json_t *facts)
{
    char *text = json_dumps(facts, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
}

static void add_label(struct buf *out, int indent, const char *label)
{
    buf_printf(out, "%*s%-*s", indent, "", LABEL_COLUMNS - indent, label);
}

/* How much of a text is shown: whole sequences only. */
static size_t shown_length(const char *text, size_t len)
{
    if (len <= SHOWN_BYTES)
        return len;
    size_t n = 0;
    for (size_t more = 0; n < SHOWN_BYTES; n += more) {
        more = text_sequence(text + n, len - n);
        if (!more || n + more > SHOWN_BYTES)
            break;
    }
    return n;
}

/* In quotes, so that white space shows; `bytes` is of the text before masking. */
static void add_quoted(struct buf *out, const json_t *value, size_t bytes)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    size_t shown = shown_length(text, len);
    buf_json(out, text, shown);
    buf_printf(out, "%s  (%zu byte%s)\n", shown < len ? "..." : "", bytes, bytes == 1 ? "" : "s");
}

/* What the job file says, on one line: it may be a block of several. */
static void add_plain(struct buf *out, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    while (len && strchr(" \n", text[len - 1]))
        len--;
    size_t shown = shown_length(text, len);
    for (size_t i = 0; i < shown; i++) {
        bool control = (unsigned char)text[i] < ' ' || text[i] == 0x7f;
        if (control)
            buf_char(out, ' ');
        else
            buf_char(out, text[i]);
    }
    buf_text_add(out, shown < len ? "...\n" : "\n");
}

static void add_field(struct buf *out, int indent, const json_t *field)
{
    const json_t *text = json_object_get(field, "text");
    add_label(out, indent, json_string_value(json_object_get(field, "key")));
    add_plain(out, json_object_get(field, "template"));
    if (text) {
        add_label(out, indent, "");
        add_quoted(out, text, (size_t)json_integer_value(json_object_get(field, "bytes")));
    } else {
        add_label(out, indent, "");
        add_plain(out, json_object_get(field, "error"));
    }
}

static void add_errors(struct buf *out, int indent, const json_t *facts)
{
    size_t i = 0;
    const json_t *error = NULL;
    json_array_foreach(json_object_get(facts, "errors"), i, error)
    {
        add_label(out, indent, i ? "" : "error");
        buf_printf(out, "%s\n", json_string_value(error));
    }
    if (i) {
        add_label(out, indent, "");
        add_plain(out, json_object_get(facts, "why"));
    }
}

/* What the type of the grader adds, whatever it is. */
static void add_settings(struct buf *out, int indent, json_t *grader)
{
    static const char *const others[] = {"key", "type", "name", "why"};
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(grader, key, value)
    {
        bool other = !json_is_string(value);
        for (size_t i = 0; i < COUNT_OF(others); i++)
            other = other || strcmp(key, others[i]) == 0;
        if (other)
            continue;
        add_label(out, indent, key);
        add_plain(out, value);
    }
}

static void add_head(struct buf *out, int indent, const json_t *grader)
{
    const char *key = json_string_value(json_object_get(grader, "key"));
    buf_printf(out, "\n%*s%s%s%s ", indent, "", key ? key : "", key ? ": " : "",
               json_string_value(json_object_get(grader, "type")));
    add_plain(out, json_object_get(grader, "name"));
}

/* What would come out otherwise, and what is to be known of it. */
static void add_readings(struct buf *out, int indent, const json_t *grader)
{
    double reward = json_real_value(json_object_get(grader, "reward"));
    char number[NUM_ROOM];
    size_t i = 0;
    const json_t *other = NULL;
    json_array_foreach(json_object_get(grader, "other_readings"), i, other)
    {
        double under = json_real_value(json_object_get(other, "reward"));
        if (under == reward)
            continue;
        add_label(out, indent, "otherwise");
        buf_printf(out, "%s  with simulation.%s: %s\n", num_json(number, under),
                   json_string_value(json_object_get(other, "switch")),
                   json_string_value(json_object_get(other, "reading")));
    }
    json_array_foreach(json_object_get(grader, "notes"), i, other)
    {
        for (int note = 0; note < GRADE_N_NOTES; note++) {
            if (strcmp(json_string_value(other), grade_note_id((enum grade_note)note)) != 0)
                continue;
            add_label(out, indent, "note");
            buf_printf(out, "%s\n", grade_note_words((enum grade_note)note));
        }
    }
}

static void add_body(struct buf *out, int indent, json_t *grader)
{
    size_t i = 0;
    const json_t *field = NULL;
    json_array_foreach(json_object_get(grader, "fields"), i, field)
    {
        add_field(out, indent, field);
    }
    add_settings(out, indent, grader);
    add_errors(out, indent, grader);
    char number[NUM_ROOM];
    const json_t *reward = json_object_get(grader, "reward");
    add_label(out, indent, json_is_null(reward) ? "no grade" : "reward");
    if (json_is_null(reward))
        add_plain(out, json_object_get(grader, "why"));
    else
        buf_printf(out, "%s\n", num_json(number, json_real_value(reward)));
    add_readings(out, indent, grader);
}

void grade_text(struct buf *out, const json_t *facts)
{
    const json_t *graders = json_object_get(facts, "graders");
    json_t *whole = json_array_get(graders, 0);
    const json_t *answer = json_object_get(facts, "answer");
    long long line = json_integer_value(json_object_get(facts, "line"));
    add_label(out, 0, "row");
    buf_text_add(out, json_string_value(json_object_get(facts, "file")));
    if (line)
        buf_printf(out, ":%lld", line);
    buf_char(out, '\n');
    add_label(out, 0, "answer");
    add_quoted(out, answer, (size_t)json_integer_value(json_object_get(facts, "answer_bytes")));
    add_head(out, 0, whole);
    for (size_t i = 1; i < json_array_size(graders); i++) {
        add_head(out, 2, json_array_get(graders, i));
        add_body(out, 4, json_array_get(graders, i));
    }
    if (json_array_size(graders) > 1)
        buf_char(out, '\n');
    add_body(out, 2, whole);
}
