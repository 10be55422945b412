/* What a learner learned in one step: which actions gained. */
#ifndef SIM_VIEW_LEARNING_H
#define SIM_VIEW_LEARNING_H

#include "sim/base/buf.h"
#include "sim/train/trainer.h"

/* How it is going to learn, from column `indent` on. */
void learning_plan(struct buf *out, const struct policy *p, size_t columns, size_t indent);

/* "gained: search at start 17 -> 21 %, ...", below the step's line: what gained most by how many
 * turns it changes. */
void learning_text(struct buf *out, const struct learning_report *r);

/* What came of it all: the first evaluation and the last, and what is kept in the run folder. */
void learning_summary(struct buf *out, const struct trainer *t, const char *folder);

/* All that changed, as one object a line. */
void learning_json(struct buf *out, const struct learning_report *r);

#endif
