/* The tool contract: what is sent for a call, what an answer means.
 *
 * Pure: bytes in, bytes and a verdict out. sim/run/call.c has it sent.
 * What an answer can mean, and what follows, is the table in kind.h.
 * Source: contract 3.2 (request), 3.3 (answer), 3.4 (limits), GAP-17..GAP-22, EV-13 (which URL).
 */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"
#include "sim/job/job.h"
#include "sim/net/engine.h"
#include "tools/kind.h"

enum {
    TOOL_BODY_MAX = 1048576,  /* each way, decoded bytes (GAP-19) */
    TOOL_BODY_WARN = 1000000, /* the service's 1 MB may be this (GAP-19) */
    TOOL_ID_ROOM = 48,
};

/* Oddities of an answer that was accepted all the same. */
enum tool_warning {
    TOOL_WARN_CALL_ID = 1 << 0,    /* call_id missing or another's (GAP-22) */
    TOOL_WARN_NOT_STRING = 1 << 1, /* output was not a string (GAP-21) */
    TOOL_WARN_SIZE = 1 << 2,       /* over TOOL_BODY_WARN, one way or the other (GAP-19) */
    TOOL_WARN_OUR_TEXT = 1 << 3,   /* it was empty: the model is shown its status (GAP-17) */
};

enum { TOOL_N_WARNINGS = 4 };

/* Of the warning of this bit, from 0, what such answers are: "answers were empty; ...". */
const char *tool_warning_words(size_t bit); /* static storage */

/* One call as the contract's request has it. All borrowed. */
struct tool_call {
    const char *id;      /* "fc_..." */
    const char *call_id; /* "call_..." */
    const char *name;
    const char *arguments; /* as the policy wrote them; JSON or not */
    size_t arguments_len;
    const char *trace_id; /* "trace_" and 32 hex digits; the rollout's */
    const char *item;     /* the normalised row, JSON */
    size_t item_len;
};

/* Append the request's body (3.2), keys in the contract's order, no white space. */
void tool_request(const struct tool_call *call, struct buf *out);

/* The URL that calls of `tool` go to: as given, or with "/" and the name put before any query
 * (EV-13). The caller's to free(). */
char *tool_url(const struct job_tool *tool, enum job_tool_url form);

/* Read one exchange. Appends to `output` what the model would see when the fate is OK or SHOWN.
 * `scratch` is reused from call to call. Sets bits of enum tool_warning. */
enum tool_kind tool_read(const struct request *req, const char *call_id, struct tape *scratch,
                         struct buf *output, unsigned *warnings);

enum tool_kind tool_kind_of_fault(enum net_fault fault); /* not of NET_NONE */

/* What the model is shown in place of an answer that was never asked for (GAP-20, GAP-24). */
void tool_refusal(enum tool_kind kind, const char *name, struct buf *output);

#endif
