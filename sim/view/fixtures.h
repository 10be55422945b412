/* What came of checking expected grades: a line for each that fails, then how many held, by kind.
 *
 * With --json {"type":"fixture",...} for every one, then {"type":"fixtures",...}.
 */
#ifndef SIM_VIEW_FIXTURES_H
#define SIM_VIEW_FIXTURES_H

#include "grader/grader.h"
#include "sim/run/fixture.h"

struct fixtures_kind {
    const char *name; /* borrowed from a fixture; "" for those that have no kind */
    size_t n_held;
    size_t n_failed;
};

/* Zeroed but for the first two, then told of one after another. */
struct fixtures_report {
    const struct fixtures *fixtures;
    const struct grader *grader; /* borrowed */
    struct fixtures_kind *kinds; /* owned; in the order of the file */
    size_t n_kinds;
    size_t n_held;
    size_t n_failed;
    size_t n_updated; /* of the failed: written anew */
};

void fixtures_report_release(struct fixtures_report *r);

/* Count fixture `i`, of whose grade this is said. `updated`: its expectation is written anew. */
void fixtures_report_add(struct fixtures_report *r, size_t i, enum fixture_verdict verdict,
                         bool updated);

/* One of them. As text, nothing if it holds. */
void fixtures_text(struct buf *out, const struct fixtures *f, size_t i,
                   const struct grade grades[2], enum fixture_verdict verdict);
void fixtures_json(struct buf *out, const struct fixtures *f, size_t i,
                   const struct grade grades[2], enum fixture_verdict verdict);

/* The end. */
void fixtures_summary_text(struct buf *out, const struct fixtures_report *r);
void fixtures_summary_json(struct buf *out, const struct fixtures_report *r);

/* A note for stderr about the kinds that every set of fixtures should have; nothing if they are
 * there. */
void fixtures_missing(struct buf *out, const struct fixtures_report *r);

#endif
