/* Jobs and rows made on the spot, for tests that need whole ones. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include "sim/base/tape.h"
#include "sim/job/job.h"

/* A job whose grader and simulation block are these YAML flow texts, in a temporary file that is
 * gone when it returns. `list` gets the faults; NULL if it does not load. */
struct job *fixture_job(const char *grader, const char *simulation, struct diags *list);

#define FIXTURE_GRADER                                                               \
    "{type: string_check, name: g, operation: eq, input: '{{sample.output_text}}', " \
    "reference: '{{item.answer}}'}"

/* The job's policy must be refused, first for a fault with this code at (or below) this pointer,
 * with a place and a remedy, of which `fix` is a part. */
void fixture_policy_refused(const struct job *job, enum diag_code code, const char *pointer,
                            const char *fix);

/* Scan a JSON text, which must be one. */
struct tape fixture_tape(const char *text);

#endif
