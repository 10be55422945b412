/* What `rftsim check --fix` did: of each file what was mended, how often and where first. */
#ifndef SIM_VIEW_FIXES_H
#define SIM_VIEW_FIXES_H

#include "sim/base/buf.h"
#include "sim/check/fix.h"

void fixes_write(struct buf *out, const struct fix *f, const char *folder);

/* One JSON object on one line. */
void fixes_write_json(struct buf *out, const struct fix *f, const char *folder);

#endif
