/* One item of an export as a rollout's document (sim/report/history.h). */
#ifndef SIM_REPORT_EXPORT_TRANSCRIPT_H
#define SIM_REPORT_EXPORT_TRANSCRIPT_H

#include "sim/report/history.h"
#include "sim/report/trace.h"

/* The caller's. `item` and `trace` are those that rollout `i` was made from. */
json_t *export_transcript(const struct history *h, size_t i, const struct export_item *item,
                          const struct trace *trace);

#endif
