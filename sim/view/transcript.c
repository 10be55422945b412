#include "sim/view/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/text.h"
#include "sim/view/columns.h"
#include "tools/kind.h"

enum { CHANCES_SHOWN = 8 }; /* of a learner's actions */

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

/* Append a text, which may have a NUL in it, or any other value as JSON. False: there is none. */
static bool add_words(struct buf *out, const json_t *o, const char *key)
{
    json_t *value = json_object_get(o, key);
    if (!value || json_is_null(value))
        return false;
    if (json_is_string(value)) {
        buf_add(out, json_string_value(value), json_string_length(value));
        return true;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_text_add(out, text);
    free(text);
    return true;
}

/* Line by line: those of a text stay its own. */
static void add_lines(const struct transcript_page *p, size_t indent, const char *text, size_t len)
{
    for (size_t n = 0; len; text += n, len -= n) {
        n = strcspn(text, "\n");
        n = n < len ? n : len;
        columns_fill(p->out, p->columns, indent, text, n);
        n += n < len;
        if (n < len)
            buf_printf(p->out, "\n%*s", text[n] == '\n' ? 0 : (int)indent, "");
    }
    buf_char(p->out, '\n');
}

/* As transcript_add(), with whatever is in the text. */
static void add_text(const struct transcript_page *p, size_t indent, const char *label,
                     const struct buf *text)
{
    struct buf masked = {0};
    struct buf shown = {0};
    secret_mask(&masked, buf_text(text),
                text->len); /* before the cut, which could leave a part of one */
    size_t n = columns_cut(buf_text(&masked), masked.len, p->most);
    text_add_visible(&shown, buf_text(&masked), n);
    while (shown.len && strchr("\n ", shown.at[shown.len - 1]))
        buf_cut(&shown, shown.len - 1);
    if (!shown.len)
        buf_text_add(&shown, n ? "(blank)" : "(empty)");
    buf_printf(p->out, "%*s%-*s", (int)indent, "", TRANSCRIPT_LABEL, label);
    indent += TRANSCRIPT_LABEL;
    add_lines(p, indent, buf_text(&shown), shown.len);
    if (n < masked.len)
        buf_printf(p->out, "%*s(%zu more bytes)\n", (int)indent, "", masked.len - n);
    buf_release(&masked);
    buf_release(&shown);
}

void transcript_add(const struct transcript_page *p, size_t indent, const char *label,
                    const char *text)
{
    struct buf all = {0};
    if (!text)
        return;
    buf_text_add(&all, text);
    add_text(p, indent, label, &all);
    buf_release(&all);
}

void transcript_value(const struct transcript_page *p, size_t indent, const char *label,
                      const json_t *o, const char *key)
{
    struct buf text = {0};
    if (add_words(&text, o, key))
        add_text(p, indent, label, &text);
    buf_release(&text);
}

/* --- A call ---------------------------------------------------------------------------------- */

/* Append "HTTP 200" or what else came, and how long that took if this is of interest. */
static void add_answer(const struct transcript_page *p, const json_t *o, struct buf *out)
{
    json_int_t status = json_integer_value(json_object_get(o, "status"));
    const json_t *seconds = json_object_get(o, "latency_s");
    if (status)
        buf_printf(out, "HTTP %lld", (long long)status);
    else
        buf_text_add(out, p->wire ? "no answer" : "HTTP -");
    if (p->wire && json_is_real(seconds))
        buf_printf(out, " in %.2f ms", json_real_value(seconds) * 1e3);
}

static void add_attempts(const struct transcript_page *p, const json_t *call)
{
    json_t *attempts = json_object_get(call, "attempts");
    if (json_array_size(attempts) < 2)
        return;
    size_t i = 0;
    json_t *attempt = NULL;
    json_array_foreach(attempts, i, attempt)
    {
        const char *fault = text_of(attempt, "fault");
        struct buf line = {0};
        buf_printf(&line, "%zu: ", i + 1);
        add_answer(p, attempt, &line);
        if (fault)
            buf_printf(&line, ", %s", fault);
        transcript_add(p, 4, "attempt", buf_text(&line));
        buf_release(&line);
    }
}

/* What went over the wire, unless its attempts were told one by one. */
static void add_wire(const struct transcript_page *p, const json_t *call)
{
    struct buf line = {0};
    if (json_array_size(json_object_get(call, "attempts")) > 1)
        return;
    if (json_integer_value(json_object_get(call, "n_attempts")))
        add_answer(p, call, &line);
    else
        buf_text_add(&line, "nothing was sent");
    transcript_add(p, 2, "wire", buf_text(&line));
    buf_release(&line);
}

/* What came of a call that was not answered as it should be. */
static void add_failure(const struct transcript_page *p, const json_t *call)
{
    enum tool_kind kind;
    const char *id = text_of(call, "kind");
    if (!id || strcmp(id, "ok") == 0)
        return;
    if (!p->wire || !tool_kind_find(&kind, id)) {
        transcript_add(p, 2, "! failed", id);
        return;
    }
    const struct tool_kind_row *row = tool_kind_row(kind);
    char *line = mem_printf("%s: %s; %s", id, row->words, tool_fate_words(row->fate));
    transcript_add(p, 2, "! failed", line);
    free(line);
}

static void add_call(const struct transcript_page *p, const json_t *call)
{
    const char *tool = text_of(call, "tool");
    struct buf line = {0};
    buf_printf(&line, "%s ", tool ? tool : "?");
    add_words(&line, call, "arguments");
    add_text(p, 2, ">", &line);
    buf_release(&line);
    add_attempts(p, call);
    if (p->wire)
        add_wire(p, call);
    add_failure(p, call);
    transcript_value(p, 2, "<", call, "output");
    transcript_value(p, 4, "of bytes", call, "output_bytes");
    transcript_value(p, 2, "words", call, "words");
    transcript_value(p, 2, "! record", call, "recorded"); /* and is not now */
    size_t i = 0;
    json_t *warning = NULL;
    json_array_foreach(json_object_get(call, "warnings"), i, warning)
    {
        transcript_add(p, 2, "warning", json_string_value(warning));
    }
}

/* --- A turn ---------------------------------------------------------------------------------- */

static void add_head(const struct transcript_page *p, size_t number, const json_t *turn)
{
    size_t n = json_array_size(json_object_get(turn, "calls"));
    const json_t *left = json_object_get(turn, "left");
    buf_printf(p->out, "turn %zu", number);
    if (json_is_integer(left))
        buf_printf(p->out, ", %lld left", (long long)json_integer_value(left));
    if (p->wire && n > 1)
        buf_printf(p->out, ", %zu calls in parallel", n);
    buf_char(p->out, '\n');
}

/* A call that was meant, but not made: why not. */
static void add_dropped(const struct transcript_page *p, const json_t *turn)
{
    size_t i = 0;
    json_t *call = NULL;
    json_array_foreach(json_object_get(turn, "dropped"), i, call)
    {
        add_call(&(struct transcript_page){p->out, p->columns, p->most, false}, call);
        transcript_add(p, 2, "! dropped", "not made: it was the last turn (max_episode_steps)");
    }
}

/* The action of `turn` that comes after `last` when they are put by their chances, the likeliest
 * first; NULL after all of them. */
static const json_t *next_likely(const json_t *turn, const json_t *last)
{
    const json_t *list = json_object_get(turn, "chances");
    const json_t *next = NULL;
    double most = json_real_value(json_object_get(last, "chance"));
    bool behind = last == NULL; /* what is as likely as the last follows it */
    size_t i = 0;
    const json_t *one = NULL;
    json_array_foreach(list, i, one)
    {
        double chance = json_real_value(json_object_get(one, "chance"));
        if (one != last && (!last || chance < most || (chance == most && behind)) &&
            (!next || chance > json_real_value(json_object_get(next, "chance"))))
            next = one;
        behind = behind || one == last;
    }
    return next;
}

/* What a learner drew, and what from. */
static void add_draw(const struct transcript_page *p, const json_t *turn)
{
    const char *drawn = text_of(turn, "drawn");
    size_t n = json_array_size(json_object_get(turn, "chances"));
    struct buf line = {0};
    if (!drawn)
        return;
    transcript_value(p, 2, "state", turn, "state");
    buf_printf(&line, "%s, from ", drawn);
    const json_t *one = next_likely(turn, NULL);
    for (size_t i = 0; one && i < CHANCES_SHOWN; i++, one = next_likely(turn, one))
        buf_printf(&line, "%s%s %.1f %%", i ? ", " : "", text_of(one, "action"),
                   json_real_value(json_object_get(one, "chance")) * 100);
    if (n > CHANCES_SHOWN)
        buf_printf(&line, " and %zu more", n - CHANCES_SHOWN);
    transcript_add(p, 2, "draws", buf_text(&line));
    buf_release(&line);
}

static void add_turn(const struct transcript_page *p, size_t number, const json_t *turn)
{
    const char *recipient = text_of(turn, "recipient");
    add_head(p, number, turn);
    add_draw(p, turn);
    if (recipient) {
        struct buf line = {0};
        buf_printf(&line, "%s ", recipient);
        add_words(&line, turn, "text");
        add_text(p, 2, ">", &line);
        transcript_add(p, 2, "! failed",
                       "not made: addressed wrongly; the rollout ends here (GAP-52)");
        buf_release(&line);
    } else {
        bool answers = p->wire && !json_array_size(json_object_get(turn, "calls")) &&
                       !json_object_get(turn, "dropped");
        transcript_value(p, 2, answers ? "answers" : "says", turn, "text");
    }
    transcript_value(p, 2, "! failed", turn, "failed");
    size_t i = 0;
    json_t *call = NULL;
    json_array_foreach(json_object_get(turn, "calls"), i, call) add_call(p, call);
    add_dropped(p, turn);
}

void transcript_turns(const struct transcript_page *p, const json_t *transcript)
{
    size_t i = 0;
    json_t *turn = NULL;
    json_array_foreach(json_object_get(transcript, "turns"), i, turn) add_turn(p, i + 1, turn);
}

static void add_message(const struct transcript_page *p, const json_t *message)
{
    const char *role = text_of(message, "role");
    transcript_value(p, 0, role ? role : "?", message, "content");
    transcript_value(p, 0, "  calls", message, "tool_calls");
}

void transcript_messages(const struct transcript_page *p, const json_t *transcript)
{
    size_t i = 0;
    json_t *message = NULL;
    json_array_foreach(json_object_get(transcript, "messages"), i, message)
    {
        add_message(p, message);
    }
}

/* --- All of it ------------------------------------------------------------------------------- */

static void add_grade(const struct transcript_page *p, const json_t *grade)
{
    size_t i = 0;
    json_t *part = NULL;
    transcript_value(p, 0, "grader", grade, "name");
    transcript_value(p, 0, "reward", grade, "reward");
    if (json_array_size(json_object_get(grade, "errors")))
        transcript_value(p, 0, "errors", grade, "errors");
    json_array_foreach(json_object_get(grade, "parts"), i, part)
    {
        const char *key = text_of(part, "key");
        transcript_value(p, 2, key ? key : "?", part, "reward");
        if (json_array_size(json_object_get(part, "errors")))
            transcript_value(p, 2, "", part, "errors");
    }
}

void transcript_write(struct buf *out, const json_t *transcript)
{
    const struct transcript_page page = {out, TRANSCRIPT_COLUMNS, TRANSCRIPT_BYTES, false};
    transcript_messages(&page, transcript);
    transcript_turns(&page, transcript);
    transcript_value(&page, 0, "answer", transcript, "answer");
    transcript_value(&page, 0, "outcome", transcript, "outcome");
    transcript_value(&page, 0, "why", transcript, "why");
    add_grade(&page, json_object_get(transcript, "grade"));
}
