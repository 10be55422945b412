/* The report as one HTML file: `rftsim report RUN --html FILE`.
 *
 * The file needs no network and is under HTML_MAX_BYTES whatever the run: figures are over all
 * rollouts, the map over HTML_MOST_ROLLOUTS at most, and transcripts are put in while there is
 * room. What was left out is counted on the page. The same history gives the same bytes.
 * Threads: one caller's; transcripts are read through the history.
 */
#ifndef SIM_VIEW_HTML_H
#define SIM_VIEW_HTML_H

#include "sim/base/buf.h"
#include "sim/report/verdict.h"

enum {
    HTML_MAX_BYTES = 2000000,
    HTML_MOST_ROLLOUTS = 10000,
    HTML_MOST_ROWS = 200,
    HTML_MOST_POINTS = 1000,
    HTML_MOST_CHARTS = 24
};

/* Append the page. Errors: what reading a transcript gives. */
NODISCARD enum err_code html_report(struct buf *out, const struct facts *f, const struct verdict *v,
                                    struct err *e);

/* The same, as a new file. Errors: ERR_USAGE: it is there already; ERR_IO. */
NODISCARD enum err_code html_write(const char *path, const struct facts *f, const struct verdict *v,
                                   struct err *e);

#endif
