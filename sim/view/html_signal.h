/* The signal report in the report page's data. */
#ifndef SIM_VIEW_HTML_SIGNAL_H
#define SIM_VIEW_HTML_SIGNAL_H

#include <jansson.h>

#include "sim/report/facts.h"

json_t *html_signal(const struct facts *f); /* the caller's */

#endif
