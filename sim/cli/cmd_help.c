/* rftsim help [COMMAND] */
#include "sim/cli/cmd.h"

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    (void)opts;
    struct buf text = {0};
    if (operands->n == 0) {
        cmd_usage(&text);
        return cmd_print(&text, e);
    }
    const struct cmd *c = cmd_find(operands->at[0]);
    if (!c)
        return cmd_unknown(operands->at[0], e);
    cmd_describe(c, &text);
    return cmd_print(&text, e);
}

const struct cmd cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .max_operands = 1,
    .help = "tell what the program or one command does",
    .example = "rftsim help tools\n",
    .run = run,
};
