/* What a policy's program is sent and what it sends back: one line of JSON for each turn, each way.
 *
 *     {"id": 7, "rollout": "a3...", "turn": 1, "seed": 5831..., "messages": [...], "tools": [...],
 *      "parallel_tool_calls": true, "item": {...}, "calls": [{"name", "arguments", "output"}],
 *      "turns": [{"calls": [0], "batch": false}]}
 *
 *     {"id": 7, "answer": "..."}
 *     {"id": 7, "calls": [{"name": "search", "arguments": {"q": "x"} or a text}]}
 *     {"id": 7, "message": {"recipient": "functions.search", "arguments": {...} or a text}}
 *     {"id": 7, "error": "..."}
 *
 * docs/policies.md says what each field is. `rollout` and `seed` come of the rollout's stream, so
 * they are the same in each run of the job's seed.
 * Threads: pure functions; a reader belongs to one thread.
 */
#ifndef SIM_POLICY_COMMAND_LINE_H
#define SIM_POLICY_COMMAND_LINE_H

#include "sim/policy/policy.h"

enum {
    COMMAND_LINE_MAX = 4 << 20, /* bytes of an answer */
    COMMAND_CALLS_MAX = 128,    /* in one turn; as in a batch (tools/batch.h) */
    COMMAND_WHY_ROOM = 256,
    COMMAND_SAID_MAX = 500, /* bytes of a reason, of which a run may keep one a rollout */
};

/* Append the line that asks for a turn, with its line break. */
void command_line_ask(struct buf *out, uint64_t id, const struct policy_view *view,
                      const struct job *job);

/* What reading needs, kept from line to line. */
struct command_reader {
    struct tape tape;
    struct buf names; /* of the calls last read */
};

enum command_reply {
    COMMAND_TURN,    /* a turn; an "error" is one too, POLICY_FAILED */
    COMMAND_UNFIT,   /* it can be told whose answer it is, but it is none: POLICY_FAILED, and why */
    COMMAND_STRANGE, /* it is nobody's; `why` says so */
};

/* Read a line, without its break. `*id` is set but for STRANGE. The names of its calls are borrowed
 * until the next is read. */
enum command_reply command_line_read(struct command_reader *r, const char *line, size_t len,
                                     uint64_t *id, struct policy_turn *turn,
                                     char why[COMMAND_WHY_ROOM]);

/* Make of a reason with a program's words in it one line of at most COMMAND_SAID_MAX bytes, in
 * which values are masked before it is cut. */
void command_cut(struct buf *why);

void command_reader_release(struct command_reader *r);

#endif
