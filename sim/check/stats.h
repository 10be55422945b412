/* How long the rows of a file are, and which tools they have; kept only when asked for.
 *
 * Lengths are of the text as it stands in the file, escapes included.
 */
#ifndef SIM_CHECK_STATS_H
#define SIM_CHECK_STATS_H

#include "sim/base/tape.h"
#include "sim/check/fields.h"

enum {
    STATS_MOST_TOOLS = 512,
    STATS_TOKEN_BYTES = 4, /* a token, as a rule of thumb for English */
};

enum stats_role { STATS_DEVELOPER, STATS_USER, STATS_ASSISTANT, STATS_TOOL, STATS_N_ROLES };

struct stats_tool {
    char *name; /* owned; as between its quotes */
    size_t len;
    size_t n_rows;
};

struct stats {
    struct spread rows;                /* bytes */
    struct spread messages;            /* of a row */
    struct spread text[STATS_N_ROLES]; /* bytes of a message's content */
    struct spread tokens;              /* of a row's messages and tools, an estimate */
    struct stats_tool *tools;          /* owned; in the order they were met */
    size_t n_tools;
};

const char *stats_role_name(enum stats_role role);

void stats_row(struct stats *s, const struct tape *row, const struct row_parts *parts);

/* `block` is then empty. */
void stats_join(struct stats *whole, struct stats *block);
void stats_release(struct stats *s);

#endif
