/* What a check found, as text: each fault with its place, of a code the first few and then how many
 * more; a summary by code; what to do next. */
#ifndef SIM_VIEW_FINDINGS_H
#define SIM_VIEW_FINDINGS_H

#include "sim/check/check.h"

void findings_write(struct buf *out, const struct check *c);

/* One list of faults, and of each code how many more there are than were kept. */
void findings_write_list(struct buf *out, const struct diags *list);

/* One JSON object on one line. */
void findings_write_json(struct buf *out, const struct check *c);

#endif
