/* A run in the files of other tools: each kind in a folder of its own, which is there whole or not
 * at all and never over another.
 *
 *     csv, jsonl    a file a table: of a run.db its tables (run_tables.h), of the service's files
 *                   what is known of them (history_tables.h)
 *     jsonl also    transcripts.jsonl: every rollout turn by turn (history_transcript), one a line
 *     tensorboard   an event file (scalars.h)
 */
#ifndef SIM_VIEW_EXPORTS_H
#define SIM_VIEW_EXPORTS_H

#include "sim/report/history.h"

/* Folders; NULL: not asked for. */
struct exports {
    const char *csv;
    const char *jsonl;
    const char *tensorboard;
};

/* Errors: ERR_USAGE: a folder is there already; ERR_IO; ERR_DATA: the run is damaged. */
NODISCARD enum err_code exports_write(const struct exports *x, const struct history *h,
                                      struct err *e);

#endif
