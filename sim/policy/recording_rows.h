/* Episodes that stand in the rows themselves: a conversation, as chat completions have it.
 *
 *     [{"role": "assistant", "tool_calls": [{"id", "function": {"name", "arguments"}}]},
 *      {"role": "tool", "tool_call_id", "content"}, ..., {"role": "assistant", "content"}]
 *
 * A message of the assistant with tool_calls is a turn, of several calls in one message if it has
 * several; a message of the tool with a call's id is its answer (without ids they are taken in
 * their order); the assistant's last text is the answer. What else is said is passed over.
 */
#ifndef SIM_POLICY_RECORDING_ROWS_H
#define SIM_POLICY_RECORDING_ROWS_H

#include "sim/policy/recording.h"

/* Add every row of `d`, and an episode of each whose `field` holds a turn. Errors: ERR_IO, ERR_DATA
 * (dataset_row). */
NODISCARD enum err_code recording_add_rows(struct recording *r, int phase, const struct dataset *d,
                                           const char *field, struct err *e);

/* The same of one row, scanned. */
void recording_add_talk(struct recording *r, int phase, const struct tape *item, const char *field);

#endif
