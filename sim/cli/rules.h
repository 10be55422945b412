/* The rules of a verdict as `rftsim help verdict` shows them. */
#ifndef SIM_CLI_RULES_H
#define SIM_CLI_RULES_H

#include "sim/base/buf.h"

void rules_text(struct buf *out); /* at most 100 columns */
void rules_json(struct buf *out); /* one object on one line */

#endif
