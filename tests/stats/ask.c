/* The functions of sim/stats, asked from outside: a question a line on stdin, its numbers a line on
 * stdout, each so that it reads back as the same double. tests/stats/run.py asks, and computes the
 * same slowly.
 *
 *     student_quantile 0.975 9
 *     clustered 0.95 / 1 0.5 1 0.25 7 1        lists are parted by '/'; here rows and rewards
 *
 * What has no answer is told in a word.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/stats/bootstrap.h"
#include "sim/stats/components.h"
#include "sim/stats/correlate.h"
#include "sim/stats/paired.h"
#include "sim/stats/passk.h"
#include "sim/stats/power.h"
#include "sim/stats/quantile.h"
#include "sim/stats/student.h"
#include "sim/stats/trend.h"

enum { MOST_LISTS = 3 };

struct list {
    double *at; /* owned */
    size_t n;
};

static void say(double x)
{
    printf("%.17g ", x);
}

static void say_if(bool is_known, double x)
{
    if (is_known)
        say(x);
    else
        printf("none ");
}

static void say_interval(struct interval i)
{
    printf("%s %zu ", i.state ? interval_words(i.state) : "ok", i.n);
    say(i.estimate);
    say(i.error);
    say(i.low);
    say(i.high);
}

static struct scores scores_in(const struct list *l)
{
    size_t n = l->n / 2;
    struct score *list = mem_array(n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct score){(uint64_t)l->at[2 * i], l->at[2 * i + 1]};
    struct scores s;
    scores_init(&s, list, n);
    free(list);
    return s;
}

static void above(const struct list *in)
{
    say(student_above(in[0].at[0], in[0].at[1]));
}

static void student(const struct list *in)
{
    say(student_quantile(in[0].at[0], in[0].at[1]));
}

static void quantile(const struct list *in)
{
    quantile_sort(in[1].at, in[1].n);
    say(quantile_of(in[1].at, in[1].n, in[0].at[0]));
}

static void summary(const struct list *in)
{
    struct summary s = summary_of(in[0].at, in[0].n);
    double deviation = 0;
    bool is_known = summary_deviation(&deviation, &s);
    say(s.mean);
    say_if(is_known, deviation);
    say(summary_spread(&s));
}

static void clustered(const struct list *in)
{
    struct scores s = scores_in(&in[1]);
    struct cluster *c = mem_array(s.n_rows, sizeof(*c));
    scores_clusters(c, &s);
    say_interval(clustered_interval(c, s.n_rows, in[0].at[0]));
    free(c);
    scores_release(&s);
}

static void bootstrap(const struct list *in)
{
    struct scores s = scores_in(&in[1]);
    struct cluster *c = mem_array(s.n_rows, sizeof(*c));
    scores_clusters(c, &s);
    say_interval(
        bootstrap_interval(c, s.n_rows, in[0].at[0], (size_t)in[0].at[1], (uint64_t)in[0].at[2]));
    free(c);
    scores_release(&s);
}

static void passk(const struct list *in)
{
    const double *x = in[0].at;
    say(passk_any((size_t)x[0], (size_t)x[1], (size_t)x[2]));
    say(passk_all((size_t)x[0], (size_t)x[1], (size_t)x[2]));
}

static void correlation(const struct list *in)
{
    static bool (*const kinds[])(double *, const double *, const double *, size_t) = {
        correlate_pearson, correlate_spearman, correlate_kendall};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        double r = 0;
        bool is_known = kinds[i](&r, in[0].at, in[1].at, in[0].n);
        say_if(is_known, r);
    }
}

static void paired(const struct list *in)
{
    struct scores before = scores_in(&in[1]);
    struct scores after = scores_in(&in[2]);
    struct paired p;
    paired_init(&p, &before, &after);
    struct paired_count n = paired_count(&p, in[0].at[0]);
    struct cluster *c = mem_array(p.n, sizeof(*c));
    paired_clusters(c, &p);
    printf("%zu %zu %zu %zu %zu %zu %zu %zu ", p.n, p.n_only_before, p.n_only_after, n.n_up,
           n.n_down, n.n_equal, n.n_gained, n.n_lost);
    say(paired_sign_test(n.n_up, n.n_down));
    say_interval(clustered_interval(c, p.n, INTERVAL_LEVEL));
    free(c);
    paired_release(&p);
    scores_release(&before);
    scores_release(&after);
}

static void sign_test(const struct list *in)
{
    say(paired_sign_test((size_t)in[0].at[0], (size_t)in[0].at[1]));
}

static void components(const struct list *in)
{
    struct scores s = scores_in(&in[0]);
    struct components c = {0};
    bool is_known = components_of(&c, &s);
    say_if(is_known, c.between);
    say_if(is_known, c.within);
    scores_release(&s);
}

static void power(const struct list *in)
{
    const double *x = in[0].at;
    size_t n = power_rows(x[0], x[1]);
    double gain = 0;
    bool is_known = power_gain(&gain, x[0], n);
    printf("%zu ", n);
    say_if(is_known, gain);
}

static void slope(const struct list *in)
{
    say_interval(trend_slope(in[1].at, in[2].at, in[1].n, in[0].at[0]));
}

static const struct {
    const char *name;
    void (*answer)(const struct list *in);
} questions[] = {
    {"student_above", above}, {"student_quantile", student}, {"quantile", quantile},
    {"summary", summary},     {"clustered", clustered},      {"bootstrap", bootstrap},
    {"passk", passk},         {"correlation", correlation},  {"paired", paired},
    {"sign_test", sign_test}, {"components", components},    {"power", power},
    {"slope", slope},
};

static void read_lists(struct list lists[MOST_LISTS], char *text)
{
    size_t k = 0;
    char *rest;
    for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        if (*word == '/') {
            k++;
            assert(k < MOST_LISTS);
            continue;
        }
        struct list *l = &lists[k];
        l->at = mem_grow(l->at, l->n + 1, sizeof(*l->at));
        l->at[l->n++] = strtod(word, NULL);
    }
}

static bool answer(char *line)
{
    size_t len = strcspn(line, " \n");
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        if (strlen(questions[i].name) != len || strncmp(line, questions[i].name, len) != 0)
            continue;
        struct list lists[MOST_LISTS] = {{0}};
        read_lists(lists, line + len);
        questions[i].answer(lists);
        putchar('\n');
        for (size_t k = 0; k < MOST_LISTS; k++)
            free(lists[k].at);
        return true;
    }
    return false;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    int status = EXIT_SUCCESS;
    while (status == EXIT_SUCCESS && getline(&line, &room, stdin) > 0) {
        if (!answer(line)) {
            fprintf(stderr, "no such question: %s", line);
            status = EXIT_FAILURE;
        }
    }
    free(line);
    return status;
}
