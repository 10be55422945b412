/* Transcripts in the report page: as many as there is room for.
 *
 * Shape: blocks of transcripts, each a JSON array of [id, transcript], compressed
 * (zlib's format, RFC 1950) and in base64. What one rollout says is much like what the next says,
 * so a block takes a small part of its texts' size. In order: those that figures point to, then of
 * each row the worst and the best, then of each row the next worst and so on, until there is no
 * more room.
 */
#ifndef SIM_VIEW_HTML_TRANSCRIPTS_H
#define SIM_VIEW_HTML_TRANSCRIPTS_H

#include "sim/base/buf.h"
#include "sim/view/html_rollouts.h"

struct html_transcripts {
    struct buf *blocks; /* owned */
    size_t n_blocks;
    size_t n;      /* transcripts in them */
    size_t n_room; /* bytes that all of this takes */
    int *block;    /* owned; of each rollout of the html_rollouts, -1 if it is in none */
};

void html_transcripts_init(struct html_transcripts *t, const struct html_rollouts *r);

/* Into an empty one. Errors: what reading a transcript gives. */
NODISCARD enum err_code html_transcripts_pack(struct html_transcripts *t,
                                              const struct html_rollouts *r, const struct facts *f,
                                              const struct verdict *v, size_t max_bytes,
                                              struct err *e);
void html_transcripts_release(struct html_transcripts *t); /* fine on a zeroed one */

/* For the page; the caller's. */
json_t *html_transcripts_json(const struct html_transcripts *t, const struct history *h);

#endif
