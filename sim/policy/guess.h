/* Which fields of a row hold the right answer and the expected calls, guessed once from the job:
 *
 *     answer   what the grader compares {{sample.output_text}} with (string_check but for ne,
 *              text_similarity; in a multi the first such), if it is of the row; else the first
 *              of usual_answers that the first training row has
 *     calls    simulation.expected_tools, or of usual_calls the first that the first training row
 *              has as a list of calls, those with arguments before those with names alone
 *
 * The rows that follow are taken to be like the first. Reads the training file up to its first row;
 * if that cannot be had, what hangs on it is not guessed, and who reads the file next says why.
 */
#ifndef SIM_POLICY_GUESS_H
#define SIM_POLICY_GUESS_H

#include "sim/base/buf.h"
#include "sim/job/job.h"

struct guess {
    char *answer;          /* owned: "{{item.reference_answer}}"; NULL: no guess */
    char *calls;           /* owned, likewise */
    bool by_grader;        /* the answer is the grader's reference */
    bool has_row;          /* the first row could be read */
    struct buf row_fields; /* its keys but for messages and tools: "query, sku" */
};

void guess_make(struct guess *g, const struct job *job);
void guess_release(struct guess *g);

#endif
