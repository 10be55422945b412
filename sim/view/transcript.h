/* One rollout told turn by turn, from the document that history_transcript() gives, or the one of
 * sim/view/telling.h, which has more in it. What is not in the document is left out. Of long texts
 * the beginning is shown, and how much was left out; secrets are masked, and what is not seen on a
 * screen is shown by its name.
 */
#ifndef SIM_VIEW_TRANSCRIPT_H
#define SIM_VIEW_TRANSCRIPT_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/base/buf.h"

enum { TRANSCRIPT_COLUMNS = 100, TRANSCRIPT_BYTES = 1200, TRANSCRIPT_LABEL = 10 };

struct transcript_page {
    struct buf *out;
    size_t columns; /* of the screen */
    size_t most;    /* bytes shown of a text */
    bool wire;      /* of each call also how it went on the wire, and whose words came of it */
};

/* All of it. */
void transcript_write(struct buf *out, const json_t *transcript);

/* The messages of the row; the turns. */
void transcript_messages(const struct transcript_page *p, const json_t *transcript);
void transcript_turns(const struct transcript_page *p, const json_t *transcript);

/* "  label   text": the text beside its label, on as many lines as it needs. Nothing of NULL. */
void transcript_add(const struct transcript_page *p, size_t indent, const char *label,
                    const char *text);
/* The same of a value of `o`: a text with all that is in it, any other as JSON. */
void transcript_value(const struct transcript_page *p, size_t indent, const char *label,
                      const json_t *o, const char *key);

#endif
