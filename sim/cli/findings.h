/* The table of sim/job/codes.h as `rftsim help findings` and `rftsim help CODE` show it. */
#ifndef SIM_CLI_FINDINGS_H
#define SIM_CLI_FINDINGS_H

#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/job/diag.h"

void findings_text(struct buf *out); /* at most 100 columns */

/* One object on one line; docs/findings.md is made from it. */
void findings_json(struct buf *out);

/* A code by its name, case aside. False if there is none. */
bool findings_find(const char *name, enum diag_code *out);

void finding_text(struct buf *out, enum diag_code code);
void finding_json(struct buf *out, enum diag_code code);

#endif
