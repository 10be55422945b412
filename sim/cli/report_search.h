/* rftsim report RUN --search WORDS: the rollouts of a run in which words were said, or came back
 * from a tool. */
#ifndef SIM_CLI_REPORT_SEARCH_H
#define SIM_CLI_REPORT_SEARCH_H

#include "sim/report/history.h"

/* Print them, the best first, a line each and the place in it, or as JSON lines. Errors: ERR_USAGE:
 * `h` is no run of ours; those of search_run; ERR_NO: nothing was found. */
NODISCARD enum err_code report_search(const struct history *h, const char *words, bool json,
                                      struct err *e);

#endif
