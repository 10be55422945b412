#include "tests/unit/fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/policy/policy.h"

struct job *fixture_job(const char *grader, const char *simulation, struct diags *list)
{
    const char *folder = getenv("TMPDIR");
    char *path = mem_printf("%s/rftsim-XXXXXX.yaml", folder ? folder : "/tmp");
    int fd = mkstemps(path, 5);
    ck_assert_int_ge(fd, 0);
    FILE *file = fdopen(fd, "w");
    fprintf(file,
            "model: o4-mini-2025-04-16\ntraining_file: t.jsonl\nvalidation_file: v.jsonl\n"
            "method:\n  type: reinforcement\n  reinforcement:\n    grader: %s\n"
            "    tools: [{name: search, server_url: 'http://127.0.0.1:1/tool'}]\n"
            "simulation: %s\n",
            grader, simulation);
    fclose(file);
    struct err e = {0};
    struct job *job = NULL;
    if (job_load(&job, path, list, &e))
        job = NULL;
    unlink(path);
    free(path);
    return job;
}

void fixture_policy_refused(const struct job *job, enum diag_code code, const char *pointer,
                            const char *fix)
{
    struct diags list = {0};
    struct err e = {0};
    struct policy *p = NULL;
    ck_assert_int_eq(policy_new(&p, job, &(struct policy_context){0}, &list, &e), ERR_JOB);
    ck_assert_uint_ge(list.n, 1);
    const struct diag *first = &list.at[0];
    ck_assert_msg(first->code == code, "%s: %s", pointer, first->text);
    ck_assert_msg(strncmp(first->pointer, pointer, strlen(pointer)) == 0, "%s: %s", pointer,
                  first->pointer);
    ck_assert_msg(strstr(diag_fix_of(first), fix) != NULL, "%s: %s", pointer, diag_fix_of(first));
    ck_assert_uint_gt(first->line, 0);
    diags_release(&list);
}

struct tape fixture_tape(const char *text)
{
    struct tape tape = {0};
    struct tape_fault fault;
    ck_assert_msg(tape_scan(&tape, text, strlen(text), &fault), "%s: %s", text, fault.what);
    return tape;
}
