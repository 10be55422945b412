/* What a judge's reply comes to. Pure.
 *
 * The judge is asked for {"steps": [...], "result": <number or label>} (4.5). A text that is no
 * JSON, from a server that does not force it, is searched: an object in it is taken for the reply,
 * else the first number in it for the score, or the whole of it for the label. That is ours.
 * Source: 4.5, 4.6, 5.3 (refusal, parse, token limit).
 */
#ifndef GRADER_REPLY_H
#define GRADER_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "grader/grader.h"
#include "sim/job/job.h"
#include "sim/model/answer.h"

enum reply_kind {
    REPLY_RESULT,   /* `number` or `label` */
    REPLY_REFUSAL,  /* the judge will not say */
    REPLY_CUT,      /* it came to its token limit */
    REPLY_UNPARSED, /* it said something else */
    REPLY_NONE,     /* the answer holds no reply at all */
};

struct reply {
    enum reply_kind kind;
    double number;
    size_t label;    /* index into the labels */
    bool searched;   /* the text was not the JSON that was asked for */
    const char *why; /* of REPLY_UNPARSED and REPLY_NONE; static storage */
    struct model_answer answer;
    const struct buf *text; /* in it: what the judge said, or why it refuses */
    struct grade_tokens tokens;
};

/* What to look for. */
struct reply_wants {
    enum job_model_api api;
    const char *const *labels; /* NULL: a number */
    size_t n_labels;
};

/* Read an answer, which holds an object. `scratch` is used for the text in it. */
void reply_read(struct reply *out, const struct reply_wants *wants, const struct tape *answer,
                struct tape *scratch);
void reply_release(struct reply *r); /* fine on a zeroed one */

#endif
