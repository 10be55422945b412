/* command: any program, asked for each turn in a line of JSON (command_line.h).
 *
 *     type: command
 *     argv: [./policy.py, --greedy]
 *     timeout_ms: 60000           for an answer (default 60000)
 *     env: {MODEL: small}         besides the environment that rftsim has
 *
 * It starts in the folder of the file that names it, once an engine thread (command_program.h).
 * PYTHONUNBUFFERED is set unless it is set to something else: who prints a line means it to be
 * read.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/policy/command_program.h"
#include "sim/policy/kinds.h"

enum {
    ARGV_MOST = 256,
    TIMEOUT_MS_DEFAULT = 60000,
    TIMEOUT_MS_MOST = 86400000,
};

struct command {
    char **argv;        /* owned, each; NULL after it */
    char **environment; /* owned, each; likewise */
    char *folder;       /* owned */
    int timeout_ms;
    struct program *program; /* owned; NULL if it is only looked at */
    struct buf note;
};

struct reader {
    struct command *into;
    const struct policy_spec *spec;
    struct diags *list;
};

static struct diag *fault(const struct reader *r, enum diag_code code, const char *key,
                          const char *text)
{
    return policy_fault(r->spec, r->list, code, key, text);
}

/* Which the system takes up to its first NUL. */
static bool is_word(const json_t *text)
{
    return json_is_string(text) && strlen(json_string_value(text)) == json_string_length(text);
}

static void read_argv(const struct reader *r)
{
    static const char fix[] = "write argv: [./policy.py], or [python3, policy.py]: a list, of the "
                              "program and each of its arguments";
    const json_t *argv = json_object_get(r->spec->json, "argv");
    struct command *s = r->into;
    size_t n = json_array_size(argv);
    size_t i = 0;
    const json_t *word = NULL;
    if (!n || n > ARGV_MOST) {
        diag_fix(fault(r, argv ? DIAG_J004 : DIAG_J003, "argv",
                       "a command needs argv, a list of 1 to 256 texts"),
                 "%s", fix);
        return;
    }
    s->argv = mem_array(n + 1, sizeof(*s->argv));
    json_array_foreach(argv, i, word)
    {
        if (!is_word(word) || (!i && !json_string_length(word))) {
            diag_fix(fault(r, DIAG_J004, "argv",
                           "the words of argv are texts without NUL, and the first is not empty"),
                     "%s", fix);
            return;
        }
        s->argv[i] = mem_text(json_string_value(word));
        buf_printf(&s->note, "%s%s", i ? " " : "", s->argv[i]);
    }
}

static void read_timeout(const struct reader *r)
{
    const json_t *limit = json_object_get(r->spec->json, "timeout_ms");
    json_int_t ms = limit ? json_integer_value(limit) : TIMEOUT_MS_DEFAULT;
    if (limit && !json_is_integer(limit))
        diag_fix(fault(r, DIAG_J004, "timeout_ms", "timeout_ms is a whole number"),
                 "write how long an answer may take, such as 60000");
    else if (ms < 1 || ms > TIMEOUT_MS_MOST)
        diag_fix(fault(r, DIAG_J005, "timeout_ms", "timeout_ms is from 1 to 86400000"),
                 "write how long an answer may take, such as 60000");
    else
        r->into->timeout_ms = (int)ms;
}

/* --- the environment: ours, then what the spec sets ------------------------------------------ */

/* `taken`: its words are freed with the list. */
static void set_variable(struct command *s, size_t *n, char *word)
{
    size_t name = (size_t)(strchr(word, '=') - word) + 1;
    for (size_t i = 0; i < *n; i++) {
        if (strncmp(s->environment[i], word, name) == 0) {
            free(s->environment[i]);
            s->environment[i] = word;
            return;
        }
    }
    s->environment = mem_grow(s->environment, *n + 2, sizeof(*s->environment));
    s->environment[(*n)++] = word;
    s->environment[*n] = NULL;
}

static void read_variable(const struct reader *r, size_t *n, const char *name, const json_t *value)
{
    if (!*name || strchr(name, '=')) {
        diag_fix(fault(r, DIAG_J004, "env", "the name of a variable is not empty and has no '='"),
                 "write env: {NAME: value}");
        return;
    }
    if (!is_word(value)) {
        diag_fix(fault(r, DIAG_J004, "env", "the values of env are texts without NUL"),
                 "put numbers in quotes; env: {NAME: \"1\"}");
        return;
    }
    set_variable(r->into, n, mem_printf("%s=%s", name, json_string_value(value)));
}

static void read_env(const struct reader *r)
{
    const json_t *env = json_object_get(r->spec->json, "env");
    const char *name = NULL;
    json_t *value = NULL;
    size_t n = 0;
    set_variable(r->into, &n, mem_text("PYTHONUNBUFFERED=1"));
    for (char **word = environ; *word; word++) {
        if (strchr(*word, '='))
            set_variable(r->into, &n, mem_text(*word));
    }
    if (env && !json_is_object(env))
        diag_fix(fault(r, DIAG_J004, "env", "env is an object of texts"),
                 "write env: {NAME: value}");
    json_object_foreach((json_t *)(uintptr_t)env, name, value) read_variable(r, &n, name, value);
}

/* --------------------------------------------------------------------------------------------- */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_text(".");
    return slash == path ? mem_text("/") : mem_slice(path, (size_t)(slash - path));
}

static void start_program(struct command *s, const struct policy_spec *spec)
{
    const struct policy_context *context = spec->context;
    s->program = program_new(&(struct program_config){
        .job = spec->job,
        .engine = context->engine,
        .argv = (const char *const *)s->argv,
        .folder = s->folder,
        .environment = s->environment,
        .timeout_ms = s->timeout_ms,
        .hopeless = context->hopeless,
        .arg = context->arg,
    });
}

static enum err_code command_open(void *self, const struct policy_spec *spec, struct diags *list,
                                  struct err *e)
{
    static const char *const known[] = {"type", "argv", "timeout_ms", "env", NULL};
    struct command *s = self;
    struct reader r = {s, spec, list};
    size_t errors = list->n_errors;
    doc_check_keys(spec->doc, list, spec->json, spec->pointer, known, "");
    read_argv(&r);
    read_timeout(&r);
    read_env(&r);
    s->folder = folder_of(spec->doc->path);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    if (spec->context->engine)
        start_program(s, spec);
    return ERR_OK;
}

static void command_start(void *self, struct playing *x, const struct policy_view *view)
{
    const struct command *s = self;
    program_start(s->program, x, view);
}

static void command_stop(void *self, struct playing *x)
{
    (void)self;
    program_stop(x);
}

static const char *command_note(const void *self)
{
    const struct command *s = self;
    return buf_text(&s->note);
}

static size_t command_descriptors(const void *self)
{
    (void)self;
    return PROGRAM_DESCRIPTORS;
}

static void free_words(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

static void command_close(void *self)
{
    struct command *s = self;
    program_free(s->program);
    free_words(s->argv);
    free_words(s->environment);
    free(s->folder);
    buf_release(&s->note);
}

const struct policy_ops policy_command = {
    .type = "command",
    .size = sizeof(struct command),
    .open = command_open,
    .start = command_start,
    .stop = command_stop,
    .note = command_note,
    .descriptors = command_descriptors,
    .close = command_close,
};
