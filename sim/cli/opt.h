/* Command-line options as data: one table drives the parser, --help and the completion script.
 *
 * Every option has a variable too: `--rollouts-per-step` is RFTSIM_ROLLOUTS_PER_STEP. A flag on the
 * command line wins over the variable; where neither is given the field keeps what it held before
 * the parse, so that a command can tell "not said" from any value and let the job file decide.
 * Options may stand after operands; "--" ends them; "-" is an operand.
 */
#ifndef SIM_CLI_OPT_H
#define SIM_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"

enum opt_kind {
    OPT_FLAG,  /* bool: present or not; its variable is 1, true, yes, 0, false or no */
    OPT_COUNT, /* unsigned in [min, max] */
    OPT_TEXT,  /* const char *: borrowed from argv or the environment */
    OPT_MANY,  /* struct words: every value given, in order; its variable gives one */
};

enum { OPT_TABLE_MAX = 64 }; /* rows of a table, the {0} at its end left out */

struct opt {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* short form, or 0 */
    enum opt_kind kind;
    size_t offset;     /* of the field in the command's options struct */
    const char *arg;   /* what --help calls the value: "N", "FILE" or "DIR" (completed as paths),
                          or another word; NULL for a flag */
    const char *help;  /* one sentence, no full stop; opt_help wraps it */
    unsigned min, max; /* OPT_COUNT only */
};

struct words {
    const char **at; /* owned; the texts are borrowed from argv or the environment */
    size_t n;
};

/* Fill `into` from argv[1..] and the environment, and `operands` with what is no option. Both are
 * to be released whatever the outcome. Errors: ERR_USAGE. */
NODISCARD enum err_code opt_parse(const struct opt *table, int argc, const char *const *argv,
                                  void *into, struct words *operands, struct err *e);

/* Free what opt_parse allocated in the OPT_MANY fields of `into`. */
void opt_release(const struct opt *table, void *into);
void words_release(struct words *w);

/* Append the table as --help shows it. */
void opt_help(const struct opt *table, struct buf *out);

#endif
