/* What graders tell of a grade, for grader_explain(): facts in a JSON object, from which both the
 * text and the JSON that people see are made. */
#ifndef GRADER_EXPLAIN_H
#define GRADER_EXPLAIN_H

#include "grader/grader.h"
#include "sim/base/template.h"

/* Set a text, with secrets masked and what is no UTF-8 as U+FFFD. */
void explain_text(json_t *facts, const char *key, const char *text, size_t len);

/* Set a value of the spec that is a string. */
void explain_setting(json_t *facts, const json_t *spec, const char *key);

/* Add a templated field: as it is written, and what comes of it. */
void explain_field(json_t *facts, const json_t *spec, const char *key, const struct template *t,
                   const struct grader_input *in);

/* The same of a text that does not stand in the spec itself but deeper; `key` says where. */
void explain_template(json_t *facts, const char *key, const json_t *written,
                      const struct template *t, const struct grader_input *in);

#endif
