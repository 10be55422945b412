#include "sim/cli/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/secret.h"
#include "sim/base/wrap.h"

enum { HELP_COLUMN = 14 };

static const struct cmd *const cmds[] = {
    /* in the order --help shows them */
    &cmd_check,  &cmd_convert, &cmd_plan,  &cmd_run,   &cmd_eval, &cmd_rollout,
    &cmd_report, &cmd_compare, &cmd_grade, &cmd_tools, &cmd_help, &cmd_completion,
};

static const struct opt no_opts[] = {{0}};

static const struct opt *opts_of(const struct cmd *c)
{
    return c->opts ? c->opts : no_opts;
}

const struct cmd *cmd_at(size_t i)
{
    return i < COUNT_OF(cmds) ? cmds[i] : NULL;
}

const struct cmd *cmd_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(cmds); i++) {
        if (strcmp(cmds[i]->name, name) == 0)
            return cmds[i];
    }
    return NULL;
}

enum err_code cmd_unknown(const char *name, struct err *e)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < COUNT_OF(cmds); i++)
        nearest_try(&near, cmds[i]->name);
    err_set(e, ERR_USAGE, "no command '%s'", name);
    if (near.name)
        return err_fix(e, "did you mean '%s'?", near.name);
    return err_fix(e, "'rftsim help' lists the commands");
}

void cmd_usage(struct buf *out)
{
    buf_text_add(out, "usage: rftsim COMMAND [OPTION]... [OPERAND]...\n"
                      "Rehearse an agentic reinforcement fine-tuning job on this machine.\n\n");
    for (size_t i = 0; i < COUNT_OF(cmds); i++) {
        buf_printf(out, "  %-*s", HELP_COLUMN - 2, cmds[i]->name);
        wrap_add(out, HELP_COLUMN, HELP_COLUMN, cmds[i]->help);
    }
    buf_text_add(out,
                 "\n'rftsim help COMMAND' tells more, 'rftsim --version' which one this is.\n");
}

static void describe_examples(const char *example, struct buf *out)
{
    buf_text_add(out, "\nexample:\n");
    while (*example) {
        size_t len = strcspn(example, "\n");
        buf_printf(out, "  %.*s\n", (int)len, example);
        example += len + (example[len] != '\0');
    }
}

void cmd_describe(const struct cmd *c, struct buf *out)
{
    buf_printf(out, "usage: rftsim %s%s%s%s\n", c->name, c->opts ? " [OPTION]..." : "",
               c->operands ? " " : "", c->operands ? c->operands : "");
    wrap_add(out, 0, 0, c->help);
    if (c->about) {
        buf_char(out, '\n');
        wrap_add(out, 0, 0, c->about);
    }
    if (c->opts) {
        buf_char(out, '\n');
        opt_help(c->opts, out);
    }
    if (c->example)
        describe_examples(c->example, out);
}

enum err_code cmd_print(struct buf *text, struct err *e)
{
    bool written = fwrite(buf_text(text), 1, text->len, stdout) == text->len;
    buf_release(text);
    return written ? ERR_OK : err_sys(e, "standard output");
}

static void put(FILE *to, struct buf *masked)
{
    fwrite(buf_text(masked), 1, masked->len, to);
    fflush(to);
    buf_release(masked);
}

void cmd_put(FILE *to, const struct buf *text)
{
    struct buf masked = {0};
    secret_mask(&masked, buf_text(text), text->len);
    put(to, &masked);
}

void cmd_put_json(FILE *to, const struct buf *text)
{
    struct buf masked = {0};
    secret_mask_strings(&masked, buf_text(text), text->len);
    put(to, &masked);
}

/* What the program says about itself before any command. False: the word is no such question. */
static bool answer_about_self(const char *word, struct buf *out)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        cmd_usage(out);
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        buf_text_add(out, "rftsim " RFTSIM_VERSION "\n");
    else
        return false;
    return true;
}

static bool asks_for_help(int argc, const char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

static enum err_code count_operands(const struct cmd *c, const struct words *operands,
                                    struct err *e)
{
    if (operands->n < c->min_operands)
        return err_set(e, ERR_USAGE, "%s is missing", c->operands);
    for (size_t i = 0; i < operands->n && c->operands; i++) {
        if (!*operands->at[i])
            return err_set(e, ERR_USAGE, "%s is given, but is empty", c->operands);
    }
    if (operands->n <= c->max_operands)
        return ERR_OK;
    if (!c->operands)
        return err_set(e, ERR_USAGE, "takes no operand, found '%s'", operands->at[0]);
    return err_set(e, ERR_USAGE, "one operand too many: '%s'", operands->at[c->max_operands]);
}

static enum err_code call(const struct cmd *c, int argc, const char *const *argv, struct err *e)
{
    if (asks_for_help(argc, argv)) {
        struct buf text = {0};
        cmd_describe(c, &text);
        return cmd_print(&text, e);
    }
    void *opts = mem_new(c->opts_size);
    if (c->defaults)
        memcpy(opts, c->defaults, c->opts_size);
    struct words operands = {0};
    enum err_code rc = opt_parse(opts_of(c), argc, argv, opts, &operands, e);
    if (!rc)
        rc = count_operands(c, &operands, e);
    if (rc && !e->fix[0])
        err_fix(e, "'rftsim help %s' tells how it is used", c->name);
    if (!rc)
        rc = c->run(opts, &operands, e);
    opt_release(opts_of(c), opts);
    words_release(&operands);
    free(opts);
    return rc;
}

/* The only place that prints an error. */
static void complain(const char *who, const struct err *e)
{
    struct buf text = {0};
    buf_printf(&text, "rftsim%s%s: %s\n", who ? " " : "", who ? who : "", e->text);
    if (e->fix[0])
        buf_printf(&text, "  fix: %s\n", e->fix);
    struct buf shown = {0};
    secret_mask(&shown, buf_text(&text), text.len);
    fputs(buf_text(&shown), stderr);
    buf_release(&shown);
    buf_release(&text);
}

/* A full disk shows only now: what was written may still be in the stream's buffer. */
static enum err_code finish(enum err_code rc, struct err *e)
{
    int failed = fflush(stdout);
    if (rc || (!failed && !ferror(stdout)))
        return rc;
    return failed ? err_sys(e, "standard output")
                  : err_set(e, ERR_IO, "standard output: not all of it was written");
}

static enum err_code dispatch(int argc, const char *const *argv, const char **who, struct err *e)
{
    struct buf text = {0};
    if (answer_about_self(argv[1], &text))
        return cmd_print(&text, e);
    if (argv[1][0] == '-') {
        err_set(e, ERR_USAGE, "no option %s before the command", argv[1]);
        return err_fix(e, "'rftsim help' lists the commands; options follow them");
    }
    const struct cmd *c = cmd_find(argv[1]);
    if (!c)
        return cmd_unknown(argv[1], e);
    *who = c->name;
    return call(c, argc - 1, argv + 1, e);
}

int cmd_main(int argc, const char *const *argv)
{
    if (argc < 2) {
        struct buf text = {0};
        cmd_usage(&text);
        fputs(buf_text(&text), stderr);
        buf_release(&text);
        return err_status(ERR_USAGE);
    }
    struct err e = {0};
    const char *who = NULL; /* the command that failed */
    enum err_code rc = finish(dispatch(argc, argv, &who, &e), &e);
    if (rc)
        complain(who, &e);
    return err_status(rc);
}
