#include "sim/view/grade.h"

#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "sim/base/num.h"
#include "sim/base/text.h"
#include "sim/view/answer.h"
#include "sim/view/columns.h"

enum {
    VERSION = 1,
    SHOWN_BYTES = 240, /* of a text; --json has all of it */
    SHOWN_LINES = 40,  /* of what user code printed */
    LABEL_COLUMNS = 24,
};

/* Text being laid out: labels on the left, values beside them. */
struct page {
    struct buf *out;
    size_t columns;
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
    static const char *const of_whole[] = {"reward", "errors", "lost", "why"};
    for (size_t k = 0; k < COUNT_OF(of_whole); k++)
        json_object_set(facts, of_whole[k], json_object_get(told, of_whole[k]));
    json_object_set_new(facts, "graders", graders);
    return facts;
}

void grade_json(struct buf *out, json_t *facts)
{
    json_t *answer = answer_of(facts);
    char *text = json_dumps(answer, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(answer);
}

static bool has_error(const json_t *facts, enum grade_error error)
{
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(json_object_get(facts, "errors"), i, name)
    {
        if (strcmp(json_string_value(name), grade_error_name(error)) == 0)
            return true;
    }
    return false;
}

/* A path to nowhere first: it may be what the formula fell over. */
const char *grade_remedy(const json_t *facts, bool parses)
{
    const char *why = json_string_value(json_object_get(facts, "why"));
    if (has_error(facts, GRADE_ERROR_SAMPLE_PARSE))
        return "answer with JSON that fits the schema of response_format";
    if (has_error(facts, GRADE_ERROR_INVALID_VARIABLE)) {
        if (why && strstr(why, "{{sample.output_json") && !parses)
            return "output_json is null without a response_format in the job";
        return "correct the path in the grader, or give every row and answer what it leads to";
    }
    if (has_error(facts, GRADE_ERROR_FORMULA))
        return "guard the formula, as in a / max(b, 0.001)";
    return NULL;
}

/* --- Values ---------------------------------------------------------------------------------- */

static void add_label(const struct page *p, int indent, const char *label)
{
    int room = LABEL_COLUMNS - indent;
    buf_printf(p->out, "%*s%-*s%s", indent, "", room, label, (int)strlen(label) < room ? "" : " ");
}

/* A value on as many lines as it needs, beside its label, which is there already. */
static void add_wrapped(const struct page *p, const char *text, size_t len)
{
    struct buf visible = {0};
    text_add_visible(&visible, text, len);
    columns_fill(p->out, p->columns, LABEL_COLUMNS, buf_text(&visible), visible.len);
    buf_char(p->out, '\n');
    buf_release(&visible);
}

static size_t shown_length(const char *text, size_t len)
{
    return columns_cut(text, len, SHOWN_BYTES);
}

/* In quotes, so that white space shows; `bytes` is of the text before masking. */
static void add_quoted(const struct page *p, const json_t *value, size_t bytes)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    size_t shown = shown_length(text, len);
    struct buf line = {0};
    buf_json(&line, text, shown);
    buf_printf(&line, "%s  (%zu byte%s)", shown < len ? "..." : "", bytes, bytes == 1 ? "" : "s");
    add_wrapped(p, buf_text(&line), line.len);
    buf_release(&line);
}

/* Append what the job file says as one line: it may be a block of several. */
static void add_flat(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool control = (unsigned char)text[i] < ' ' || text[i] == 0x7f;
        if (control)
            buf_char(out, ' ');
        else
            buf_char(out, text[i]);
    }
}

static void add_plain(const struct page *p, const json_t *value, const char *behind)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    while (len && strchr(" \n", text[len - 1]))
        len--;
    size_t shown = shown_length(text, len);
    struct buf line = {0};
    add_flat(&line, text, shown);
    buf_text_add(&line, shown < len ? "..." : "");
    buf_text_add(&line, behind);
    add_wrapped(p, buf_text(&line), line.len);
    buf_release(&line);
}

/* What user code printed, line by line; its lines are not filled, since a traceback's carets stand
 * under what they mean. */
static void add_block(const struct page *p, int indent, const char *label, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t lines = 0;
    size_t left = 0;
    for (const char *end = NULL; *text; text = *end ? end + 1 : end, lines++) {
        end = strchrnul(text, '\n');
        if (lines >= SHOWN_LINES) {
            left++;
            continue;
        }
        struct buf line = {0};
        add_label(p, indent, lines ? "" : label);
        add_flat(&line, text, shown_length(text, (size_t)(end - text)));
        text_add_visible(p->out, buf_text(&line), line.len);
        buf_char(p->out, '\n');
        buf_release(&line);
    }
    if (left) {
        add_label(p, indent, "");
        buf_printf(p->out, "... (%zu more line%s)\n", left, left == 1 ? "" : "s");
    }
}

/* --- A path that leads nowhere ---------------------------------------------------------------- */

/* Where `path` stands in braces in the template; NULL if it does not (a part of it is masked). */
static const char *find_path(const char *template, const char *path)
{
    size_t len = strlen(path);
    for (const char *at = strstr(template, "{{"); at; at = strstr(at, "{{")) {
        at += 2;
        at += strspn(at, " \t\r\n");
        if (strncmp(at, path, len) == 0 && strspn(at + len, " \t\r\n}") > 0)
            return at;
    }
    return NULL;
}

/* The first byte of what is shown of a text, so that at..at+len is in it, and not only just. */
static const char *window_start(const char *text, const char *at, size_t len, size_t columns)
{
    size_t before = len < columns ? (columns - len) / 2 : 0;
    if ((size_t)(at - text) + len <= columns)
        return text;
    const char *from = (size_t)(at - text) > before ? at - before : text;
    while (((unsigned char)*from & 0xc0) == 0x80)
        from++;
    return from;
}

/* The line of the template around the path; below it, ~ under what was found and ^ under the rest.
 */
static void add_marked(const struct page *p, const char *template, const char *at, size_t len,
                       size_t reached)
{
    static const size_t dots = 3;
    size_t columns = p->columns - LABEL_COLUMNS - 2 * dots;
    const char *from = window_start(template, at, len + dots, columns);
    size_t shown = columns_line(from, strlen(from), columns);
    if (from + shown < at + len && from + shown < template + strlen(template))
        shown = (size_t)(at + len - from); /* a longer path than the screen is wide */
    buf_text_add(p->out, from > template ? "..." : "");
    add_flat(p->out, from, shown);
    buf_printf(p->out, "%s\n%*s", from[shown] ? "..." : "", LABEL_COLUMNS, "");
    buf_printf(p->out, "%*s", (int)((from > template ? dots : 0) + columns_of(from, at - from)),
               "");
    for (size_t i = 0; i < len; i++)
        buf_char(p->out, i < reached ? '~' : '^');
    buf_char(p->out, '\n');
}

static void add_failed_field(const struct page *p, int indent, const json_t *field)
{
    const json_t *template = json_object_get(field, "template");
    const char *text = json_string_value(template);
    const char *path = json_string_value(json_object_get(field, "path"));
    const char *at = path ? find_path(text, path) : NULL;
    const char *error = json_string_value(json_object_get(field, "error"));
    const char *why = at ? strstr(error, "}} ") : NULL;
    json_int_t reached = json_integer_value(json_object_get(field, "reached"));
    if (at)
        add_marked(p, text, at, strlen(path), (size_t)reached);
    else
        add_plain(p, template, "");
    add_label(p, indent, "");
    why = why ? why + strlen("}} ") : error; /* the path is marked already */
    add_wrapped(p, why, strlen(why));
}

/* --- A grader --------------------------------------------------------------------------------- */

static void add_field(const struct page *p, int indent, const json_t *field)
{
    const json_t *text = json_object_get(field, "text");
    add_label(p, indent, json_string_value(json_object_get(field, "key")));
    if (!text) {
        add_failed_field(p, indent, field);
        return;
    }
    add_plain(p, json_object_get(field, "template"), "");
    add_label(p, indent, "");
    add_quoted(p, text, (size_t)json_integer_value(json_object_get(field, "bytes")));
}

static void add_errors(const struct page *p, int indent, const json_t *grader)
{
    size_t i = 0;
    const json_t *error = NULL;
    json_array_foreach(json_object_get(grader, "errors"), i, error)
    {
        add_label(p, indent, i ? "" : "error");
        buf_printf(p->out, "%s\n", json_string_value(error));
    }
    if (json_is_string(json_object_get(grader, "why"))) {
        add_label(p, indent, i ? "" : "error");
        add_plain(p, json_object_get(grader, "why"), "");
    }
}

/* How much of it was not even kept. */
static void add_cut(const struct page *p, int indent, const json_t *grader)
{
    json_int_t cut = json_integer_value(json_object_get(grader, "printed_cut"));
    if (cut <= 0)
        return;
    add_label(p, indent, "");
    buf_printf(p->out, "and %lld characters more, which were not kept\n", (long long)cut);
}

static bool is_one_of(const char *key, const char *const *keys)
{
    for (; *keys; keys++) {
        if (strcmp(key, *keys) == 0)
            return true;
    }
    return false;
}

/* What the type of the grader adds, whatever it is. The formula with its numbers ends in what came
 * of it, unless nothing did. */
static void add_settings(const struct page *p, int indent, json_t *grader)
{
    static const char *const shown_elsewhere[] = {"key", "type", "name", "why", NULL};
    static const char *const printed[] = {"printed", "written", "traceback", NULL};
    const json_t *errors = json_object_get(grader, "errors");
    const char *first = json_string_value(json_array_get(errors, 0));
    const json_t *reward = json_object_get(grader, "reward");
    bool solved = json_is_real(reward) &&
                  (!first || strcmp(first, grade_error_name(GRADE_ERROR_FORMULA)) != 0);
    char number[NUM_ROOM + 3] = " = ";
    num_json(number + 3, json_real_value(reward));
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(grader, key, value)
    {
        if (!json_is_string(value) || is_one_of(key, shown_elsewhere))
            continue;
        if (is_one_of(key, printed)) {
            add_block(p, indent, key, value);
            if (strcmp(key, "printed") == 0)
                add_cut(p, indent, grader);
            continue;
        }
        add_label(p, indent, key);
        add_plain(p, value, strcmp(key, "with_numbers") == 0 && solved ? number : "");
    }
}

static void add_head(const struct page *p, int indent, const json_t *grader)
{
    const char *key = json_string_value(json_object_get(grader, "key"));
    buf_printf(p->out, "\n%*s%s%s%s ", indent, "", key ? key : "", key ? ": " : "",
               json_string_value(json_object_get(grader, "type")));
    add_plain(p, json_object_get(grader, "name"), "");
}

static void add_reward(const struct page *p, int indent, const json_t *grader)
{
    const json_t *reward = json_object_get(grader, "reward");
    char number[80] = "none: the grade is lost, and its rollout would be discarded";
    if (json_is_real(reward))
        num_json(number, json_real_value(reward));
    add_label(p, indent, "reward");
    buf_printf(p->out, "%s\n", number);
}

/* What would come out otherwise, and what is to be known of it. */
static void add_readings(const struct page *p, int indent, const json_t *grader)
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
        add_label(p, indent, "otherwise");
        buf_printf(p->out, "%s  with simulation.%s: %s\n", num_json(number, under),
                   json_string_value(json_object_get(other, "switch")),
                   json_string_value(json_object_get(other, "reading")));
    }
    json_array_foreach(json_object_get(grader, "notes"), i, other)
    {
        for (int note = 0; note < GRADE_N_NOTES; note++) {
            if (strcmp(json_string_value(other), grade_note_id((enum grade_note)note)) != 0)
                continue;
            const char *words = grade_note_words((enum grade_note)note);
            add_label(p, indent, "note");
            add_wrapped(p, words, strlen(words));
        }
    }
}

static void add_body(const struct page *p, int indent, json_t *grader)
{
    size_t i = 0;
    const json_t *field = NULL;
    json_array_foreach(json_object_get(grader, "fields"), i, field)
    {
        add_field(p, indent, field);
    }
    add_settings(p, indent, grader);
    add_errors(p, indent, grader);
    add_reward(p, indent, grader);
    add_readings(p, indent, grader);
}

static void add_time(const struct page *p, int indent, const json_t *grader)
{
    double s = json_real_value(json_object_get(grader, "seconds"));
    add_label(p, indent, "time");
    if (s < 1)
        buf_printf(p->out, "%.3f ms\n", s * 1e3);
    else
        buf_printf(p->out, "%.2f s\n", s);
}

static struct page page_of(struct buf *out, size_t columns)
{
    return (struct page){out, columns < GRADE_COLUMNS_MIN   ? GRADE_COLUMNS_MIN
                              : columns > GRADE_COLUMNS_MAX ? GRADE_COLUMNS_MAX
                                                            : columns};
}

void grade_text(struct buf *out, const json_t *facts, size_t columns)
{
    const struct page page = page_of(out, columns);
    const struct page *p = &page;
    const json_t *answer = json_object_get(facts, "answer");
    long long line = json_integer_value(json_object_get(facts, "line"));
    add_label(p, 0, "row");
    buf_text_add(out, json_string_value(json_object_get(facts, "file")));
    if (line)
        buf_printf(out, ":%lld", line);
    buf_char(out, '\n');
    add_label(p, 0, "answer");
    add_quoted(p, answer, (size_t)json_integer_value(json_object_get(facts, "answer_bytes")));
    grade_graders(out, facts, columns);
}

void grade_graders(struct buf *out, const json_t *facts, size_t columns)
{
    const struct page page = page_of(out, columns);
    const struct page *p = &page;
    const json_t *graders = json_object_get(facts, "graders");
    json_t *whole = json_array_get(graders, 0);
    add_head(p, 0, whole);
    for (size_t i = 1; i < json_array_size(graders); i++) {
        add_head(p, 2, json_array_get(graders, i));
        add_body(p, 4, json_array_get(graders, i));
    }
    if (json_array_size(graders) > 1)
        buf_char(out, '\n');
    add_body(p, 2, whole);
    add_time(p, 2, whole);
}

void grade_stubs(struct buf *out, const struct grader *g)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    for (size_t i = 0; i <= n; i++) {
        const struct grader *x = grader_at(g, i);
        if (grader_note(x))
            buf_printf(out, "%-14s%s is %s\n", "warning", i ? parts[i - 1].key : grader_name(x),
                       grader_note(x));
    }
}
