/* rftsim help [COMMAND|TOPIC] */
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/cli/cmd.h"
#include "sim/cli/faults.h"
#include "sim/cli/findings.h"
#include "sim/cli/rules.h"

struct help_opts {
    bool json;
};

static const struct opt help_opts[] = {
    {"json", 0, OPT_FLAG, offsetof(struct help_opts, json), NULL,
     "a topic as one JSON object in place of the text", 0, 0},
    {0},
};

/* What there is to tell besides the commands. */
static const struct topic {
    const char *name;
    void (*text)(struct buf *out);
    void (*json)(struct buf *out);
} topics[] = {
    {"faults", faults_text, faults_json},
    {"findings", findings_text, findings_json},
    {"verdict", rules_text, rules_json},
};

static const struct topic *find_topic(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(topics); i++) {
        if (strcmp(topics[i].name, name) == 0)
            return &topics[i];
    }
    return NULL;
}

static enum err_code unknown(const char *name, struct err *e)
{
    struct nearest near = {.word = name};
    const struct cmd *c = NULL;
    for (size_t i = 0; (c = cmd_at(i)); i++)
        nearest_try(&near, c->name);
    for (size_t i = 0; i < COUNT_OF(topics); i++)
        nearest_try(&near, topics[i].name);
    for (int i = 0; i < DIAG_N_CODES; i++)
        nearest_try(&near, diag_name((enum diag_code)i));
    err_set(e, ERR_USAGE, "no command, topic or code '%s'", name);
    if (near.name)
        return err_fix(e, "did you mean '%s'?", near.name);
    return err_fix(e, "'rftsim help' lists the commands, 'rftsim help help' the topics, 'rftsim "
                      "help findings' the codes");
}

static enum err_code no_json(const char *name, struct err *e)
{
    err_set(e, ERR_USAGE, "--json is for topics and codes%s%s%s", name ? ", and '" : "",
            name ? name : "", name ? "' is a command" : "");
    return err_fix(e, "'rftsim help faults --json'");
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct help_opts *o = opts;
    const char *name = operands->n ? operands->at[0] : NULL;
    const struct topic *topic = name ? find_topic(name) : NULL;
    const struct cmd *c = name ? cmd_find(name) : NULL;
    enum diag_code code = 0;
    bool coded = name && findings_find(name, &code);
    struct buf text = {0};
    if (name && !topic && !c && !coded)
        return unknown(name, e);
    if (o->json && !topic && !coded)
        return no_json(name, e);
    if (topic)
        (o->json ? topic->json : topic->text)(&text);
    else if (coded)
        (o->json ? finding_json : finding_text)(&text, code);
    else if (c)
        cmd_describe(c, &text);
    else
        cmd_usage(&text);
    return cmd_print(&text, e);
}

const struct cmd cmd_help = {
    .name = "help",
    .operands = "[COMMAND|TOPIC|CODE]",
    .max_operands = 1,
    .choices = "faults findings verdict",
    .help = "tell what the program, one command or a topic is about",
    .about =
        "The topics are 'faults', everything that can come of a tool call, what follows from it "
        "and what to do about it; 'findings', everything that can be found in a job before it "
        "runs, each by a CODE; and 'verdict', the rules by which a run is judged.",
    .example = "rftsim help tools\n"
               "rftsim help faults\n"
               "rftsim help D005\n",
    .opts = help_opts,
    .opts_size = sizeof(struct help_opts),
    .run = run,
};
