/* Every grader there is. To add one: its file, a line here, a line in grader.c's table. */
#ifndef GRADER_KINDS_H
#define GRADER_KINDS_H

#include "grader/grader.h"

extern const struct grader_ops grader_endpoint;
extern const struct grader_ops grader_label_model;
extern const struct grader_ops grader_multi;
extern const struct grader_ops grader_python;
extern const struct grader_ops grader_score_model;
extern const struct grader_ops grader_string_check;
extern const struct grader_ops grader_text_similarity;

#endif
