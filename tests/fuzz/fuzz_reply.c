/* Any bytes as a model server's answer, and as what a judge says in one: reading does no harm, a
 * score is finite, a label is one of those there are, and what a judge says is a result or is not
 * understood, never anything else. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "grader/reply.h"
#include "sim/base/text.h"
#include "tests/fuzz/fuzz.h"

static const char *const labels[] = {"good", "bad"};

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

static void read_one(struct reply *r, const struct reply_wants *wants, const char *text, size_t len)
{
    struct tape answer = {0};
    struct tape scratch = {0};
    struct tape_fault fault;
    r->kind = REPLY_NONE;
    if (tape_scan(&answer, text, len, &fault))
        reply_read(r, wants, &answer, &scratch);
    must(isfinite(r->number), "a score is finite");
    must(r->label == 0 || r->label < wants->n_labels, "a label is one of those there are");
    must(r->tokens.total >= 0 && r->tokens.cached >= 0, "tokens are counted");
    tape_release(&answer);
    tape_release(&scratch);
}

/* The bytes as a content, which is always there to be read. */
static void read_said(struct reply *r, const struct reply_wants *wants, const char *text,
                      size_t len)
{
    struct buf valid = {0};
    struct buf answer = {0};
    text_add_valid(&valid, text, len);
    buf_text_add(&answer, "{\"choices\":[{\"message\":{\"content\":");
    buf_json(&answer, buf_text(&valid), valid.len);
    buf_text_add(&answer, "}}]}");
    read_one(r, wants, buf_text(&answer), answer.len);
    must(r->kind == REPLY_RESULT || r->kind == REPLY_UNPARSED, "it is a result, or it is not");
    must(r->text->len == valid.len, "what was said is kept whole");
    buf_release(&valid);
    buf_release(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct reply r = {0};
    for (int i = 0; i < 4; i++) {
        struct reply_wants wants = {
            .api = i & 1 ? JOB_API_RESPONSES : JOB_API_CHAT,
            .labels = i & 2 ? labels : NULL,
            .n_labels = i & 2 ? COUNT_OF(labels) : 0,
        };
        read_one(&r, &wants, text, size);
        if (wants.api == JOB_API_CHAT)
            read_said(&r, &wants, text, size);
    }
    reply_release(&r);
    return 0;
}
