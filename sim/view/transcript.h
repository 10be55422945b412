/* One rollout told turn by turn, from the document that history_transcript() gives. */
#ifndef SIM_VIEW_TRANSCRIPT_H
#define SIM_VIEW_TRANSCRIPT_H

#include <jansson.h>

#include "sim/base/buf.h"

/* What is not in the document is left out; long texts are cut, which is said. */
void transcript_write(struct buf *out, const json_t *transcript);

#endif
