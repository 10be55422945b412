#include "sim/report/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/stats/bootstrap.h"

#define NOT_PAIRED UINT64_MAX

/* A row that rollouts of a slice are of. */
struct seen {
    uint64_t digest;
    uint32_t row;
};

static int by_digest(const void *a, const void *b)
{
    const struct seen *x = a;
    const struct seen *y = b;
    if (x->digest != y->digest)
        return x->digest < y->digest ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* A side, and for each row of its file the number of the pair it is in: NOT_PAIRED for one that the
 * other has not, 0 also for one that no rollout of the slice is of, which nobody asks for. */
struct half {
    struct compare_side *side;
    uint64_t *pair;    /* owned */
    struct seen *seen; /* owned; side->n_rows of them, by digest */
};

static bool wave_is_in(const struct compare_side *s, const struct history_wave *w)
{
    return w->phase == s->phase && (s->phase == WAVE_TRAIN || w->step == s->step);
}

static enum err_code no_slice(const struct history *h, const struct compare_pick *pick,
                              struct err *e)
{
    if (!h->n_rollouts) {
        err_set(e, ERR_DATA, "%s: holds no rollouts, so there are no rows to pair", h->path);
        return err_fix(e, "compare run folders or eval exports; a result file has only means");
    }
    if (pick->train)
        return err_set(e, ERR_DATA, "%s: holds no rollouts of training", h->path);
    if (pick->step == COMPARE_LAST_STEP)
        return err_set(e, ERR_DATA, "%s: has no evaluation that came to its end", h->path);
    err_set(e, ERR_DATA, "%s: has no evaluation of step %d", h->path, pick->step);
    return err_fix(e, "'rftsim report %s' lists its evaluations", h->path);
}

static bool has_valid(const struct history *h)
{
    for (size_t i = 0; i < h->n_waves; i++) {
        if (h->waves[i].phase == WAVE_VALID && h->waves[i].n)
            return true;
    }
    return false;
}

/* Choose the slice's waves. False if there is no such slice. */
static bool choose(struct compare_side *s, const struct compare_pick *pick)
{
    const struct history *h = s->of;
    bool found = false;
    s->phase =
        pick->train || (pick->step == COMPARE_LAST_STEP && !has_valid(h)) ? WAVE_TRAIN : WAVE_VALID;
    for (size_t i = 0; i < h->n_waves; i++) {
        const struct history_wave *w = &h->waves[i];
        bool wanted = s->phase == WAVE_TRAIN || pick->step == w->step ||
                      (pick->step == COMPARE_LAST_STEP && w->complete);
        if (w->phase != s->phase || !w->n || !wanted)
            continue;
        s->step = w->step;
        found = true;
    }
    return found;
}

static void count_rollout(struct compare_side *s, const struct history_rollout *r)
{
    s->n++;
    s->n_graded += !isnan(r->reward);
    s->outcomes[r->outcome]++;
    s->n_calls += r->n_calls < 0 ? NAN : (double)r->n_calls;
    s->n_turns += r->n_turns < 0 ? NAN : (double)r->n_turns;
}

/* Count the slice's rollouts and list the rows they are of, by digest. */
static void look(struct half *half)
{
    struct compare_side *s = half->side;
    const struct history_file *file = &s->of->files[s->phase];
    half->pair = mem_array(file->n_rows, sizeof(*half->pair));
    half->seen = mem_array(file->n_rows, sizeof(*half->seen));
    for (size_t i = 0; i < s->of->n_rollouts; i++) {
        const struct history_rollout *r = &s->of->rollouts[i];
        if (!wave_is_in(s, &s->of->waves[r->wave]))
            continue;
        count_rollout(s, r);
        if (!half->pair[r->row])
            half->seen[s->n_rows++] = (struct seen){file->rows[r->row].digest, r->row};
        half->pair[r->row] = NOT_PAIRED;
    }
    s->n_calls /= (double)s->n;
    s->n_turns /= (double)s->n;
    qsort(half->seen, s->n_rows, sizeof(*half->seen), by_digest);
}

/* Give rows of the same content the same number. */
static void pair_up(struct comparison *c, struct half half[2])
{
    size_t i = 0;
    size_t j = 0;
    while (i < c->side[0].n_rows && j < c->side[1].n_rows) {
        const struct seen *a = &half[0].seen[i];
        const struct seen *b = &half[1].seen[j];
        if (a->digest == b->digest) {
            half[0].pair[a->row] = c->n_paired;
            half[1].pair[b->row] = c->n_paired++;
        }
        i += a->digest <= b->digest;
        j += b->digest <= a->digest;
    }
    for (int s = 0; s < 2; s++)
        c->side[s].n_only = c->side[s].n_rows - c->n_paired;
}

/* What is compared of a rollout: its reward, whether it passes, or the reward of one part. */
struct measure {
    enum { MEASURE_REWARD, MEASURE_PASS, MEASURE_PART } kind;
    double threshold;
    size_t part[2]; /* its place among the parts of each side */
};

static double measure(const struct measure *m, const struct history *h, size_t rollout, int side)
{
    double reward = h->rollouts[rollout].reward;
    if (isnan(reward) || m->kind == MEASURE_REWARD)
        return reward;
    if (m->kind == MEASURE_PASS)
        return reward >= m->threshold;
    return h->parts[rollout * (h->n_graders - 1) + m->part[side]];
}

static struct scores collect(const struct half *half, const struct measure *m, int side)
{
    const struct compare_side *s = half->side;
    struct score *list = mem_array(s->n_graded, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < s->of->n_rollouts; i++) {
        const struct history_rollout *r = &s->of->rollouts[i];
        if (!wave_is_in(s, &s->of->waves[r->wave]) || half->pair[r->row] == NOT_PAIRED)
            continue;
        double value = measure(m, s->of, i, side);
        if (!isnan(value))
            list[n++] = (struct score){half->pair[r->row], value};
    }
    struct scores scores = {0};
    scores_init(&scores, list, n);
    free(list);
    return scores;
}

static struct compare_value value_of(const char *name, const struct paired *p)
{
    struct compare_value v = {.name = name};
    struct cluster *rows = mem_array(p->n, sizeof(*rows));
    for (size_t i = 0; i < p->n; i++) {
        v.mean[0] += p->at[i].before / (double)p->n;
        v.mean[1] += p->at[i].after / (double)p->n;
    }
    paired_clusters(rows, p);
    v.t = clustered_interval(rows, p->n, INTERVAL_LEVEL);
    v.bootstrap = bootstrap_interval(rows, p->n, INTERVAL_LEVEL, BOOTSTRAP_RESAMPLES, 0);
    free(rows);
    return v;
}

static void add_value(struct comparison *c, const char *name, const struct half half[2],
                      const struct measure *m)
{
    struct scores scores[2] = {collect(&half[0], m, 0), collect(&half[1], m, 1)};
    struct paired p = {0};
    paired_init(&p, &scores[0], &scores[1]);
    c->values = mem_grow(c->values, c->n_values + 1, sizeof(*c->values));
    c->values[c->n_values++] = value_of(name, &p);
    paired_release(&p);
    scores_release(&scores[0]);
    scores_release(&scores[1]);
}

/* The part of `h` with this key; n_graders - 1 if it has none. */
static size_t find_part(const struct history *h, const char *key)
{
    size_t i = 1;
    while (i < h->n_graders && strcmp(h->graders[i].key, key) != 0)
        i++;
    return i - 1;
}

static void add_parts(struct comparison *c, const struct half half[2])
{
    const struct history *a = c->side[0].of;
    const struct history *b = c->side[1].of;
    for (size_t i = 1; i < a->n_graders; i++) {
        struct measure m = {.kind = MEASURE_PART, .part = {i - 1, find_part(b, a->graders[i].key)}};
        if (b->n_graders && m.part[1] < b->n_graders - 1)
            add_value(c, a->graders[i].key, half, &m);
    }
}

static int by_difference(const void *a, const void *b)
{
    const struct compare_row *x = a;
    const struct compare_row *y = b;
    double dx = fabs(x->mean[1] - x->mean[0]);
    double dy = fabs(y->mean[1] - y->mean[0]);
    if (dx != dy)
        return dx > dy ? -1 : 1;
    return x->row[0] < y->row[0] ? -1 : x->row[0] > y->row[0];
}

/* Which rollout and row of a side stand behind each pair. */
static void find_rows(struct compare_row *of_pair, const struct half *half, int side)
{
    const struct compare_side *s = half->side;
    for (size_t i = 0; i < s->of->n_rollouts; i++) {
        const struct history_rollout *r = &s->of->rollouts[i];
        if (isnan(r->reward) || !wave_is_in(s, &s->of->waves[r->wave]) ||
            half->pair[r->row] == NOT_PAIRED)
            continue;
        struct compare_row *row = &of_pair[half->pair[r->row]];
        if (!row->n[side]++) {
            row->first[side] = i;
            row->row[side] = r->row;
        }
    }
}

static void add_rows(struct comparison *c, const struct half half[2])
{
    struct measure reward = {.kind = MEASURE_REWARD};
    struct scores scores[2] = {collect(&half[0], &reward, 0), collect(&half[1], &reward, 1)};
    struct paired p = {0};
    struct compare_row *of_pair = mem_array(c->n_paired, sizeof(*of_pair));
    find_rows(of_pair, &half[0], 0);
    find_rows(of_pair, &half[1], 1);
    paired_init(&p, &scores[0], &scores[1]);
    c->rows = mem_array(p.n, sizeof(*c->rows));
    for (size_t i = 0; i < p.n; i++) {
        c->rows[i] = of_pair[p.at[i].row];
        c->rows[i].mean[0] = p.at[i].before;
        c->rows[i].mean[1] = p.at[i].after;
        if (!isnan(c->threshold))
            c->rows[i].flip = paired_flip(&p.at[i], c->threshold);
    }
    c->n_rows = p.n;
    c->n_ungraded = c->n_paired - p.n;
    c->count = paired_count(&p, isnan(c->threshold) ? INFINITY : c->threshold);
    c->sign_test = paired_sign_test(c->count.n_up, c->count.n_down);
    qsort(c->rows, c->n_rows, sizeof(*c->rows), by_difference);
    free(of_pair);
    paired_release(&p);
    scores_release(&scores[0]);
    scores_release(&scores[1]);
}

static enum err_code check_pairs(const struct comparison *c, struct err *e)
{
    const char *a = c->side[0].of->path;
    const char *b = c->side[1].of->path;
    if (!c->n_paired) {
        err_set(e, ERR_DATA, "%s and %s: no row of the one is a row of the other", a, b);
        return err_fix(e, "rows are paired by what they hold, fields and all; compare runs over "
                          "the same rows");
    }
    if (!c->n_rows)
        return err_set(e, ERR_DATA, "%s and %s: no row has a reward in both", a, b);
    return ERR_OK;
}

static void fill(struct comparison *c)
{
    struct half half[2] = {{.side = &c->side[0]}, {.side = &c->side[1]}};
    look(&half[0]);
    look(&half[1]);
    pair_up(c, half);
    add_rows(c, half);
    if (c->n_rows) {
        add_value(c, "reward", half, &(struct measure){.kind = MEASURE_REWARD});
        if (!isnan(c->threshold))
            add_value(c, "pass rate", half,
                      &(struct measure){.kind = MEASURE_PASS, .threshold = c->threshold});
        add_parts(c, half);
    }
    for (int s = 0; s < 2; s++) {
        free(half[s].pair);
        free(half[s].seen);
    }
}

enum err_code compare_make(struct comparison *out, const struct history *a, const struct history *b,
                           const struct compare_pick *pick, double threshold, struct err *e)
{
    *out = (struct comparison){.side = {{.of = a}, {.of = b}}, .threshold = threshold};
    if (isnan(threshold))
        out->threshold = isnan(b->pass_threshold) ? a->pass_threshold : b->pass_threshold;
    for (int s = 0; s < 2; s++) {
        if (!choose(&out->side[s], pick))
            return no_slice(out->side[s].of, pick, e);
    }
    fill(out);
    return check_pairs(out, e);
}

void compare_release(struct comparison *c)
{
    free(c->rows);
    free(c->values);
    *c = (struct comparison){0};
}

bool compare_differs(const struct comparison *c)
{
    if (c->side[0].n_only || c->side[1].n_only || c->count.n_up || c->count.n_down)
        return true;
    for (int i = 0; i < OUTCOME_N; i++) {
        if (c->side[0].outcomes[i] != c->side[1].outcomes[i])
            return true;
    }
    return false;
}
