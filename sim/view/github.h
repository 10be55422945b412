/* What a check found, as workflow commands of GitHub Actions: annotations at the lines of a change.
 *
 *     ::error file=train.jsonl,line=17,col=42,endColumn=53,title=D006 bad role::unknown role
 * "x"%0A...
 *
 * Source: GitHub, "Workflow commands for GitHub Actions", with the escaping of its toolkit.
 */
#ifndef SIM_VIEW_GITHUB_H
#define SIM_VIEW_GITHUB_H

#include "sim/check/check.h"

void github_write(struct buf *out, const struct check *c);

#endif
