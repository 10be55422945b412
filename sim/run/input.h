/* What graders are given, made from what people write or keep: an item, an answer, a sample.
 *
 * With a job both are as in a run of it. A grader alone (job.alone) follows graders/run (5.2): the
 * item as it stands, output_json for every answer that is JSON.
 * Threads: pure.
 */
#ifndef SIM_RUN_INPUT_H
#define SIM_RUN_INPUT_H

#include <stdbool.h>

#include "grader/grader.h"

/* Whether an answer that is JSON is output_json too. */
bool input_parses(const struct job *job);

/* Append the item that `raw`, an object, becomes: of a job what the service makes of a row (1.4).
 */
void input_add_item(const struct job *job, const struct tape *raw, struct buf *out);

/* Append the sample of an answer, of which what is no UTF-8 counts as U+FFFD. */
void input_add_answer(const struct job *job, const char *answer, size_t len, struct buf *out);

/* An item and a sample as texts and as tapes over them: filled again and again. */
struct input {
    struct buf item; /* to be filled with JSON, then scanned */
    struct buf sample;
    struct tape item_tape;
    struct tape sample_tape;
};

/* Scan both texts, which are JSON that we wrote or scanned before. What `out` points to holds until
 * `in` is changed. */
void input_ready(struct input *in, struct grader_input *out);
void input_clear(struct input *in);   /* empty, memory kept */
void input_release(struct input *in); /* fine on a zeroed one */

#endif
