/* What the rows of a file are like, in numbers: one JSON object, and the text that is written from
 * it. Estimates are labelled, with what they rest on. */
#ifndef SIM_VIEW_STATISTICS_H
#define SIM_VIEW_STATISTICS_H

#include <jansson.h>

#include "sim/check/survey.h"

json_t *statistics_of(const struct survey *s); /* the caller's */
void statistics_write(struct buf *out, json_t *statistics);

#endif
