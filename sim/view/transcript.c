#include "sim/view/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/base/wrap.h"

enum { COLUMNS = 100, TEXT_BYTES = 1200 };

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

/* A text, or any other value as JSON. The caller's; NULL of none. */
static char *words_of(const json_t *o, const char *key)
{
    json_t *value = json_object_get(o, key);
    if (!value || json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return mem_text(json_string_value(value));
    return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* "  label   text", wrapped under itself. Nothing of NULL. */
static void add(struct buf *out, size_t indent, const char *label, const char *text)
{
    enum { LABEL = 10 };
    if (!text)
        return;
    size_t len = strlen(text);
    char *line = mem_slice(text, len < TEXT_BYTES ? len : TEXT_BYTES);
    text_one_line(line);
    buf_printf(out, "%*s%-*s", (int)indent, "", LABEL, label);
    wrap_within(out, COLUMNS, indent + LABEL, indent + LABEL, line);
    if (len > TEXT_BYTES)
        buf_printf(out, "%*s(%zu more bytes)\n", (int)indent + LABEL, "", len - TEXT_BYTES);
    free(line);
}

static void add_value(struct buf *out, size_t indent, const char *label, const json_t *o,
                      const char *key)
{
    char *text = words_of(o, key);
    add(out, indent, label, text);
    free(text);
}

static void add_attempts(struct buf *out, const json_t *call)
{
    json_t *attempts = json_object_get(call, "attempts");
    if (json_array_size(attempts) < 2)
        return;
    size_t i = 0;
    json_t *attempt = NULL;
    json_array_foreach(attempts, i, attempt)
    {
        char *fault = words_of(attempt, "fault");
        char *status = words_of(attempt, "status");
        char *line = mem_printf("%zu: HTTP %s%s%s", i + 1, status ? status : "-", fault ? ", " : "",
                                fault ? fault : "");
        add(out, 4, "attempt", line);
        free(line);
        free(status);
        free(fault);
    }
}

static void add_call(struct buf *out, const json_t *call)
{
    char *arguments = words_of(call, "arguments");
    const char *tool = text_of(call, "tool");
    const char *kind = text_of(call, "kind");
    char *line = mem_printf("%s %s", tool ? tool : "?", arguments ? arguments : "");
    add(out, 2, ">", line);
    free(line);
    free(arguments);
    add_attempts(out, call);
    if (kind && strcmp(kind, "ok") != 0)
        add(out, 2, "! failed", kind);
    add_value(out, 2, "<", call, "output");
    add_value(out, 4, "of bytes", call, "output_bytes");
}

static void add_turn(struct buf *out, size_t number, const json_t *turn)
{
    buf_printf(out, "turn %zu\n", number);
    add_value(out, 2, "says", turn, "text");
    size_t i = 0;
    json_t *call = NULL;
    json_array_foreach(json_object_get(turn, "calls"), i, call) add_call(out, call);
}

static void add_message(struct buf *out, const json_t *message)
{
    const char *role = text_of(message, "role");
    add_value(out, 0, role ? role : "?", message, "content");
}

static void add_grade(struct buf *out, const json_t *grade)
{
    size_t i = 0;
    json_t *part = NULL;
    add_value(out, 0, "grader", grade, "name");
    add_value(out, 0, "reward", grade, "reward");
    if (json_array_size(json_object_get(grade, "errors")))
        add_value(out, 0, "errors", grade, "errors");
    json_array_foreach(json_object_get(grade, "parts"), i, part)
    {
        const char *key = text_of(part, "key");
        add_value(out, 2, key ? key : "?", part, "reward");
        if (json_array_size(json_object_get(part, "errors")))
            add_value(out, 2, "", part, "errors");
    }
}

void transcript_write(struct buf *out, const json_t *transcript)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(json_object_get(transcript, "messages"), i, one) add_message(out, one);
    json_array_foreach(json_object_get(transcript, "turns"), i, one) add_turn(out, i + 1, one);
    add_value(out, 0, "answer", transcript, "answer");
    add_value(out, 0, "outcome", transcript, "outcome");
    add_value(out, 0, "why", transcript, "why");
    add_grade(out, json_object_get(transcript, "grade"));
}
