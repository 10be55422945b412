/* What the report page shows, as JSON: all but single rollouts and their transcripts.
 *
 * Read by sim/view/page/ and by nothing else, so that it has no version and may change. What is
 * not known is null. Rollouts are named by their index in the history. Shares are 0..1, times
 * seconds.
 */
#ifndef SIM_VIEW_HTML_DATA_H
#define SIM_VIEW_HTML_DATA_H

#include <jansson.h>

#include "sim/report/verdict.h"

json_t *html_data(const struct facts *f, const struct verdict *v); /* the caller's */

#endif
