/* -v: every tool call on stderr as it is settled, two lines each, masked.
 *
 *     > search_catalog {"query":"kettle","top_k":3}  valid.jsonl:12 trace_8f0c...
 *     < 200 ok 0.84 ms {"items":[...
 *     < unknown_tool 0.00 ms (text: ours) unknown tool: search
 *
 * Words that are not the endpoint's are marked with whose they are (tools/kind.h). A call that was
 * addressed wrongly is told too, with a line that says so (GAP-52).
 * Threads: the function may be called on any; lines of a call stay together.
 */
#ifndef SIM_VIEW_VERBOSE_H
#define SIM_VIEW_VERBOSE_H

#include "sim/policy/policy.h"
#include "sim/run/run.h"

void verbose_call(void *arg, const struct call_told *told); /* a run_config.on_call; arg unused */

#endif
