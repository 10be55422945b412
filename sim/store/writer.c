#include "sim/store/writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/mem.h"
#include "sim/store/inserts.h"
#include "sim/store/sql.h"

enum {
    BLOCK_BYTES = 256 << 10,
    SPARE_MAX = 32,
};

/* Rows of many parcels, one after another; of one that is longer, that alone. */
struct block {
    struct block *next;
    size_t len;
    size_t room;
    char rows[];
};

struct writer {
    /* constant after writer_new */
    sqlite3 *db;
    const char *path;
    pthread_t thread;
    struct inserts inserts; /* the thread's own */

    atomic_bool failed;

    pthread_mutex_t lock;       /* guards what follows */
    pthread_cond_t work;        /* for the thread: there may be enough to do */
    pthread_cond_t settled;     /* for others: a batch is over */
    struct block *first, *last; /* what waits */
    struct block *spare;        /* to be used again */
    size_t n_spare;
    size_t n_waiting; /* parcels */
    size_t bytes_waiting;
    uint64_t n_put;     /* so far */
    uint64_t n_settled; /* of these committed, or dropped */
    size_t n_flushing;  /* who wait in writer_flush */
    bool stopping;
    struct err failure;
};

static struct timespec soon(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += WRITER_WAIT_MS * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static bool is_due(const struct writer *w)
{
    return w->stopping || w->n_flushing || w->n_waiting >= WRITER_BATCH;
}

/* Wait for a batch; with the lock held. NULL: it is over. */
static struct block *take_batch(struct writer *w, uint64_t *n)
{
    while (!w->first && !w->stopping)
        pthread_cond_wait(&w->work, &w->lock);
    struct timespec until = soon();
    while (!is_due(w)) {
        if (pthread_cond_timedwait(&w->work, &w->lock, &until) != 0)
            break;
    }
    struct block *all = w->first;
    *n = w->n_waiting;
    w->first = NULL;
    w->last = NULL;
    w->n_waiting = 0;
    w->bytes_waiting = 0;
    return all;
}

static enum err_code commit(struct writer *w, const struct block *all, struct err *e)
{
    enum err_code rc = sql_run(w->db, w->path, "BEGIN IMMEDIATE", e);
    for (const struct block *b = all; !rc && b; b = b->next)
        rc = inserts_put(&w->inserts, b->rows, b->len, e);
    if (!rc)
        rc = sql_run(w->db, w->path, "COMMIT", e);
    if (rc)
        sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static void blocks_free(struct block *all)
{
    for (struct block *next = NULL; all; all = next) {
        next = all->next;
        free(all);
    }
}

/* Keep the memory for what comes; with the lock held. */
static void give_back(struct writer *w, struct block *all)
{
    for (struct block *next = NULL; all; all = next) {
        next = all->next;
        if (w->n_spare >= SPARE_MAX || all->room > BLOCK_BYTES) {
            free(all);
            continue;
        }
        all->next = w->spare;
        w->spare = all;
        w->n_spare++;
    }
}

/* With the lock held, but for the time it writes. */
static void settle_batch(struct writer *w, struct block *all, uint64_t n)
{
    struct err e = {0};
    pthread_cond_broadcast(&w->settled); /* there is room again */
    pthread_mutex_unlock(&w->lock);
    if (!writer_has_failed(w))
        commit(w, all, &e);
    pthread_mutex_lock(&w->lock);
    give_back(w, all);
    if (e.code) {
        w->failure = e;
        atomic_store(&w->failed, true);
    }
    w->n_settled += n;
    pthread_cond_broadcast(&w->settled);
}

static void *work(void *arg)
{
    struct writer *w = arg;
    pthread_setname_np(pthread_self(), "writer");
    pthread_mutex_lock(&w->lock);
    for (;;) {
        uint64_t n = 0;
        struct block *all = take_batch(w, &n);
        if (!all)
            break;
        settle_batch(w, all, n);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum err_code writer_new(struct writer **out, sqlite3 *db, const char *path, struct err *e)
{
    struct writer *w = mem_new(sizeof(*w));
    w->db = db;
    w->path = path;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&w->settled, NULL);
    enum err_code rc = inserts_init(&w->inserts, db, path, e);
    if (!rc && pthread_create(&w->thread, NULL, work, w) != 0)
        rc = err_set(e, ERR_IO, "cannot start a thread");
    if (rc) {
        inserts_release(&w->inserts);
        free(w);
        return rc;
    }
    *out = w;
    return ERR_OK;
}

static bool is_full(const struct writer *w)
{
    return w->n_waiting >= WRITER_WAITING || w->bytes_waiting >= WRITER_WAITING_BYTES;
}

/* A block behind the others, with room for `len` bytes. */
static struct block *add_block(struct writer *w, size_t len)
{
    struct block *b = len <= BLOCK_BYTES ? w->spare : NULL;
    if (b) {
        w->spare = b->next;
        w->n_spare--;
    } else {
        size_t room = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        b = mem_grow(NULL, 1, sizeof(*b) + room);
        b->room = room;
    }
    b->next = NULL;
    b->len = 0;
    if (w->last)
        w->last->next = b;
    else
        w->first = b;
    w->last = b;
    return b;
}

void writer_put(struct writer *w, struct rows *rows)
{
    if (writer_has_failed(w))
        return;
    rows_end(rows);
    size_t len = rows->bytes.len;
    pthread_mutex_lock(&w->lock);
    while (is_full(w))
        pthread_cond_wait(&w->settled, &w->lock);
    struct block *b = w->last;
    if (!b || b->room - b->len < len)
        b = add_block(w, len);
    memcpy(b->rows + b->len, rows->bytes.at, len);
    b->len += len;
    w->n_put++;
    w->bytes_waiting += len;
    bool wake = w->n_waiting++ == 0 || w->n_waiting == WRITER_BATCH || is_full(w);
    pthread_mutex_unlock(&w->lock);
    if (wake)
        pthread_cond_signal(&w->work);
}

enum err_code writer_flush(struct writer *w, struct err *e)
{
    pthread_mutex_lock(&w->lock);
    uint64_t upto = w->n_put;
    w->n_flushing++;
    pthread_cond_signal(&w->work);
    while (w->n_settled < upto)
        pthread_cond_wait(&w->settled, &w->lock);
    w->n_flushing--;
    struct err failure = w->failure;
    pthread_mutex_unlock(&w->lock);
    if (failure.code)
        *e = failure;
    return failure.code;
}

bool writer_has_failed(const struct writer *w)
{
    return atomic_load_explicit(&w->failed, memory_order_relaxed);
}

void writer_free(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    inserts_release(&w->inserts);
    blocks_free(w->spare);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->settled);
    free(w);
}
