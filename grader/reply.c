#include "grader/reply.h"

#include <ctype.h>
#include <string.h>

#include "sim/base/num.h"

static int64_t count_at(const struct tape *t, size_t v, const char *key)
{
    static const double most = 1e15; /* more is not a count of tokens */
    size_t at = tape_get(t, v, key);
    double n = tape_kind(t, at) == TAPE_NUMBER ? tape_number(t, at) : 0;
    return n > 0 && n < most ? (int64_t)n : 0;
}

static struct grade_tokens read_tokens(const struct tape *t, enum job_model_api api)
{
    bool chat = api == JOB_API_CHAT;
    size_t usage = tape_get(t, 0, "usage");
    size_t details = tape_get(t, usage, chat ? "prompt_tokens_details" : "input_tokens_details");
    return (struct grade_tokens){
        .prompt = count_at(t, usage, chat ? "prompt_tokens" : "input_tokens"),
        .completion = count_at(t, usage, chat ? "completion_tokens" : "output_tokens"),
        .total = count_at(t, usage, "total_tokens"),
        .cached = count_at(t, details, "cached_tokens"),
    };
}

static bool add_string(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) != TAPE_STRING)
        return false;
    tape_string(t, v, out);
    return true;
}

/* Join the parts of one type; false if there is none. */
static bool add_parts(const struct tape *t, size_t list, const char *type, const char *key,
                      struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < tape_count(t, list); i++) {
        size_t part = tape_index(t, list, i);
        if (tape_is(t, tape_get(t, part, "type"), type))
            any = add_string(t, tape_get(t, part, key), out) || any;
    }
    return any;
}

static void none(struct reply *out, const char *why)
{
    out->kind = REPLY_NONE;
    out->why = why;
}

/* What the judge said, into out->text. REPLY_RESULT: it is to be read. */
static void read_chat(struct reply *out, const struct tape *t)
{
    size_t choice = tape_index(t, tape_get(t, 0, "choices"), 0);
    size_t message = tape_get(t, choice, "message");
    size_t content = tape_get(t, message, "content");
    size_t finish = tape_get(t, choice, "finish_reason");
    if (tape_kind(t, message) != TAPE_OBJECT) {
        none(out, "answered without choices[0].message");
    } else if (add_string(t, tape_get(t, message, "refusal"), &out->text) && out->text.len) {
        out->kind = REPLY_REFUSAL;
    } else if (tape_is(t, finish, "content_filter")) {
        out->kind = REPLY_REFUSAL;
        buf_text_add(&out->text, "stopped by the content filter");
    } else {
        if (!add_string(t, content, &out->text))
            add_parts(t, content, "text", "text", &out->text);
        out->kind = tape_is(t, finish, "length") ? REPLY_CUT : REPLY_RESULT;
    }
}

static void read_responses(struct reply *out, const struct tape *t)
{
    size_t output = tape_get(t, 0, "output");
    size_t reason = tape_get(t, tape_get(t, 0, "incomplete_details"), "reason");
    bool refused = false;
    if (tape_kind(t, output) != TAPE_ARRAY || tape_is(t, tape_get(t, 0, "status"), "failed")) {
        none(out, "answered without an output");
        return;
    }
    for (size_t i = 0; i < tape_count(t, output); i++) {
        size_t item = tape_index(t, output, i);
        size_t content = tape_get(t, item, "content");
        if (!tape_is(t, tape_get(t, item, "type"), "message"))
            continue;
        refused = add_parts(t, content, "refusal", "refusal", &out->text) || refused;
        if (!refused)
            add_parts(t, content, "output_text", "text", &out->text);
    }
    out->kind = refused ? REPLY_REFUSAL : REPLY_RESULT;
    if (!refused && tape_is(t, reason, "content_filter")) {
        out->kind = REPLY_REFUSAL;
        buf_clear(&out->text);
        buf_text_add(&out->text, "stopped by the content filter");
    } else if (!refused && tape_is(t, reason, "max_output_tokens")) {
        out->kind = REPLY_CUT;
    }
}

static void unparsed(struct reply *out, const char *why)
{
    out->kind = REPLY_UNPARSED;
    out->why = why;
}

static void read_label(struct reply *out, const struct reply_wants *wants, const char *text,
                       size_t len)
{
    for (size_t i = 0; i < wants->n_labels; i++) {
        if (strlen(wants->labels[i]) == len && memcmp(wants->labels[i], text, len) == 0) {
            out->label = i;
            return;
        }
    }
    unparsed(out, "said none of the labels");
}

/* The "result" of the object on the tape. */
static void read_result(struct reply *out, const struct reply_wants *wants, const struct tape *t)
{
    size_t v = tape_get(t, 0, "result");
    if (v == TAPE_NONE) {
        unparsed(out, "gave no \"result\"");
    } else if (wants->labels && tape_kind(t, v) == TAPE_STRING) {
        struct buf label = {0};
        tape_string(t, v, &label);
        read_label(out, wants, buf_text(&label), label.len);
        buf_release(&label);
    } else if (!wants->labels && tape_kind(t, v) == TAPE_NUMBER) {
        out->number = tape_number(t, v);
    } else {
        unparsed(out, wants->labels ? "gave a \"result\" that is no label"
                                    : "gave a \"result\" that is not a number");
    }
}

static bool scan_object(struct tape *scratch, const char *text, size_t len)
{
    struct tape_fault fault;
    return tape_scan(scratch, text, len, &fault) && tape_kind(scratch, 0) == TAPE_OBJECT;
}

/* From the first brace to the last, as in a fenced block. */
static bool scan_inner_object(struct tape *scratch, const char *text, size_t len)
{
    const char *from = memchr(text, '{', len);
    const char *end = memrchr(text, '}', len);
    return from && end && end > from && scan_object(scratch, from, (size_t)(end + 1 - from));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of a plain number at the start of the text; 0 if there is none. */
static size_t number_length(const char *text, size_t len)
{
    size_t i = len && *text == '-';
    size_t digits = i;
    while (i < len && is_digit(text[i]))
        i++;
    if (i == digits)
        return 0;
    if (i + 1 < len && text[i] == '.' && is_digit(text[i + 1])) {
        i++;
        while (i < len && is_digit(text[i]))
            i++;
    }
    return i;
}

/* The first number that is not a part of a word: 7 in "Score: 7/10", none in "gpt4". */
static bool find_number(const char *text, size_t len, double *out)
{
    for (size_t i = 0; i < len; i++) {
        bool inside = i && (isalnum((unsigned char)text[i - 1]) || strchr("_.", text[i - 1]));
        size_t n = inside ? 0 : number_length(text + i, len - i);
        size_t from = i;
        while (n > 1 && is_digit(text[from]) && text[from] == '0' && is_digit(text[from + 1])) {
            from++; /* JSON's numbers have no zeros before them */
            n--;
        }
        if (n && num_parse(out, text + from, n))
            return true;
    }
    return false;
}

static void search(struct reply *out, const struct reply_wants *wants)
{
    const char *text = buf_text(&out->text);
    size_t len = out->text.len;
    out->searched = true;
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    if (!len)
        unparsed(out, "said nothing");
    else if (wants->labels)
        read_label(out, wants, text, len);
    else if (!find_number(text, len, &out->number))
        unparsed(out, "said no number");
}

void reply_read(struct reply *out, const struct reply_wants *wants, const struct tape *answer,
                struct tape *scratch)
{
    buf_clear(&out->text);
    buf_clear(&out->model);
    out->number = 0;
    out->label = 0;
    out->searched = false;
    out->why = "";
    out->tokens = read_tokens(answer, wants->api);
    add_string(answer, tape_get(answer, 0, "model"), &out->model);
    if (wants->api == JOB_API_CHAT)
        read_chat(out, answer);
    else
        read_responses(out, answer);
    if (out->kind != REPLY_RESULT)
        return;
    const char *text = buf_text(&out->text);
    if (scan_object(scratch, text, out->text.len)) {
        read_result(out, wants, scratch);
    } else if (scan_inner_object(scratch, text, out->text.len)) {
        out->searched = true;
        read_result(out, wants, scratch);
    } else {
        search(out, wants);
    }
}

void reply_release(struct reply *r)
{
    buf_release(&r->text);
    buf_release(&r->model);
}
