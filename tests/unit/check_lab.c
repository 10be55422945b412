#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/run/lab.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

enum { ALL = 20, NEVER = 1000 };

/* Answers 0, 1, 2, ..., of which 3 is right. */
struct source {
    struct tape item;
    struct tape sample;
    char text[40];
    size_t n_begun;
    size_t n_told;
    size_t n_given_up;
    size_t n_out; /* marks that are not back */
    size_t most_out;
    size_t begin_fails_at, tell_fails_at;
};

static enum err_code next(void *arg, struct grader_input *in, void **mark, bool *have,
                          struct err *e)
{
    struct source *s = arg;
    struct tape_fault fault;
    if (s->n_begun == s->begin_fails_at)
        return err_set(e, ERR_DATA, "line %zu is bad", s->n_begun);
    *have = s->n_begun < ALL;
    if (!*have)
        return ERR_OK;
    snprintf(s->text, sizeof(s->text), "{\"output_text\":\"%zu\"}", s->n_begun);
    ck_assert(tape_scan(&s->sample, s->text, strlen(s->text), &fault));
    in->item = &s->item;
    in->sample = &s->sample;
    size_t *number = mem_new(sizeof(*number));
    *number = s->n_begun++;
    *mark = number;
    s->n_out++;
    if (s->n_out > s->most_out)
        s->most_out = s->n_out;
    return ERR_OK;
}

static enum err_code graded(void *arg, void *mark, const struct grade *out, struct err *e)
{
    struct source *s = arg;
    size_t number = *(size_t *)mark;
    free(mark);
    s->n_out--;
    s->n_given_up += !out;
    if (!out)
        return ERR_OK;
    ck_assert_uint_eq(number, s->n_told); /* in their order */
    ck_assert(out->reward == (number == 3));
    ck_assert_ptr_null(out->parts);
    return s->n_told++ == s->tell_fails_at ? err_set(e, ERR_IO, "no more room") : ERR_OK;
}

static const struct row {
    const char *name;
    size_t most;
    size_t begin_fails_at, tell_fails_at;
    enum err_code rc;
    size_t n_told;
    size_t most_out;
} rows[] = {
    {"all of them", 7, NEVER, NEVER, ERR_OK, ALL, 7},
    {"one at a time", 1, NEVER, NEVER, ERR_OK, ALL, 1},
    {"fewer than there may be", 50, NEVER, NEVER, ERR_OK, ALL, ALL},
    {"what was begun before a failure is told of", 3, 5, NEVER, ERR_DATA, 5, 3},
    {"a failure at the first", 3, 0, NEVER, ERR_DATA, 0, 0},
    {"nothing is told of after that failed", 4, NEVER, 5, ERR_IO, 6, 4},
    {"the failure that came first counts", 4, 7, 5, ERR_IO, 6, 4},
};

START_TEST(test_many_grades)
{
    const struct row *row = &rows[_i];
    struct diags list = {0};
    struct err e = {0};
    struct lab *lab = NULL;
    struct job *job = fixture_job(
        "{type: multi, graders: {a: " FIXTURE_GRADER "}, calculate_output: a}", "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(lab_new(&lab, job, &list, &e), ERR_OK);
    struct source s = {.begin_fails_at = row->begin_fails_at, .tell_fails_at = row->tell_fails_at};
    s.item = fixture_tape("{\"answer\":\"3\"}");
    const struct lab_work work = {.most = row->most, .next = next, .graded = graded, .arg = &s};
    ck_assert_msg(lab_run(lab, &work, &e) == row->rc, "%s: %s", row->name, e.text);
    ck_assert_uint_eq(s.n_told, row->n_told);
    ck_assert_uint_eq(s.most_out, row->most_out);
    ck_assert_uint_eq(s.n_out, 0);
    ck_assert_uint_eq(s.n_given_up + s.n_told, s.n_begun);
    tape_release(&s.item);
    tape_release(&s.sample);
    lab_free(lab);
    job_free(job);
    diags_release(&list);
}
END_TEST

Suite *lab_suite(void)
{
    Suite *suite = suite_create("lab");
    TCase *tcase = tcase_create("lab");
    tcase_add_loop_test(tcase, test_many_grades, 0, COUNT_OF(rows));
    suite_add_tcase(suite, tcase);
    return suite;
}
