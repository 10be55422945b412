#include "sim/report/verdict.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/report/say.h"
#include "sim/report/verdict_rules.h"

static const struct {
    const char *id;
    const char *words;
    const char *warns;
    const char *kills;
    bool (*look)(const struct facts *f, struct verdict_line *out);
} rules[VERDICT_N_RULES] = {
#define X(name, id, words, warns, kills) \
    [VERDICT_RULE_##name] = {id, words, warns, kills, rule_##name},
    VERDICT_RULES(X)
#undef X
};

static const char *const severities[] = {
    [VERDICT_FINE] = "fine", [VERDICT_WARNING] = "warning", [VERDICT_FATAL] = "fatal"};

static const char *const answers[] = {
    [VERDICT_FINE] = "yes, as far as this can tell",
    [VERDICT_WARNING] = "it would have run, but see the warnings",
    [VERDICT_FATAL] = "no",
};

const char *verdict_rule_id(enum verdict_rule rule)
{
    return rules[rule].id;
}

const char *verdict_rule_words(enum verdict_rule rule)
{
    return rules[rule].words;
}

const char *verdict_rule_warns(enum verdict_rule rule)
{
    return rules[rule].warns;
}

const char *verdict_rule_kills(enum verdict_rule rule)
{
    return rules[rule].kills;
}

const char *verdict_severity_id(enum verdict_severity severity)
{
    return severities[severity];
}

const char *verdict_words(const struct verdict *v)
{
    return v->empty ? "that cannot be told: there are no results yet" : answers[v->severity];
}

static void release_line(struct verdict_line *line)
{
    free(line->text);
    free(line->evidence);
    free(line->command);
}

/* The places of the line's rollouts, behind what its rule has named already. */
static void name_places(struct verdict_line *line, const struct history *h)
{
    struct buf text = {0};
    if (!line->n_rollouts)
        return;
    if (line->evidence)
        buf_printf(&text, "%s; ", line->evidence);
    for (size_t i = 0; i < line->n_rollouts; i++) {
        char *place = say_place(h, line->rollouts[i]);
        buf_printf(&text, "%s%s (rollout %lld)", i ? ", " : "", place,
                   (long long)h->rollouts[line->rollouts[i]].id);
        free(place);
    }
    free(line->evidence);
    line->evidence = buf_take(&text);
}

/* Behind those that are as severe. */
static void insert(struct verdict *v, const struct verdict_line *line)
{
    size_t at = v->n++;
    for (; at && v->at[at - 1].severity < line->severity; at--)
        v->at[at] = v->at[at - 1];
    v->at[at] = *line;
    v->n_by[line->severity]++;
    if (line->severity > v->severity)
        v->severity = line->severity;
}

/* An export holds graded rollouts, with what the model was shown: that no failure stands in it says
 * nothing of failures. */
static bool is_hidden(const struct history *h, const struct verdict_line *line)
{
    static const bool hides[VERDICT_N_RULES] = {
        [VERDICT_RULE_TOOLS] = true,       [VERDICT_RULE_DISCARDED] = true,
        [VERDICT_RULE_GRADER_LOST] = true, [VERDICT_RULE_GRADER_ERRORS] = true,
        [VERDICT_RULE_CONTRACT] = true,    [VERDICT_RULE_TOOL_ERRORS] = true,
    };
    return h->source == HISTORY_EXPORT && line->severity == VERDICT_FINE && hides[line->rule];
}

static bool is_empty(const struct facts *f)
{
    for (size_t i = 0; i < f->curve.n; i++) {
        const struct curve_point *p = &f->curve.at[i];
        if (p->n > 0 || isfinite(p->mean) || isfinite(p->penalised))
            return false;
    }
    return true;
}

void verdict_make(struct verdict *out, const struct facts *f)
{
    *out = (struct verdict){.empty = is_empty(f)};
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        struct verdict_line line = {.rule = (enum verdict_rule)i};
        out->checked[i] = rules[i].look(f, &line);
        assert(!out->checked[i] || line.text);
        if (!out->checked[i] || is_hidden(f->of, &line)) {
            out->checked[i] = false;
            out->n_unchecked++;
            release_line(&line);
            continue;
        }
        name_places(&line, f->of);
        insert(out, &line);
    }
}

void verdict_release(struct verdict *v)
{
    for (size_t i = 0; i < v->n; i++)
        release_line(&v->at[i]);
    *v = (struct verdict){0};
}

size_t verdict_shown(const struct verdict *v)
{
    return v->n < VERDICT_SHOWN ? v->n : VERDICT_SHOWN;
}
