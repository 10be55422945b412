/* How a rule fills its line. */
#ifndef SIM_REPORT_VERDICT_LINE_H
#define SIM_REPORT_VERDICT_LINE_H

#include "sim/report/verdict.h"

/* Always true, so that a rule ends with it. Takes `text`. */
bool line_say(struct verdict_line *out, enum verdict_severity severity, char *text);

/* "RUN" as a word of a shell's, the caller's: in quotes where it needs some. */
char *line_run(const struct history *h);
char *line_folder(const struct history *h); /* likewise, where RUN may be its run.db */

enum verdict_severity line_severity(double share, double warn, double fatal);

/* Name a rollout as evidence, unless one of its row is named already or there are enough; or the
 * first of those that ended so. OUTCOMES_NONE is none. */
void line_cite(struct verdict_line *out, const struct history *h, size_t rollout);
void line_cite_outcome(struct verdict_line *out, const struct history *h, enum outcome o);

/* What shows more: `rest` follows "rftsim report RUN"; or the first rollout that was cited. */
void line_point(struct verdict_line *out, const struct history *h, const char *rest);
void line_point_at_rollout(struct verdict_line *out, const struct history *h);

bool stub_is(const struct history *h, const char *type);
bool stub_is_fixed(const struct history *h); /* one that does the same each time */

#endif
