/* The report of a history for a terminal: the verdict, outcomes, the reward curve, tools, graders,
 * rollouts worth a look, the signal report.
 *
 * Text only, appended to a buffer; at most 100 columns. Whoever prints it masks it.
 */
#ifndef SIM_VIEW_REPORT_H
#define SIM_VIEW_REPORT_H

#include "sim/base/buf.h"
#include "sim/report/verdict.h"

enum { REPORT_COLUMNS = 100 };

void report_write(struct buf *out, const struct facts *f, const struct verdict *v);

/* Its parts, each with a blank line before it; nothing where nothing is known. */
void report_head(struct buf *out, const struct facts *f);
void report_verdict(struct buf *out, const struct facts *f, const struct verdict *v);
void report_outcomes(struct buf *out, const struct facts *f);
void report_curve(struct buf *out, const struct facts *f);
void report_parts(struct buf *out, const struct facts *f);
void report_tools(struct buf *out, const struct facts *f);
void report_graders(struct buf *out, const struct facts *f);
void report_picks(struct buf *out, const struct facts *f);
void report_signal(struct buf *out, const struct facts *f);

/* One rollout on a line: reward, place, id, turns and calls, what ended it. */
void report_rollout(struct buf *out, const struct history *h, size_t rollout);

/* Text from outside as a line of its own, cut to `room` bytes. */
void report_text(struct buf *out, const char *text, size_t room);

#endif
