/* What a model grader asks: its `input`, a list of messages with templates in their texts (4.5).
 *
 * A content is a text, one part or a list of parts. Texts (input_text, output_text) are templates;
 * input_image and input_audio are sent as they are written (TP-8), and audio only with chat
 * completions, since the Responses API takes none.
 */
#ifndef GRADER_PROMPT_H
#define GRADER_PROMPT_H

#include "grader/grader.h"
#include "sim/base/template.h"

struct prompt_part {
    struct template *text; /* owned; NULL for a part that is sent as it is */
    char *key;             /* owned: "input/0/content/1/text", where the text stands in the spec */
    const json_t *written; /* borrowed: the text */
    char *json;            /* owned: such a part, in the form of the API */
    bool is_output;        /* output_text */
};

struct prompt_message {
    const char *role;          /* borrowed */
    struct prompt_part *parts; /* owned */
    size_t n;
};

struct prompt {
    struct prompt_message *messages; /* owned */
    size_t n;
    enum job_model_api api;
};

/* Read the spec's `input`. Faults go to `list`. */
void prompt_read(struct prompt *p, const struct grader_spec *spec, enum job_model_api api,
                 struct diags *list);
void prompt_release(struct prompt *p); /* fine on a zeroed one */

/* Append the messages as a JSON list. On false a path led nowhere, and the grade has its flag.
 * `scratch` is for texts. */
NODISCARD bool prompt_render(const struct prompt *p, const struct grader_input *in,
                             struct buf *scratch, struct buf *out, struct grade *grade);

/* Whether what it asks can hang on simulation.output_tools. */
bool prompt_reads_calls(const struct prompt *p);

/* Tell of every text, with its key in the spec. */
void prompt_templates(const struct prompt *p, template_visit *visit, void *arg);

/* Add every text, as written and as it comes out, to the fields of `facts`. */
void prompt_explain(const struct prompt *p, const struct grader_input *in, json_t *facts);

#endif
