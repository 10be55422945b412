/* The report page: what is the same in every report, out of sim/view/page/.
 *
 * The page allows itself its own two scripts and its own style sheet, by their SHA-256, and nothing
 * else: no network, no frames, no forms, no handlers in attributes (Content-Security-Policy). What
 * a report is about stands in it as JSON, which nothing executes; the script puts it on the page
 * as text nodes only.
 */
#ifndef SIM_VIEW_PAGE_H
#define SIM_VIEW_PAGE_H

#include <jansson.h>
#include <stddef.h>

#include "sim/base/buf.h"

#define PAGE_UPLOT "1.6.32" /* the version in sim/view/page/uplot */

/* Append the page around `data`, which is what page_json() made. */
void page_write(struct buf *out, const char *title, const struct buf *data);

/* Append `value` as JSON that may stand in a script element: '<', U+2028 and U+2029 are escaped,
 * numbers are as short as they can be. A string longer than `max` bytes is cut, and says so. */
void page_json(struct buf *out, const json_t *value, size_t max);

#endif
