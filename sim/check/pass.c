#include "sim/check/pass.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sim/base/mem.h"

enum { BLOCK_BYTES = 4 << 20 };

struct shift {
    const struct pass *pass;
    uint64_t n_blocks;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t merged;
    uint64_t next; /* block to be taken */
    uint64_t turn; /* block to be merged */
    size_t n_lines;
    struct err failure;
};

static bool take_block(struct shift *s, uint64_t *block)
{
    pthread_mutex_lock(&s->lock);
    bool there = s->next < s->n_blocks && !s->failure.code;
    *block = s->next;
    s->next += there;
    pthread_mutex_unlock(&s->lock);
    return there;
}

/* When all blocks before it are merged. Whatever came of it, the next one has its turn. */
static void merge(struct shift *s, uint64_t block, void *state, size_t n_lines, const struct err *e)
{
    pthread_mutex_lock(&s->lock);
    while (s->turn != block)
        pthread_cond_wait(&s->merged, &s->lock);
    if (!s->failure.code) {
        s->pass->merge(s->pass->arg, state, s->n_lines);
        s->n_lines += n_lines;
        s->failure = *e;
    }
    s->turn++;
    pthread_cond_broadcast(&s->merged);
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *arg)
{
    struct shift *s = arg;
    const struct pass *p = s->pass;
    void *state = p->state_new(p->arg);
    struct lines lines = {0};
    for (uint64_t block = 0; take_block(s, &block);) {
        struct err e = {0};
        struct line line;
        bool have = true;
        size_t n = 0;
        uint64_t end = p->bytes ? (block + 1) * BLOCK_BYTES : UINT64_MAX;
        lines_init(&lines, p->fd, p->path, block * BLOCK_BYTES, end);
        while (lines_next(&lines, &line, &have, &e) == ERR_OK && have)
            p->line(state, &line, n++);
        merge(s, block, state, n, &e);
    }
    lines_release(&lines);
    p->state_free(state);
    return NULL;
}

static enum err_code check_size(const struct pass *p, struct err *e)
{
    struct stat st;
    if (fstat(p->fd, &st) != 0)
        return err_sys(e, p->path);
    if ((uint64_t)st.st_size >= p->bytes)
        return ERR_OK;
    err_set(e, ERR_IO, "%s: the file became shorter while it was read", p->path);
    return err_fix(e, "leave the file alone during a check; to change it, write a new one");
}

enum err_code pass_run(const struct pass *p, struct err *e)
{
    struct shift s = {.pass = p, .n_blocks = (p->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES};
    s.n_blocks += !p->bytes; /* files of /proc say so whatever is in them */
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.merged, NULL);
    int n_more = p->threads - 1; /* this thread works too */
    if ((uint64_t)n_more >= s.n_blocks)
        n_more = (int)s.n_blocks - 1;
    pthread_t *threads = mem_array((size_t)n_more, sizeof(*threads));
    int n_started = 0;
    while (n_started < n_more && pthread_create(&threads[n_started], NULL, work, &s) == 0)
        n_started++;
    work(&s);
    for (int i = 0; i < n_started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    pthread_cond_destroy(&s.merged);
    pthread_mutex_destroy(&s.lock);
    if (s.failure.code) {
        *e = s.failure;
        return e->code;
    }
    return check_size(p, e);
}
