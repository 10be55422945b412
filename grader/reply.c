#include "grader/reply.h"

#include <ctype.h>
#include <string.h>

#include "sim/base/num.h"

/* What the judge said. REPLY_RESULT: it is to be read. */
static void read_answer(struct reply *out, const struct tape *t, enum job_model_api api)
{
    struct model_answer *a = &out->answer;
    model_answer_read(a, t, api);
    out->why = a->why;
    out->tokens = (struct grade_tokens){.prompt = a->tokens.prompt,
                                        .completion = a->tokens.completion,
                                        .total = a->tokens.total,
                                        .cached = a->tokens.cached};
    switch (a->end) {
    case MODEL_SAID:
        out->kind = REPLY_RESULT;
        break;
    case MODEL_REFUSED:
        out->kind = REPLY_REFUSAL;
        break;
    case MODEL_FILTERED:
        out->kind = REPLY_REFUSAL;
        buf_text_add(&a->refusal, "stopped by the content filter");
        break;
    case MODEL_CUT:
        out->kind = REPLY_CUT;
        break;
    case MODEL_NONE:
        out->kind = REPLY_NONE;
        break;
    }
    out->text = out->kind == REPLY_REFUSAL ? &a->refusal : &a->text;
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
    const char *text = buf_text(out->text);
    size_t len = out->text->len;
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
    out->number = 0;
    out->label = 0;
    out->searched = false;
    read_answer(out, answer, wants->api);
    if (out->kind != REPLY_RESULT)
        return;
    const char *text = buf_text(out->text);
    if (scan_object(scratch, text, out->text->len)) {
        read_result(out, wants, scratch);
    } else if (scan_inner_object(scratch, text, out->text->len)) {
        out->searched = true;
        read_result(out, wants, scratch);
    } else {
        search(out, wants);
    }
}

void reply_release(struct reply *r)
{
    model_answer_release(&r->answer);
}
