/* random: what comes of no understanding at all, the floor to measure others against.
 *
 *     type: random
 *     max_calls: 3        calls of a rollout, drawn from 0 to this many (default 3)
 *
 * A call is of any tool of the job, its arguments drawn to fit the schema that the row has for it
 * (job/schema_draw.h), {} if the row has none (GAP-24). Their texts are words of the row's messages
 * or values of earlier outputs; so is the answer. Every draw is of the rollout's stream and the
 * turn.
 */
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/job/schema_draw.h"
#include "sim/job/usual.h"
#include "sim/policy/kinds.h"
#include "sim/policy/lexicon.h"

enum { MAX_CALLS_DEFAULT = 3, MAX_CALLS_MOST = 1000 };

struct random {
    const struct job *job;
    size_t max_calls;
    struct lexicon lexicon;
};

static enum err_code random_open(void *self, const struct policy_spec *spec, struct diags *list,
                                 struct err *e)
{
    static const char *const known[] = {"type", "max_calls", NULL};
    struct random *s = self;
    size_t errors = list->n_errors;
    const struct doc *doc = spec->doc;
    const json_t *most = json_object_get(spec->json, "max_calls");
    json_int_t n = most ? json_integer_value(most) : MAX_CALLS_DEFAULT;
    char *at = mem_printf("%s/max_calls", spec->pointer);
    *s = (struct random){.job = spec->job, .max_calls = (size_t)n};
    doc_check_keys(doc, list, spec->json, spec->pointer, known, "");
    if (most && !json_is_integer(most))
        diag_fix(doc_fault(doc, list, DIAG_ERROR, DIAG_J004, at, "max_calls is a whole number"),
                 "write how many calls a rollout may make, such as 3");
    else if (n < 0 || n > MAX_CALLS_MOST)
        diag_fix(doc_fault(doc, list, DIAG_ERROR, DIAG_J005, at, "max_calls is from 0 to %d",
                           MAX_CALLS_MOST),
                 "write how many calls a rollout may make, such as 3");
    free(at);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", doc->path);
    return ERR_OK;
}

/* Of the whole rollout, so that it is the same at each turn. */
static size_t number_of_calls(const struct random *s, const struct policy_view *view)
{
    struct rng rng = view->rng;
    rng_mix(&rng, 0);
    return s->job->n_tools ? rng_below(&rng, s->max_calls + 1) : 0;
}

static void some_text(void *arg, struct rng *rng, struct buf *out)
{
    lexicon_text(arg, rng, out);
}

static void call(struct random *s, const struct policy_view *view, struct rng *rng,
                 struct policy_turn *turn)
{
    const char *name = s->job->tools[rng_below(rng, s->job->n_tools)].name;
    struct schema schema = {view->item, usual_tool_schema(view->item, name)};
    struct schema_source source = {some_text, &s->lexicon};
    char why[SCHEMA_WHY_ROOM];
    turn->kind = POLICY_CALLS;
    if (tape_kind(view->item, schema.root) == TAPE_NULL)
        buf_text_add(&turn->text, "{}");
    else if (!schema_draw(&schema, rng, &source, &turn->text, why)) {
        policy_turn_fail(turn, "no arguments for '%s': %s", name, why);
        return;
    }
    policy_turn_call(turn, name, 0);
}

static void random_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    struct random *s = self;
    struct rng rng = view->rng;
    rng_mix(&rng, view->turn + 1);
    lexicon_fill(&s->lexicon, view);
    if (view->turn < number_of_calls(s, view)) {
        call(s, view, &rng, turn);
        return;
    }
    turn->kind = POLICY_ANSWER;
    lexicon_text(&s->lexicon, &rng, &turn->text);
}

static void random_close(void *self)
{
    struct random *s = self;
    lexicon_release(&s->lexicon);
}

const struct policy_ops policy_random = {
    .type = "random",
    .size = sizeof(struct random),
    .open = random_open,
    .turn = random_turn,
    .close = random_close,
};
