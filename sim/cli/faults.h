/* The table of tools/kind.h as `rftsim help faults` shows it. */
#ifndef SIM_CLI_FAULTS_H
#define SIM_CLI_FAULTS_H

#include "sim/base/buf.h"

void faults_text(struct buf *out); /* at most 100 columns */

/* One object on one line; docs/faults.md is made from it. */
void faults_json(struct buf *out);

#endif
