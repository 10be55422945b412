#include "sim/check/dialect.h"

#include <string.h>
#include <strings.h>

#include "sim/base/nearest.h"

enum { OBJECTIONS_MAX = 16, SUFFIX_AZURE = 40 };

/* 2.2; an alias is resolved to its dated name. */
static const struct {
    const char *name;
    bool azure_only;
    bool open_weights;
} models[] = {
    {"o4-mini-2025-04-16", false, false},
    {"o4-mini", false, false},
    {"gpt-5-2025-08-07", true, false},
    {"gpt-5", true, false},
    {"qwen3-32b", true, true},
    {"qwen3.6-35b-a3b", true, true},
};

struct objection {
    enum dialect by;
    const char *pointer;
    const char *what; /* "method.reinforcement.tools" */
    const char *text; /* the finding */
    const char *fix;
};

struct objections {
    const struct job *job;
    struct objection at[OBJECTIONS_MAX];
    size_t n;
};

static void object(struct objections *o, struct objection objection)
{
    if (o->n < OBJECTIONS_MAX)
        o->at[o->n++] = objection;
}

static void object_to_key(struct objections *o, const char *pointer, const char *what)
{
    if (doc_value(o->job->doc->root, pointer))
        object(o, (struct objection){DIALECT_OPENAI, pointer, what,
                                     "OpenAI's fine-tuning jobs have no such key",
                                     "take it away for OpenAI; rftsim plays the Azure dialect"});
}

static void look_at_suffix(struct objections *o)
{
    static const char known[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const char *suffix = o->job->suffix;
    if (!suffix)
        return;
    if (strspn(suffix, known) != strlen(suffix))
        object(o, (struct objection){DIALECT_AZURE, "/suffix", "suffix",
                                     "Azure's suffix has letters, digits, - and _ only",
                                     "write it with those"});
    else if (strlen(suffix) > SUFFIX_AZURE)
        object(o, (struct objection){DIALECT_AZURE, "/suffix", "suffix",
                                     "Azure's suffix has at most 40 characters; OpenAI's may have "
                                     "64",
                                     "shorten it"});
}

static void look_at_model(struct objections *o)
{
    const json_t *type = json_object_get(o->job->doc->root, "trainingType");
    for (size_t i = 0; o->job->model && i < COUNT_OF(models); i++) {
        if (strcmp(models[i].name, o->job->model) != 0)
            continue;
        if (models[i].azure_only)
            object(o, (struct objection){DIALECT_OPENAI, "/model", "this model",
                                         "OpenAI does not train this model by reinforcement",
                                         "o4-mini-2025-04-16 is trained by both"});
        const char *given = json_string_value(type);
        if (models[i].open_weights && (!given || strcasecmp(given, "globalStandard") != 0))
            object(o, (struct objection){DIALECT_AZURE, type ? "/trainingType" : "/model",
                                         "open weights without trainingType: globalStandard",
                                         "Azure trains open weights with trainingType: "
                                         "globalStandard only",
                                         "trainingType: globalStandard"});
    }
}

static void look_at_grader(struct objections *o, const json_t *spec, const char *pointer)
{
    const char *type = json_string_value(json_object_get(spec, "type"));
    const char *key = NULL;
    json_t *part = NULL;
    if (type && strcmp(type, "endpoint") == 0)
        object(o, (struct objection){DIALECT_OPENAI, pointer, "endpoint graders",
                                     "OpenAI takes an endpoint grader from few accounts only",
                                     "use a python or a model grader there"});
    json_object_foreach(json_object_get(spec, "graders"), key, part)
    {
        if (json_is_object(part))
            look_at_grader(o, part, pointer);
    }
}

/* A model that was fine-tuned before may be trained on. */
static bool is_tuned(const char *model)
{
    return strncmp(model, "ft:", 3) == 0 || strstr(model, ".ft-");
}

static void check_model(const struct job *job, struct diags *list)
{
    struct nearest near = {.word = job->model};
    if (!job->model || is_tuned(job->model))
        return;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        if (strcmp(models[i].name, job->model) == 0)
            return;
        nearest_try(&near, models[i].name);
    }
    struct diag *d = doc_fault(job->doc, list, DIAG_WARNING, DIAG_J018, "/model",
                               "no documentation names '%s' as one for reinforcement", job->model);
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "documented are o4-mini, gpt-5, qwen3-32b and qwen3.6-35b-a3b (2.2)");
}

static size_t count_by(const struct objections *o, enum dialect by)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++)
        n += o->at[i].by == by;
    return n;
}

static void tell(const struct objections *o, enum dialect by, enum diag_severity severity,
                 struct diags *list)
{
    for (size_t i = 0; i < o->n; i++) {
        const struct objection *x = &o->at[i];
        if (x->by == by)
            diag_fix(doc_fault(o->job->doc, list, severity,
                               by == DIALECT_AZURE ? DIAG_J019 : DIAG_J020, x->pointer, "%s",
                               x->text),
                     "%s", x->fix);
    }
}

static void list_objections(const struct objections *o, struct buf *out)
{
    const char *before = "";
    for (size_t i = 0; i < o->n; i++) {
        buf_printf(out, "%s%s", before, o->at[i].what);
        before = ", ";
    }
}

void dialect_check(const struct job *job, enum dialect dialect, struct diags *list, struct buf *out)
{
    struct objections o = {.job = job};
    check_model(job, list);
    look_at_model(&o);
    look_at_suffix(&o);
    object_to_key(&o, "/trainingType", "trainingType");
    object_to_key(&o, JOB_TOOLS_POINTER, "tools");
    object_to_key(&o, "/method/reinforcement/max_episode_steps", "max_episode_steps");
    look_at_grader(&o, job->grader, JOB_GRADER_POINTER);

    size_t n_azure = count_by(&o, DIALECT_AZURE);
    size_t n_openai = count_by(&o, DIALECT_OPENAI);
    if (dialect != DIALECT_BOTH) {
        tell(&o, dialect, DIAG_ERROR, list);
        buf_text_add(out, dialect == DIALECT_AZURE ? "Azure" : "OpenAI");
    } else if (n_azure && n_openai) {
        tell(&o, DIALECT_AZURE, DIAG_WARNING, list);
        tell(&o, DIALECT_OPENAI, DIAG_WARNING, list);
        buf_text_add(out, "neither Azure nor OpenAI takes the job as it is");
    } else if (n_azure || n_openai) {
        buf_text_add(out, n_azure ? "OpenAI; Azure would refuse " : "Azure; OpenAI would refuse ");
        list_objections(&o, out);
    } else {
        buf_text_add(out, "Azure and OpenAI");
    }
}
