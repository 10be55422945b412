/* What published data sets and their like call things: the fields of a row that say which tool
 * calls and which answer are right, and what stands in such a call. Pure.
 */
#ifndef SIM_JOB_USUAL_H
#define SIM_JOB_USUAL_H

#include <stdbool.h>

#include "sim/base/tape.h"

enum { USUAL_N_CALLS = 9, USUAL_N_ANSWERS = 10 };
extern const char *const usual_calls[USUAL_N_CALLS];
extern const char *const usual_answers[USUAL_N_ANSWERS];

/* The name of a call that is expected: the value itself, or what an object calls it; TAPE_NONE. */
size_t usual_call_name(const struct tape *row, size_t v);

/* Its arguments, whatever they are; TAPE_NONE if it does not say. */
size_t usual_call_arguments(const struct tape *row, size_t v);

/* The JSON schema that the row has for the arguments of a tool: "parameters" of one of its `tools`,
 * whose name and schema stand under "function" or (Responses) beside it. TAPE_NONE: it has none. */
size_t usual_tool_schema(const struct tape *row, const char *tool);

bool usual_has_tool(const struct tape *row, const char *tool); /* whether the row has it at all */

#endif
