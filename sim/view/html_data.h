/* What the report page shows, as JSON: all but single rollouts and their transcripts.
 *
 *     {"report": what --json prints (sim/view/report_json.h), long lists thinned out,
 *      "program", "uplot", "steps_done", "files", "outcomes", "groups", "rules", "kinds": words,
 *      "shown": lines of the verdict, "every": of how many training steps one is in it,
 *      "bins": latencies, one list for each of report.tools, "job_grader"}
 *
 * Read by sim/view/page/ and by nothing else, so that it has no version and may change.
 */
#ifndef SIM_VIEW_HTML_DATA_H
#define SIM_VIEW_HTML_DATA_H

#include <jansson.h>

#include "sim/report/verdict.h"

json_t *html_data(const struct facts *f, const struct verdict *v); /* the caller's */

#endif
