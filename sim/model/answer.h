/* What a model's answer says, over chat completions or Responses. Pure.
 *
 * What judges (grader/reply.h) and the policy `model` (sim/policy/model_turn.h) read alike: its
 * text, how it ended, the tokens it took. Source: 5.3 (refusal, token limit).
 */
#ifndef SIM_MODEL_ANSWER_H
#define SIM_MODEL_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/tape.h"
#include "sim/job/job.h"

enum model_end {
    MODEL_SAID,     /* its text, which may be empty */
    MODEL_REFUSED,  /* the model will not say */
    MODEL_FILTERED, /* the server's content filter stopped it */
    MODEL_CUT,      /* it came to its token limit */
    MODEL_NONE,     /* the answer holds nothing of a model's at all */
};

/* In the server's own count. */
struct model_tokens {
    bool told;           /* the answer says how many there were */
    bool reasoning_told; /* and how many of the completion were for reasoning */
    int64_t prompt;
    int64_t completion;
    int64_t total;
    int64_t cached; /* of the prompt */
    int64_t reasoning;
};

struct model_answer {
    enum model_end end;
    const char *why;    /* of MODEL_NONE; static storage */
    struct buf text;    /* what it said, as far as it came; kept from answer to answer */
    struct buf refusal; /* likewise */
    struct buf model;   /* its full name, as the server has it; likewise */
    struct model_tokens tokens;
};

/* Read an answer, which holds an object. */
void model_answer_read(struct model_answer *out, const struct tape *answer, enum job_model_api api);
void model_answer_release(struct model_answer *a); /* fine on a zeroed one */

/* The texts of a content, a string or a list of parts of which those of `type` have one under
 * "text". False if there is none. */
bool model_content(const struct tape *t, size_t content, const char *type, struct buf *out);

#endif
