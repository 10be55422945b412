#include "tools/demo/delay.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"

struct entry {
    int64_t due_ns; /* by clock_ns() */
    void *what;
};

struct delay {
    /* constant after delay_start */
    void (*fire)(void *what);
    pthread_t thread;

    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* the first entry is another one, or stopping */
    struct entry *heap;     /* owned; heap[0] is due first, heap[i] not after heap[2i+1], [2i+2] */
    size_t n;
    size_t room;
    bool stopping;
};

static void swap(struct entry *a, struct entry *b)
{
    struct entry c = *a;
    *a = *b;
    *b = c;
}

static void push(struct delay *d, struct entry entry)
{
    if (d->n == d->room) {
        d->room = d->room ? 2 * d->room : 64;
        d->heap = mem_grow(d->heap, d->room, sizeof(*d->heap));
    }
    size_t i = d->n++;
    d->heap[i] = entry;
    for (; i && d->heap[i].due_ns < d->heap[(i - 1) / 2].due_ns; i = (i - 1) / 2)
        swap(&d->heap[i], &d->heap[(i - 1) / 2]);
}

static struct entry pop(struct delay *d)
{
    struct entry first = d->heap[0];
    d->heap[0] = d->heap[--d->n];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < d->n; child++) {
            if (d->heap[child].due_ns < d->heap[least].due_ns)
                least = child;
        }
        if (least == i)
            return first;
        swap(&d->heap[i], &d->heap[least]);
        i = least;
    }
}

/* Wait, with the lock held, until something changes or the first entry is due. */
static void wait_for_first(struct delay *d)
{
    if (!d->n) {
        pthread_cond_wait(&d->changed, &d->lock);
        return;
    }
    int64_t due = d->heap[0].due_ns;
    struct timespec until = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
    pthread_cond_timedwait(&d->changed, &d->lock, &until);
}

static void *serve(void *arg)
{
    struct delay *d = arg;
    pthread_mutex_lock(&d->lock);
    while (d->n || !d->stopping) {
        if (d->n && (d->stopping || d->heap[0].due_ns <= clock_ns())) {
            struct entry entry = pop(d);
            pthread_mutex_unlock(&d->lock); /* `fire` may take its time */
            d->fire(entry.what);
            pthread_mutex_lock(&d->lock);
        } else {
            wait_for_first(d);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

enum err_code delay_start(struct delay **out, void (*fire)(void *what), struct err *e)
{
    struct delay *d = mem_new(sizeof(*d));
    d->fire = fire;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); /* the clock of due_ns */
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, &attr);
    pthread_condattr_destroy(&attr);
    int failed = pthread_create(&d->thread, NULL, serve, d);
    if (failed) {
        pthread_cond_destroy(&d->changed);
        pthread_mutex_destroy(&d->lock);
        free(d);
        errno = failed;
        return err_sys(e, "starting a thread");
    }
    *out = d;
    return ERR_OK;
}

void delay_add(struct delay *d, unsigned ms, void *what)
{
    struct entry entry = {.due_ns = clock_ns() + (int64_t)ms * 1000000, .what = what};
    pthread_mutex_lock(&d->lock);
    bool stopping = d->stopping;
    if (!stopping) {
        push(d, entry);
        if (d->heap[0].what == what)
            pthread_cond_signal(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    if (stopping)
        d->fire(what);
}

void delay_stop(struct delay *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
}

void delay_free(struct delay *d)
{
    if (!d)
        return;
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d->heap);
    free(d);
}
