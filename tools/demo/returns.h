/* The returns that rollouts have opened, each rollout's apart: what one trace_id did, no other
 * sees.
 *
 *     none ──open──► open ──settle──► settled
 *
 * Bounded: at most `n_traces` rollouts are known, at most RETURNS_EACH returns of one. When one
 * more comes, the rollout that opened its first return longest ago is forgotten, as if it had done
 * nothing. Only opening makes a rollout known.
 * Threads: any; each function is one step, as seen from all others.
 */
#ifndef TOOLS_DEMO_RETURNS_H
#define TOOLS_DEMO_RETURNS_H

#include <stddef.h>
#include <stdint.h>

enum {
    RETURNS_EACH = 8,
    RETURNS_TRACE_ROOM = 64, /* a trace_id with its NUL; the service's have 38 bytes */
};

enum return_state { RETURN_NONE, RETURN_OPEN, RETURN_SETTLED };

struct return_entry {
    uint32_t item; /* what is returned, the caller's number */
    enum return_state state;
    unsigned way;  /* how it is to be settled, the caller's number */
    int64_t cents; /* what is paid back */
};

enum returns_end {
    RETURNS_DONE,
    RETURNS_NOT_OPEN, /* to be settled, but not opened yet; or already settled */
    RETURNS_OTHER_WAY,
    RETURNS_TWICE, /* to be opened, but open or settled already */
    RETURNS_FULL,
};

struct returns;

struct returns *returns_new(size_t n_traces); /* at least 1 */
void returns_free(struct returns *r);         /* NULL is fine */

/* What the rollout knows of an item; RETURN_NONE if it opened no return of it. `trace` is shorter
 * than RETURNS_TRACE_ROOM, here and below. */
struct return_entry returns_find(struct returns *r, const char *trace, uint32_t item);

/* DONE, TWICE or FULL. */
enum returns_end returns_open(struct returns *r, const char *trace, uint32_t item, unsigned way,
                              int64_t cents);

/* DONE, with `*out` filled, NOT_OPEN or OTHER_WAY. Of two that come at once one is DONE. */
enum returns_end returns_settle(struct returns *r, const char *trace, uint32_t item, unsigned way,
                                struct return_entry *out);

/* Rollouts known so far, and how many of them were forgotten since. */
uint64_t returns_known(struct returns *r);
uint64_t returns_forgotten(struct returns *r);

#endif
