/* rftsim completion bash: a completion script made from the same tables as the parser. */
#include <string.h>

#include "sim/cli/cmd.h"

/* Whether the option's value is a path, by what --help calls it. */
static bool takes_path(const struct opt *o)
{
    return o->arg && (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0);
}

static void add_command_names(struct buf *out)
{
    const struct cmd *c = NULL;
    for (size_t i = 0; (c = cmd_at(i)); i++)
        buf_printf(out, "%s%s", i ? " " : "", c->name);
}

/* One branch of the script: the command's options, those that take a path, those that take some
 * other value, and what may stand as an operand. */
static void add_branch(const struct cmd *c, struct buf *out)
{
    buf_printf(out, "    %s)\n        flags='--help", c->name);
    for (const struct opt *o = c->opts; o && o->name; o++)
        buf_printf(out, " --%s", o->name);
    buf_text_add(out, "'\n        paths='");
    for (const struct opt *o = c->opts; o && o->name; o++) {
        if (takes_path(o))
            buf_printf(out, " --%s", o->name);
    }
    buf_text_add(out, " '\n        values='");
    for (const struct opt *o = c->opts; o && o->name; o++) {
        if (o->arg && !takes_path(o))
            buf_printf(out, " --%s", o->name);
    }
    buf_text_add(out, " '\n        operands='");
    if (c == &cmd_help)
        add_command_names(out);
    if (c->choices)
        buf_printf(out, "%s%s", c == &cmd_help ? " " : "", c->choices);
    buf_printf(out, "'\n        files=%s\n        ;;\n", c->operands && !c->choices ? "yes" : "");
}

static void add_bash(struct buf *out)
{
    buf_text_add(out, "# Completion of rftsim for bash: eval \"$(rftsim completion bash)\"\n"
                      "_rftsim()\n{\n"
                      "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                      "    local flags= paths= values= operands= files=\n"
                      "    if ((COMP_CWORD == 1)); then\n"
                      "        mapfile -t COMPREPLY < <(compgen -W '");
    add_command_names(out);
    buf_text_add(out, " --help --version' -- \"$cur\")\n        return\n    fi\n"
                      "    case ${COMP_WORDS[1]} in\n");
    const struct cmd *c = NULL;
    for (size_t i = 0; (c = cmd_at(i)); i++)
        add_branch(c, out);
    buf_text_add(out, "    esac\n"
                      "    if [[ $paths == *\" $prev \"* ]]; then\n"
                      "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                      "    elif [[ $values == *\" $prev \"* ]]; then\n"
                      "        COMPREPLY=()\n"
                      "    elif [[ $cur == -* ]]; then\n"
                      "        mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$cur\")\n"
                      "    elif [[ $files ]]; then\n"
                      "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                      "    else\n"
                      "        mapfile -t COMPREPLY < <(compgen -W \"$operands\" -- \"$cur\")\n"
                      "    fi\n"
                      "}\n"
                      "complete -o filenames -F _rftsim rftsim\n");
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    (void)opts;
    if (strcmp(operands->at[0], "bash") != 0) {
        err_set(e, ERR_USAGE, "no completion for '%s'", operands->at[0]);
        return err_fix(e, "the shell that is known is bash");
    }
    struct buf text = {0};
    add_bash(&text);
    return cmd_print(&text, e);
}

const struct cmd cmd_completion = {
    .name = "completion",
    .operands = "SHELL",
    .min_operands = 1,
    .max_operands = 1,
    .choices = "bash",
    .help = "print a completion script for a shell (bash)",
    .example = "eval \"$(rftsim completion bash)\"\n",
    .run = run,
};
