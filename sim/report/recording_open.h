/* Records of rollouts as what `replay` plays: a run folder of our own, or an export of an
 * evaluation of the service.
 *
 * Messages are as they were written, outputs as the model was shown them. Of our own runs both are
 * masked, and nothing over 64 KiB is whole (schema.sql): an episode ends where a message is cut.
 * Of a turn that max_episode_steps cut off nothing is recorded; an export does not even say that it
 * was (history_export.h tells by the signs).
 */
#ifndef SIM_REPORT_RECORDING_OPEN_H
#define SIM_REPORT_RECORDING_OPEN_H

#include "sim/policy/recording.h"
#include "sim/report/history.h"

/* `path` is whatever history_open() takes, if it has rollouts. On success `*out` is the caller's,
 * closed, and bound to nothing. Errors: ERR_IO; ERR_DATA: it is none of these, or broken. */
NODISCARD enum err_code recording_open(struct recording **out, const char *path, struct err *e);

/* For each source: append the episodes of `h`, in its order; rows are there. */
NODISCARD enum err_code recording_add_run(struct recording *r, const struct history *h,
                                          struct err *e);
NODISCARD enum err_code recording_add_export(struct recording *r, const struct history *h,
                                             struct err *e);

/* The episode of rollout number `i`, with its score. For these. */
void recording_begin(struct recording *r, const struct history *h, size_t i);

/* A turn of `kind` whose text is this. */
struct recorded_turn *recording_say(struct recording *r, enum recorded_turn_kind kind,
                                    const char *text, size_t len);

#endif
