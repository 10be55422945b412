/* rftsim convert: rows for supervised fine-tuning as rows for reinforcement. */
#include <string.h>
#include <unistd.h>

#include "sim/base/stage.h"
#include "sim/check/convert.h"
#include "sim/cli/cmd.h"
#include "sim/view/findings.h"

struct convert_opts {
    const char *out; /* NULL or "-": standard output */
    const char *go_on;
    bool whole;
};

static const struct opt convert_opts[] = {
    {"continue", 0, OPT_TEXT, offsetof(struct convert_opts, go_on), "TEXT",
     "decisions after a tool's result become rows too: their messages end in one more of the user, "
     "which says TEXT",
     0, 0},
    {"out", 'o', OPT_TEXT, offsetof(struct convert_opts, out), "FILE",
     "write to a new file (default '-', standard output)", 0, 0},
    {"whole", 0, OPT_FLAG, offsetof(struct convert_opts, whole), NULL,
     "one row for each of the user's messages, with all calls up to the next and the last answer",
     0, 0},
    {0},
};

static bool is_dash(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static enum err_code put(void *arg, const struct buf *row, struct err *e)
{
    return stage_write(arg, row->at, row->len, e);
}

static enum err_code open_input(struct lines *lines, const char **name, int *fd, struct err *e)
{
    uint64_t bytes = 0;
    if (is_dash(*name)) {
        *name = "standard input";
        *fd = -1;
        lines_init_stream(lines, STDIN_FILENO, *name);
        return ERR_OK;
    }
    enum err_code rc = lines_open(fd, &bytes, *name, e);
    if (!rc)
        lines_init(lines, *fd, *name, 0, UINT64_MAX);
    return rc;
}

static enum err_code convert_all(struct convert *c, const char *path, struct err *e)
{
    struct lines lines = {0};
    struct line line;
    bool have = true;
    int fd = -1;
    c->path = path;
    enum err_code rc = open_input(&lines, &c->path, &fd, e);
    while (!rc && !(rc = lines_next(&lines, &line, &have, e)) && have)
        rc = convert_line(c, &line, e);
    lines_release(&lines);
    if (fd >= 0)
        close(fd);
    return rc;
}

static void tell(const struct convert *c)
{
    struct buf text = {0};
    diags_write_grouped(&c->found, &text);
    buf_printf(&text, "%s: %zu of %zu decisions converted, %zu row%s made of %zu\n", c->path,
               c->n_converted, c->n_decisions, c->n_made, c->n_made == 1 ? "" : "s", c->n_rows);
    for (int i = 0; i < CONVERT_N_LEFT; i++) {
        if (c->left[i].n)
            buf_printf(&text, "  %6zu left out: %s (first on line %zu)\n", c->left[i].n,
                       convert_left_words((enum convert_left)i), c->left[i].first);
    }
    if (c->left[CONVERT_AFTER_TOOL].n && !c->whole)
        buf_text_add(&text, "         --whole adds them to the row of the user's message, "
                            "--continue TEXT makes rows of them\n");
    if (c->n_answerless)
        buf_printf(&text, "  %6zu row%s without a turn of the assistant\n", c->n_answerless,
                   c->n_answerless == 1 ? "" : "s");
    cmd_put(stderr, &text);
    buf_release(&text);
}

static enum err_code verdict(const struct convert *c, struct err *e)
{
    if (c->n_faulty)
        return err_set(e, ERR_NO, "%s: %zu of %zu rows %s faulty and left out", c->path,
                       c->n_faulty, c->n_rows, c->n_faulty == 1 ? "is" : "are");
    if (!c->n_made)
        return err_set(e, ERR_NO, "%s: nothing to convert", c->path);
    return ERR_OK;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct convert_opts *o = opts;
    char shown[] = "standard output";
    struct stage_file out = {.file = stdout, .shown = shown};
    struct convert c = {.whole = o->whole, .go_on = o->go_on, .put = put, .arg = &out};
    enum err_code rc = ERR_OK;
    if (o->whole && o->go_on)
        return err_set(e, ERR_USAGE, "--whole and --continue are two ways; say one of them");
    if (!is_dash(o->out))
        rc = stage_create(&out, NULL, o->out, 0, e);
    if (!rc)
        rc = convert_all(&c, operands->at[0], e);
    if (!rc)
        tell(&c);
    if (!rc && !c.n_made)
        rc = verdict(&c, e);
    if (!is_dash(o->out) && stage_publish(&out, e))
        rc = e->code;
    if (!rc)
        rc = verdict(&c, e);
    convert_release(&c);
    return rc;
}

const struct cmd cmd_convert = {
    .name = "convert",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .help = "make rows for reinforcement of rows with answers in them",
    .about =
        "Reads rows as for supervised fine-tuning, of a file or of '-', standard input. Each turn "
        "of the assistant that follows a message of the user becomes a row that ends there. Its "
        "calls go to the field expected_calls, a list of {name, arguments}, its text to "
        "reference_answer. What follows a tool's result cannot end a row and is left out, unless "
        "--whole or --continue says otherwise. 'system' is called 'developer'.\n\n"
        "--whole suits jobs whose tools are called: the model makes all those turns in one "
        "rollout. The default suits graders of the first calls.\n\n"
        "Exit 1 if a row is faulty, which is told and left out, or nothing is converted.",
    .example = "rftsim convert chat.jsonl --out train.jsonl\n"
               "rftsim convert chat.jsonl --whole --out train.jsonl\n"
               "zcat chat.jsonl.gz | rftsim convert - > train.jsonl\n",
    .opts = convert_opts,
    .opts_size = sizeof(struct convert_opts),
    .run = run,
};
