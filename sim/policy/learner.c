#include "sim/policy/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/job/settings.h"
#include "sim/policy/actions.h"
#include "sim/policy/episode.h"
#include "sim/policy/kinds.h"

enum { DEPTH_DEFAULT = 3 };

static const double step_size_default = 0.5;

struct learner {
    struct actions actions;
    struct script_text feature; /* empty: there is none */
    struct script_room room;
    struct policy_turn value; /* the feature of the row at hand */
    struct learned own;
    struct learned *learned; /* own, or another's */
    double *chances;         /* owned; room for the actions' */
    double step_size;        /* as given */
    struct learning how;
    json_t *list; /* owned; the actions before variables were put in, or as they were derived */
    char *feature_source; /* owned; likewise; NULL if there is none */
    struct buf note;
};

struct reader {
    struct learner *into;
    const struct policy_spec *spec;
    struct diags *list;
};

/* --- the spec -------------------------------------------------------------------------------- */

static struct diag *fault(const struct reader *r, enum diag_code code, const char *key,
                          const char *text)
{
    return policy_fault(r->spec, r->list, code, key, text);
}

/* What stands under a key before variables were put in, borrowed. */
static json_t *source_of(const struct reader *r, const char *key)
{
    char *at = mem_printf("%s/%s", r->spec->pointer, key);
    json_t *value = doc_value(r->spec->doc->source, at);
    free(at);
    return value;
}

static double read_number(const struct reader *r, const char *key, double otherwise, double most,
                          const char *want)
{
    const json_t *json = json_object_get(r->spec->json, key);
    double value = json_number_value(json);
    if (!json)
        return otherwise;
    if (!json_is_number(json))
        diag_fix(fault(r, DIAG_J004, key, "this is a number"), "write %s", want);
    else if (!isfinite(value) || value < 0 || value > most)
        diag_fix(fault(r, DIAG_J005, key, "this number is out of range"), "write %s", want);
    return value;
}

static unsigned read_depth(const struct reader *r)
{
    const json_t *json = json_object_get(r->spec->json, "depth");
    json_int_t depth = json ? json_integer_value(json) : DEPTH_DEFAULT;
    if (json && (!json_is_integer(json) || depth < 0 || depth > LEARNED_DEPTH_MAX))
        diag_fix(fault(r, json_is_integer(json) ? DIAG_J005 : DIAG_J004, "depth",
                       "depth is how many of the last actions make the state, from 0 to 6"),
                 "write depth: 3");
    return (unsigned)depth;
}

static bool read_by_deviation(const struct reader *r)
{
    const json_t *json = json_object_get(r->spec->json, "advantage");
    const char *word = json_string_value(json);
    bool mean = word && strcmp(word, "mean") == 0;
    if (json && !mean && !(word && strcmp(word, "std") == 0))
        diag_fix(fault(r, DIAG_J007, "advantage", "an advantage is std or mean"),
                 "write advantage: std, or mean to leave out the division by the deviation");
    return !mean;
}

/* `arg` is a bool: whether a template was met that reads the row. */
static void meet_item(void *arg, const char *where, const struct template *t)
{
    bool *met = arg;
    (void)where;
    for (size_t i = 0; i < t->n_parts; i++)
        *met |= !t->parts[i].literal && strcmp(episode_roots[t->parts[i].path.root], "item") == 0;
}

static bool reads_row(const struct script_text *t)
{
    bool met = false;
    script_text_visit(t, meet_item, &met);
    return met;
}

static void read_feature(const struct reader *r)
{
    size_t errors = r->list->n_errors;
    const json_t *json = json_object_get(r->spec->json, "feature");
    char *at = mem_printf("%s/feature", r->spec->pointer);
    if (json_is_string(json)) {
        script_text_string(&r->into->feature, r->spec->doc, r->list, json_string_value(json),
                           json_string_length(json), at, false);
        r->into->feature_source = mem_text(json_string_value(source_of(r, "feature")));
        if (r->list->n_errors == errors && !reads_row(&r->into->feature))
            diag_fix(fault(r, DIAG_J007, "feature", "this feature is the same for each row"),
                     "write feature: \"{{item.KEY}}\", or leave it away");
    } else if (json) {
        diag_fix(fault(r, DIAG_J004, "feature", "a feature is a text with a template"),
                 "write feature: \"{{item.KEY}}\"");
    }
    free(at);
}

/* Whether a variable made something other than a text of what a checkpoint has as the text ${NAME}.
 */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the job file, which has a bound */
static bool is_retyped(const json_t *source, const json_t *value)
{
    const char *key = NULL;
    const json_t *inner = NULL;
    size_t i = 0;
    bool is = json_is_string(source) && !json_is_string(value);
    json_object_foreach((json_t *)(uintptr_t)source, key, inner)
    {
        is = is || is_retyped(inner, json_object_get(value, key));
    }
    json_array_foreach(source, i, inner)
    {
        is = is || is_retyped(inner, json_array_get(value, i));
    }
    return is;
}

static void check_variables(const struct reader *r, const json_t *actions)
{
    for (size_t i = 0; i < json_array_size(actions); i++) {
        if (!is_retyped(json_array_get(r->into->list, i), json_array_get(actions, i)))
            continue;
        char *key = mem_printf("actions/%zu", i);
        diag_fix(fault(r, DIAG_J004, key,
                       "a variable is no text here, and would be one in a checkpoint, which shows "
                       "no values"),
                 "put it in quotes if a text will do, or write the value itself");
        free(key);
    }
}

static void read_actions(const struct reader *r)
{
    struct learner *s = r->into;
    const json_t *json = json_object_get(r->spec->json, "actions");
    char *at = mem_printf("%s/actions", r->spec->pointer);
    s->list = json ? json_incref(source_of(r, "actions")) : actions_derive(r->spec->job, &s->note);
    if (!json && json_array_size(s->list) < 2)
        diag_fix(fault(r, DIAG_J003, "actions",
                       "a learner needs two actions at least, and neither job nor first row have "
                       "any to make them of"),
                 "write actions: [{name: WORD, call: TOOL, arguments: {...}}, {name: WORD, answer: "
                 "TEXT}]");
    else
        actions_read(&s->actions, r->spec, r->list, json ? json : s->list, at);
    if (json)
        check_variables(r, json);
    free(at);
}

static void read_learned(const struct reader *r)
{
    struct buf why = {0};
    size_t i = 0;
    const json_t *json = json_object_get(r->spec->json, "learned");
    if (json && !json_is_array(json)) {
        diag_fix(fault(r, DIAG_J004, "learned", "what was learned is a list of states"),
                 "take it from a checkpoint as it is, or leave it away");
    } else if (json && !learned_read(&r->into->own, json, &i, &why)) {
        char *key = mem_printf("learned/%zu", i);
        diag_fix(fault(r, DIAG_J007, key, buf_text(&why)),
                 "take it from a checkpoint of the same actions and depth");
        free(key);
    }
    buf_release(&why);
}

static void make_learned(const struct reader *r, unsigned depth)
{
    struct learner *s = r->into;
    const char **names = mem_array(s->actions.n, sizeof(*names));
    for (size_t i = 0; i < s->actions.n; i++)
        names[i] = s->actions.at[i].name;
    learned_init(&s->own, names, s->actions.n, depth);
    free(names);
    read_learned(r);
    s->chances = mem_array(s->actions.n, sizeof(*s->chances));
    s->learned = &s->own;
    if (r->spec->context->learned)
        s->learned = r->spec->context->learned;
}

static enum err_code learner_open(void *self, const struct policy_spec *spec, struct diags *list,
                                  struct err *e)
{
    static const char *const known[] = {"type",      "actions",   "depth",
                                        "feature",   "step_size", "entropy_bonus",
                                        "advantage", "learned",   NULL};
    struct learner *s = self;
    struct reader r = {s, spec, list};
    size_t errors = list->n_errors;
    doc_check_keys(spec->doc, list, spec->json, spec->pointer, known, "");
    read_actions(&r);
    unsigned depth = read_depth(&r);
    read_feature(&r);
    s->step_size = read_number(&r, "step_size", step_size_default, 1e3,
                               "a number from 0 to 1000, such as 0.5");
    s->how = (struct learning){
        .step_size = s->step_size * setting_learning_rate(&spec->job->hyper),
        .entropy_bonus =
            read_number(&r, "entropy_bonus", 0, 1e3, "a number from 0 to 1000, such as 0.01"),
        .by_deviation = read_by_deviation(&r),
    };
    if (list->n_errors == errors)
        make_learned(&r, depth);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    return ERR_OK;
}

/* --- turns ----------------------------------------------------------------------------------- */

/* The feature of a row; NULL if there is none. Borrowed until the next. */
static const char *feature_of(struct learner *s, const struct tape *item)
{
    struct policy_view view = {.item = item};
    if (!s->feature.n)
        return NULL;
    policy_turn_clear(&s->value);
    s->room.lenient = true;
    (void)!script_text_render(&s->feature, &view, &s->room, &s->value); /* lenient */
    for (size_t i = 0; i < s->value.text.len; i++) {
        if (!s->value.text.at[i])
            s->value.text.at[i] = '\1'; /* a NUL would end it, and make values one that are two */
    }
    return buf_text(&s->value.text);
}

static uint64_t state_of(struct learner *s, const struct policy_view *view)
{
    uint64_t state = learned_begin(s->learned, feature_of(s, view->item));
    for (size_t i = 0; i < view->turn; i++)
        state = learned_after(s->learned, state, view->turns[i].choice - 1u);
    return state;
}

static size_t draw(const double *chances, size_t n, struct rng rng)
{
    double left = rng_unit(&rng);
    size_t i = 0;
    while (i + 1 < n && left >= chances[i])
        left -= chances[i++];
    return i;
}

static void learner_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    struct learner *s = self;
    struct rng rng = view->rng;
    rng_mix(&rng, view->turn + 1);
    learned_chances(s->learned, state_of(s, view), s->chances);
    size_t action = draw(s->chances, s->actions.n, rng);
    action_take(&s->actions.at[action], view, &s->room, turn);
    turn->choice = (uint8_t)(action + 1);
}

static void learner_templates(const void *self, template_visit *visit, void *arg)
{
    const struct learner *s = self;
    for (size_t i = 0; i < s->actions.n; i++)
        script_turn_visit(&s->actions.at[i].turn, visit, arg);
    script_text_visit(&s->feature, visit, arg);
}

static const char *learner_note(const void *self)
{
    const struct learner *s = self;
    return s->note.len ? buf_text(&s->note) : NULL;
}

static void learner_close(void *self)
{
    struct learner *s = self;
    actions_release(&s->actions);
    script_text_release(&s->feature);
    script_room_release(&s->room);
    policy_turn_release(&s->value);
    learned_release(&s->own);
    free(s->chances);
    json_decref(s->list);
    free(s->feature_source);
    buf_release(&s->note);
}

const struct policy_ops policy_learner = {
    .type = "learner",
    .size = sizeof(struct learner),
    .open = learner_open,
    .turn = learner_turn,
    .templates = learner_templates,
    .note = learner_note,
    .close = learner_close,
};

/* --- from outside ---------------------------------------------------------------------------- */

bool policy_learns(const struct policy *p)
{
    return policy_self(p, &policy_learner) != NULL;
}

struct learned *learner_learned(const struct policy *p)
{
    return ((struct learner *)policy_self(p, &policy_learner))->learned;
}

struct learning learner_learning(const struct policy *p)
{
    return ((struct learner *)policy_self(p, &policy_learner))->how;
}

const char *learner_feature(const struct policy *p)
{
    return ((struct learner *)policy_self(p, &policy_learner))->feature_source;
}

uint64_t learner_begin(const struct policy *p, const struct tape *item)
{
    struct learner *s = policy_self(p, &policy_learner);
    return learned_meet(s->learned, feature_of(s, item));
}

static void write_actions(const json_t *list, struct buf *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        char *text = json_dumps(json_array_get(list, i), JSON_ENSURE_ASCII);
        buf_printf(out, "%s\n    %s", i ? "," : "", text);
        free(text);
    }
}

void learner_write(const struct policy *p, struct buf *out)
{
    const struct learner *s = policy_self(p, &policy_learner);
    char number[NUM_ROOM];
    buf_text_add(out, "{\n  \"type\": \"learner\",\n  \"actions\": [");
    write_actions(s->list, out);
    buf_printf(out, "\n  ],\n  \"depth\": %u,\n", s->learned->depth);
    if (s->feature_source) {
        buf_text_add(out, "  \"feature\": ");
        buf_json(out, s->feature_source, strlen(s->feature_source));
        buf_text_add(out, ",\n");
    }
    buf_printf(out, "  \"step_size\": %s,\n", num_json(number, s->step_size));
    buf_printf(out, "  \"advantage\": \"%s\",\n", s->how.by_deviation ? "std" : "mean");
    buf_printf(out, "  \"entropy_bonus\": %s,\n", num_json(number, s->how.entropy_bonus));
    buf_text_add(out, "  \"learned\": ");
    learned_write(s->learned, out);
    buf_text_add(out, "\n}");
}
