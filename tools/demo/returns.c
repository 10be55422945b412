#include "tools/demo/returns.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"

struct trace {
    char id[RETURNS_TRACE_ROOM];
    struct trace *next; /* in its bucket */
    struct return_entry at[RETURNS_EACH];
    size_t n;
};

struct returns {
    /* constant after returns_new */
    size_t room;
    size_t n_buckets;

    pthread_mutex_t lock;   /* guards what follows */
    struct trace *traces;   /* a ring: number i stands at i % room */
    struct trace **buckets; /* by the hash of the id */
    uint64_t n_known;
};

struct returns *returns_new(size_t n_traces)
{
    assert(n_traces);
    struct returns *r = mem_new(sizeof(*r));
    r->room = n_traces;
    r->n_buckets = n_traces;
    r->traces = mem_array(r->room, sizeof(*r->traces));
    r->buckets = mem_array(r->n_buckets, sizeof(struct trace *));
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void returns_free(struct returns *r)
{
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r->traces);
    free((void *)r->buckets);
    free(r);
}

static struct trace **bucket(const struct returns *r, const char *id)
{
    size_t len = strlen(id);
    assert(len < RETURNS_TRACE_ROOM);
    return &r->buckets[hash_bytes(id, len) % r->n_buckets];
}

static struct trace *find_trace(const struct returns *r, const char *id)
{
    struct trace *t = *bucket(r, id);
    while (t && strcmp(t->id, id) != 0)
        t = t->next;
    return t;
}

static void forget(const struct returns *r, const struct trace *t)
{
    struct trace **link = bucket(r, t->id);
    while (*link != t)
        link = &(*link)->next;
    *link = t->next;
}

/* A rollout that was not known; the one that stood in its place is forgotten. */
static struct trace *add_trace(struct returns *r, const char *id)
{
    struct trace *t = &r->traces[r->n_known % r->room];
    if (r->n_known >= r->room)
        forget(r, t);
    r->n_known++;
    struct trace **head = bucket(r, id);
    *t = (struct trace){.next = *head};
    memcpy(t->id, id, strlen(id) + 1);
    *head = t;
    return t;
}

static struct return_entry *find_entry(struct trace *t, uint32_t item)
{
    for (size_t i = 0; t && i < t->n; i++) {
        if (t->at[i].item == item)
            return &t->at[i];
    }
    return NULL;
}

struct return_entry returns_find(struct returns *r, const char *trace, uint32_t item)
{
    pthread_mutex_lock(&r->lock);
    const struct return_entry *found = find_entry(find_trace(r, trace), item);
    struct return_entry copy = found ? *found : (struct return_entry){.item = item};
    pthread_mutex_unlock(&r->lock);
    return copy;
}

enum returns_end returns_open(struct returns *r, const char *trace, uint32_t item, unsigned way,
                              int64_t cents)
{
    pthread_mutex_lock(&r->lock);
    struct trace *t = find_trace(r, trace);
    enum returns_end end = find_entry(t, item)         ? RETURNS_TWICE
                           : t && t->n == RETURNS_EACH ? RETURNS_FULL
                                                       : RETURNS_DONE;
    if (end == RETURNS_DONE) {
        if (!t)
            t = add_trace(r, trace);
        t->at[t->n++] = (struct return_entry){item, RETURN_OPEN, way, cents};
    }
    pthread_mutex_unlock(&r->lock);
    return end;
}

enum returns_end returns_settle(struct returns *r, const char *trace, uint32_t item, unsigned way,
                                struct return_entry *out)
{
    pthread_mutex_lock(&r->lock);
    struct return_entry *found = find_entry(find_trace(r, trace), item);
    enum returns_end end = !found || found->state != RETURN_OPEN ? RETURNS_NOT_OPEN
                           : found->way != way                   ? RETURNS_OTHER_WAY
                                                                 : RETURNS_DONE;
    if (end == RETURNS_DONE) {
        found->state = RETURN_SETTLED;
        *out = *found;
    }
    pthread_mutex_unlock(&r->lock);
    return end;
}

uint64_t returns_known(struct returns *r)
{
    pthread_mutex_lock(&r->lock);
    uint64_t n = r->n_known;
    pthread_mutex_unlock(&r->lock);
    return n;
}

uint64_t returns_forgotten(struct returns *r)
{
    uint64_t n = returns_known(r);
    return n > r->room ? n - r->room : 0;
}
