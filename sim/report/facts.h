/* Everything that a report tells of a history, computed once. */
#ifndef SIM_REPORT_FACTS_H
#define SIM_REPORT_FACTS_H

#include "sim/report/curve.h"
#include "sim/report/grader_facts.h"
#include "sim/report/outcomes.h"
#include "sim/report/part_curve.h"
#include "sim/report/picks.h"
#include "sim/report/signal_report.h"
#include "sim/report/tool_facts.h"

struct facts {
    const struct history *of; /* borrowed */
    struct outcomes outcomes[HISTORY_PHASES];
    struct curve curve;
    struct part_curve parts; /* at the curve's points */
    struct tool_facts tools;
    struct grader_facts graders;
    struct picks picks;
    struct signal_report signal;
};

void facts_make(struct facts *out, const struct history *h);
void facts_release(struct facts *f); /* fine on a zeroed one */

#endif
