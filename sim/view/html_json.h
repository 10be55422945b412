/* Values of the report page's data: what is not known is null, a text is valid UTF-8. */
#ifndef SIM_VIEW_HTML_JSON_H
#define SIM_VIEW_HTML_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "sim/run/run.h"
#include "sim/stats/interval.h"

/* The caller's. */
json_t *html_text(const char *text); /* NULL gives null; what is over 4,000 bytes is cut */
json_t *html_number(double value);   /* NAN likewise */
json_t *html_rollouts(const size_t *at, size_t n);
json_t *html_interval(const struct interval *i); /* {"low", "high"}, or {"why"} there is none */

const char *html_phase(enum wave_phase phase);

void html_set(json_t *o, const char *key, json_t *value); /* takes `value` */
void html_set_number(json_t *o, const char *key, double value);
void html_set_count(json_t *o, const char *key, uint64_t value);
void html_set_known(json_t *o, const char *key, int64_t value);    /* -1 gives null */
void html_set_rollout(json_t *o, const char *key, size_t rollout); /* SIZE_MAX likewise */

#endif
