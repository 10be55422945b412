#include "sim/view/learning.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "sim/base/num.h"
#include "sim/base/text.h"
#include "sim/base/wrap.h"
#include "sim/stats/scores.h"
#include "sim/view/columns.h"
#include "sim/view/json.h"

enum {
    GAINS_SHOWN = 3,
    INDENT = 9, /* under the rewards of the table */
    COLUMNS = 100,
    WORDS_SHOWN = 120, /* bytes of an action's name, or of a state */
};

static const double least_share = 0.03; /* of the step's turns: a state with fewer is a rare one */

/* What the chances hang on. */
static void add_state(struct buf *out, const struct learned *l, const char *feature)
{
    if (!l->depth && !feature)
        buf_text_add(out, "the same chances in every turn");
    else
        buf_text_add(out, "their chances hang on ");
    if (l->depth > 1)
        buf_printf(out, "the last %u taken", l->depth);
    else if (l->depth)
        buf_text_add(out, "the last one taken");
    if (feature)
        buf_printf(out, "%s%s", l->depth ? " and on " : "", feature);
}

void learning_plan(struct buf *out, const struct policy *p, size_t columns, size_t indent)
{
    const struct learned *l = learner_learned(p);
    struct learning how = learner_learning(p);
    char number[NUM_ROOM];
    struct buf line = {0};
    buf_printf(&line, "%zu actions, ", l->n_actions);
    add_state(&line, l, learner_feature(p));
    buf_printf(&line, "; step size %s, %s", num_shortest(number, how.step_size),
               how.by_deviation ? "advantages in deviations of their group" : "plain advantages");
    if (how.entropy_bonus != 0)
        buf_printf(&line, ", entropy bonus %s", num_shortest(number, how.entropy_bonus));
    buf_printf(out, "%*s", (int)indent, "");
    wrap_within(out, columns, indent, indent, buf_text(&line));
    buf_release(&line);
}

/* On one line, as it may be looked at, and not all of it if it is long: a feature may be any text.
 */
static void add_words(struct buf *out, const char *words)
{
    struct buf visible = {0};
    text_add_visible(&visible, words, strlen(words));
    text_one_line(visible.at);
    size_t len = strlen(visible.at);
    size_t shown = columns_cut(visible.at, len, WORDS_SHOWN);
    buf_add(out, visible.at, shown);
    buf_text_add(out, shown < len ? "..." : "");
    buf_release(&visible);
}

static void add_gain(struct buf *out, const struct learned *l, const struct gain *g)
{
    struct buf state = {0};
    learned_state_words(l, g->state, &state);
    add_words(out, l->actions[g->action]);
    buf_printf(out, " %.0f -> %.0f %% at ", g->before * 100, g->after * 100);
    add_words(out, buf_text(&state));
    buf_release(&state);
}

/* Whether a gain would show in whole per cents, in a state that is not a rare one. */
static bool is_worth_telling(const struct gain *g, size_t n_turns)
{
    return round(g->after * 100) > round(g->before * 100) &&
           (double)g->n_visits >= least_share * (double)n_turns;
}

/* Why there was nothing to learn from. */
static void add_dead(struct buf *out, const struct groups *g)
{
    char least[NUM_ROOM];
    char most[NUM_ROOM];
    buf_printf(out, "learned nothing: in %s of %zu groups all rewards are the same, ",
               g->n == 1 ? "the one" : "each", g->n);
    buf_printf(out, g->dead_most - g->dead_least < SCORES_SAME ? "%s" : "from %s to %s",
               num_shortest(least, g->dead_least), num_shortest(most, g->dead_most));
}

void learning_text(struct buf *out, const struct learning_report *r)
{
    const struct groups *groups = &r->groups;
    struct buf line = {0};
    size_t shown = 0;
    buf_printf(&line, "learned from %zu of %zu groups: ", groups->n - groups->n_dead, groups->n);
    for (size_t i = 0; i < r->update->n && shown < GAINS_SHOWN; i++) {
        const struct gain *g = &r->update->gains[i];
        if (!is_worth_telling(g, r->update->n_turns))
            continue;
        buf_text_add(&line, shown++ ? "; " : "");
        add_gain(&line, r->learned, g);
    }
    if (!shown && r->update->n)
        buf_text_add(&line, "nothing that shows in per cents");
    if (groups->n_dead == groups->n) {
        buf_clear(&line);
        add_dead(&line, groups);
    }
    buf_printf(out, "%*s", INDENT, "");
    wrap_within(out, COLUMNS, INDENT, INDENT + 2, buf_text(&line));
    buf_release(&line);
}

static void add_checkpoint(struct buf *out, const char *before, const struct checkpoint *c)
{
    buf_printf(out, "%s%.4f at step %d", before, c->reward, c->step);
}

void learning_summary(struct buf *out, const struct trainer *t, const char *folder)
{
    if (!t->steps_learned)
        return;
    buf_text_add(out, "\nlearned\n  validation  ");
    if (isnan(t->first.reward))
        buf_text_add(out, "nothing graded at step 0");
    else
        add_checkpoint(out, "", &t->first);
    if (t->last.step && !isnan(t->last.reward))
        add_checkpoint(out, ", ", &t->last);
    if (t->best.n)
        buf_text_add(out, "\n  kept        ");
    for (size_t i = 0; i < t->best.n; i++)
        add_checkpoint(out, i ? ", " : "", &t->best.at[i]);
    if (t->best.n)
        buf_printf(out, "\n              in %s/checkpoints", folder);
    buf_printf(out, "\n  step %-7d%s/policy.json\n", t->steps_learned, folder);
}

static json_t *gain_of(const struct learned *l, const struct gain *g)
{
    struct buf state = {0};
    learned_state_words(l, g->state, &state);
    json_t *o = json_pack("{s:o, s:o, s:f, s:f, s:I}", "state", json_text(buf_text(&state)),
                          "action", json_text(l->actions[g->action]), "before", g->before, "after",
                          g->after, "turns", (json_int_t)g->n_visits);
    buf_release(&state);
    return o;
}

void learning_json(struct buf *out, const struct learning_report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->update->n; i++)
        json_array_append_new(list, gain_of(r->learned, &r->update->gains[i]));
    json_t *o = json_typed("learned");
    json_object_set_new(o, "step", json_integer(r->step));
    json_object_set_new(o, "changes", list);
    json_line(out, o);
}
