/* Subcommands as data. Each cmd_NAME.c defines its entry; cmd.c lists them all.
 *
 * A command gets its options already parsed and its operands counted. It prints results to stdout;
 * errors go up and are printed here, once, with every secret masked.
 */
#ifndef SIM_CLI_CMD_H
#define SIM_CLI_CMD_H

#include <stddef.h>
#include <stdio.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/cli/opt.h"

struct cmd {
    const char *name;     /* what the user types */
    const char *operands; /* usage tail, e.g. "JOB"; NULL for none */
    size_t min_operands;
    size_t max_operands;
    const char *choices;    /* what an operand may be, for completion: "bash"; NULL: a path */
    const char *help;       /* one line, no full stop */
    const char *about;      /* paragraphs for --help; may be NULL */
    const char *example;    /* command lines, each ended by a newline */
    const struct opt *opts; /* ends with {0}; NULL for none */
    const void *defaults;   /* the options struct before the parse */
    size_t opts_size;       /* its size */
    enum err_code (*run)(const void *opts, const struct words *operands, struct err *e);
};

extern const struct cmd cmd_check;
extern const struct cmd cmd_compare;
extern const struct cmd cmd_convert;
extern const struct cmd cmd_plan;
extern const struct cmd cmd_eval;
extern const struct cmd cmd_run;
extern const struct cmd cmd_grade;
extern const struct cmd cmd_report;
extern const struct cmd cmd_rollout;
extern const struct cmd cmd_tools;
extern const struct cmd cmd_help;
extern const struct cmd cmd_completion;

const struct cmd *cmd_find(const char *name); /* NULL if there is none */
const struct cmd *cmd_at(size_t i);           /* in the order of --help; NULL after the last */

/* Refuse the name of a command that does not exist, with the nearest one that does. */
enum err_code cmd_unknown(const char *name, struct err *e);

void cmd_usage(struct buf *out);                         /* what `rftsim --help` says */
void cmd_describe(const struct cmd *c, struct buf *out); /* and `rftsim COMMAND --help` */
NODISCARD enum err_code cmd_print(struct buf *text, struct err *e); /* to stdout; empties `text` */

/* Print with every secret masked, at once; of JSON in its strings alone. The caller asks ferror()
 * where it matters. */
void cmd_put(FILE *to, const struct buf *text);
void cmd_put_json(FILE *to, const struct buf *text);

/* The program after start-up: find the command, run it, report, return the exit status. */
int cmd_main(int argc, const char *const *argv);

#endif
