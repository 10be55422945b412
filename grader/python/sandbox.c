#include "grader/python/sandbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/net/child.h"

/* As nobody, root's own limits would not be the sandbox's: for root alone. */
static const char *const drop[] = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                   "--clear-groups", NULL};

static const char *const wrap[] = {
    "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--uid", "65534", "--gid", "65534", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin",
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    /* where the loader finds libraries, and numpy its BLAS */
    "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives",
    "/etc/alternatives", "--dev", "/dev", "--size", "1073741824", "--tmpfs", "/tmp", "--chdir",
    "/tmp", NULL};

enum { PROBE_MS = 10000 };

/* Written once, then constant. */
static struct {
    const char *prefix[SANDBOX_WORDS]; /* empty if bubblewrap does not work */
    char why_not[256];
    char own_python[512]; /* the folder of an interpreter that is not under /usr */
} found;

static const char *program(const char *variable, const char *usual)
{
    const char *own = getenv(variable); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    return own && *own ? own : usual;
}

const char *sandbox_python(void)
{
    return program("RFTSIM_PYTHON", "/usr/bin/python3");
}

static const char *bubblewrap(void)
{
    return program("RFTSIM_BWRAP", "/usr/bin/bwrap");
}

static void add(const char **argv, size_t *n, const char *word)
{
    assert(*n + 1 < SANDBOX_WORDS);
    argv[(*n)++] = word;
    argv[*n] = NULL;
}

static void add_all(const char **argv, size_t *n, const char *const *words)
{
    while (*words)
        add(argv, n, *words++);
}

/* An interpreter elsewhere brings its library along: the folder above its bin/. */
static void find_own_python(void)
{
    char *path = strncmp(sandbox_python(), "/usr/", 5) ? realpath(sandbox_python(), NULL) : NULL;
    for (int up = 0; path && up < 2 && *path; up++)
        *strrchr(path, '/') = '\0';
    snprintf(found.own_python, sizeof(found.own_python), "%s", path ? path : "");
    free(path);
}

static void build_prefix(bool drops)
{
    size_t n = 0;
    found.prefix[0] = NULL;
    if (drops)
        add_all(found.prefix, &n, drop);
    add(found.prefix, &n, bubblewrap());
    add_all(found.prefix, &n, wrap);
    if (*found.own_python) {
        add(found.prefix, &n, "--ro-bind-try");
        add(found.prefix, &n, found.own_python);
        add(found.prefix, &n, found.own_python);
    }
    add(found.prefix, &n, "--");
}

/* Whether a program runs in it to a good end. */
static bool works(void)
{
    const char *argv[SANDBOX_WORDS + 2];
    size_t n = 0;
    struct buf input = {0};
    struct buf answer = {0};
    struct buf said = {0};
    struct err e = {0};
    int status = 0;
    add_all(argv, &n, found.prefix);
    add(argv, &n, "/usr/bin/true");
    bool ok = !child_run(argv, &input, 4096, PROBE_MS, &answer, &said, &status, &e) && !status;
    if (!ok) {
        if (!*e.text && !said.len) { /* it ended and said nothing */
            buf_printf(&said, "%.160s ended with ", bubblewrap());
            child_fate(status, &said);
        }
        const char *why = *e.text ? e.text : buf_text(&said);
        snprintf(found.why_not, sizeof(found.why_not), "%.*s", (int)strcspn(why, "\n"), why);
    }
    buf_release(&answer);
    buf_release(&said);
    return ok;
}

static void find(void)
{
    if (access(bubblewrap(), X_OK)) {
        snprintf(found.why_not, sizeof(found.why_not), "%.200s is not installed", bubblewrap());
        return;
    }
    find_own_python();
    if (getuid() == 0 && access(drop[0], X_OK) == 0) {
        build_prefix(true);
        if (works())
            return;
    }
    build_prefix(false);
    if (!works())
        found.prefix[0] = NULL;
}

enum err_code sandbox_find(struct sandbox *out, enum job_sandbox choice, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    *out = (struct sandbox){0};
    if (choice != JOB_SANDBOX_OFF) {
        pthread_once(&once, find);
        out->inside = found.prefix[0] != NULL;
        if (!out->inside)
            snprintf(out->why_not, sizeof(out->why_not), "%s", found.why_not);
        else
            add_all(out->argv, &out->n_words, found.prefix);
    }
    if (choice == JOB_SANDBOX_REQUIRE && !out->inside) {
        err_set(e, ERR_IO, "no sandbox for the python grader: %s", out->why_not);
        return err_fix(e, "apt-get install bubblewrap, and allow it user namespaces; or sandbox: "
                          "auto, which goes on with less");
    }
    /* sets and hashes in one order, so that a job gives the same rewards again */
    add(out->argv, &out->n_words, "/usr/bin/env");
    add(out->argv, &out->n_words, "PYTHONHASHSEED=0");
    add(out->argv, &out->n_words, sandbox_python());
    static const char *const flags[] = {"-s", "-B", "-X", "utf8", "-c", NULL};
    add_all(out->argv, &out->n_words, flags);
    return ERR_OK;
}
