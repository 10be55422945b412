/* Runs the suites, as many at once as there are cores and each in a process of its own. A runner
 * reads all that its cases tell it, and every case is forked from it: one runner for all suites
 * grows, and under the sanitizers each fork, and each search for leaks at its end, costs what has
 * grown. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/unit/suites.h"

struct count {
    int cases, failed;
};

static struct {
    const char *name;
    Suite *(*make)(void);
    FILE *out; /* all that it printed, until it has ended */
    pid_t pid;
} suites[] = {
#define X(name) {#name, name##_suite, NULL, 0},
    SUITES(X)
#undef X
};

/* Written by the suites' processes, one each. */
static struct count *counts;

static void must(int fine, const char *what)
{
    if (!fine) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

/* Check has settings that only one runner can follow: no forks, one suite, or a log of all. */
static int is_for_one_runner(void)
{
    static const char *const names[] = {
        "CK_FORK",         "CK_RUN_SUITE",     "CK_RUN_CASE",          "CK_INCLUDE_TAGS",
        "CK_EXCLUDE_TAGS", "CK_LOG_FILE_NAME", "CK_XML_LOG_FILE_NAME", "CK_TAP_LOG_FILE_NAME"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (getenv(names[i]))
            return 1;
    }
    return 0;
}

static int run(SRunner *runner, struct count *count)
{
    srunner_run_all(runner, CK_ENV);
    count->cases = srunner_ntests_run(runner);
    count->failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return count->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_in_one(void)
{
    struct count count;
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < COUNT_OF(suites); i++)
        srunner_add_suite(runner, suites[i].make());
    return run(runner, &count);
}

static void start(size_t i)
{
    suites[i].out = tmpfile();
    must(suites[i].out != NULL, "a file for what a suite prints");
    suites[i].pid = fork();
    must(suites[i].pid >= 0, "a process for a suite");
    if (suites[i].pid == 0) {
        must(dup2(fileno(suites[i].out), STDOUT_FILENO) >= 0 &&
                 dup2(fileno(suites[i].out), STDERR_FILENO) >= 0,
             "output of a suite");
        fclose(suites[i].out);
        exit(run(srunner_create(suites[i].make()), &counts[i]));
    }
}

/* What a suite printed is shown if it failed, whole, so that suites at once can be told apart. */
static void show(FILE *out)
{
    char bytes[4096];
    size_t n = 0;
    rewind(out);
    while ((n = fread(bytes, 1, sizeof(bytes), out)) > 0)
        fwrite(bytes, 1, n, stdout);
}

/* Wait for one of them to end: 1 if it did so without a fault. */
static int finish(void)
{
    int status = 0;
    size_t i = 0;
    pid_t pid = 0;
    do {
        pid = wait(&status);
    } while (pid < 0 && errno == EINTR);
    must(pid > 0, "a suite's end");
    while (i < COUNT_OF(suites) && suites[i].pid != pid)
        i++;
    must(i < COUNT_OF(suites), "a suite of ours");
    int fine = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS && counts[i].cases > 0;
    if (!fine) {
        show(suites[i].out);
        printf("unit: suite %s %s %d\n", suites[i].name,
               WIFSIGNALED(status) ? "was ended by signal" : "failed with exit status",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        fflush(stdout);
    }
    fclose(suites[i].out);
    return fine;
}

static int run_at_once(long n_at_once)
{
    size_t n_started = 0;
    int n_bad = 0;
    struct count sum = {0, 0};
    counts = mmap(NULL, sizeof(*counts) * COUNT_OF(suites), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(counts != MAP_FAILED, "memory for the suites' counts");
    for (size_t n_ended = 0; n_ended < COUNT_OF(suites); n_ended++) {
        while (n_started < COUNT_OF(suites) && (long)(n_started - n_ended) < n_at_once)
            start(n_started++);
        n_bad += !finish();
    }
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        sum.cases += counts[i].cases;
        sum.failed += counts[i].failed;
    }
    printf("unit: %d passed, %d failed, in %zu suites of which %d failed\n", sum.cases - sum.failed,
           sum.failed, COUNT_OF(suites), n_bad);
    return n_bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(void)
{
    mem_init();
    long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    return is_for_one_runner() ? run_in_one() : run_at_once(n_cores > 1 ? n_cores : 1);
}
