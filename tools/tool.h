/* The tool contract: what is sent for a call, what an answer means.
 *
 * Pure: bytes in, bytes and a verdict out. sim/run/call.c does the sending.
 * Source: contract 3.2 (request), 3.3 (answer), 3.4 (limits), 3.5 (failures), GAP-13..GAP-22,
 * EV-13 (which URL), EV-16 (attempts).
 */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"
#include "sim/job/job.h"
#include "sim/net/engine.h"

enum {
    TOOL_BODY_MAX = 1048576,  /* each way, decoded bytes (GAP-19) */
    TOOL_BODY_WARN = 1000000, /* the service's 1 MB may be this (GAP-19) */
    TOOL_ID_ROOM = 48,
};

/* What a kind of answer leads to. */
enum tool_fate {
    TOOL_OK,      /* the output is the tool's result */
    TOOL_SHOWN,   /* an error that the model is shown; the rollout goes on */
    TOOL_RETRIED, /* tried again; if no attempt is left, the rollout is discarded */
};

/* Every way a call can end: name, identifier for machines, fate, whether it breaks the contract
 * (a bug of the endpoint rather than a bad day), words, and the rule that says so. */
#define TOOL_KINDS(X)                                                                              \
    X(FINE, "ok", OK, false, "answered", "3.5")                                                    \
    X(CLIENT_ERROR, "http_4xx", SHOWN, false, "answered 4xx", "3.5, GAP-17")                       \
    X(RATE_LIMITED, "http_429", SHOWN, false,                                                      \
      "answered 429: the model is shown it, nothing waits", "GAP-16")                              \
    X(REDIRECT, "redirect", SHOWN, true, "answered with a redirect, which is not followed",        \
      "GAP-15")                                                                                    \
    X(ANSWER_TOO_LARGE, "answer_too_large", SHOWN, false, "answered more than 1,048,576 bytes",    \
      "3.4, GAP-18, GAP-19")                                                                       \
    X(REQUEST_TOO_LARGE, "request_too_large", SHOWN, false,                                        \
      "not sent: the request is over 1,048,576 bytes", "GAP-20")                                   \
    X(UNKNOWN, "unknown_tool", SHOWN, false, "not sent: the job has no tool of this name",         \
      "GAP-24")                                                                                    \
    X(SERVER_ERROR, "http_5xx", RETRIED, false, "answered 5xx", "3.5, EV-16")                      \
    X(MALFORMED, "malformed", RETRIED, true, "answered 2xx with a body that is not a JSON object", \
      "GAP-14")                                                                                    \
    X(NO_OUTPUT, "no_output", RETRIED, true, "answered 2xx without \"output\"", "GAP-14")          \
    X(DNS, "dns", RETRIED, false, "host name does not resolve", "GAP-14")                          \
    X(REFUSED, "refused", RETRIED, false, "connection refused", "GAP-14")                          \
    X(CONNECT, "connect", RETRIED, false, "no connection", "GAP-14")                               \
    X(TLS, "tls", RETRIED, false, "TLS failed", "GAP-14")                                          \
    X(TIMEOUT, "timeout", RETRIED, false, "no answer in time", "GAP-14")                           \
    X(BROKEN, "broken", RETRIED, false, "connection broke before the answer was whole", "GAP-14")  \
    X(GARBLED, "garbled", RETRIED, true, "answered something that is not HTTP", "GAP-14")          \
    X(FAILED, "failed", RETRIED, false, "transfer failed", "GAP-14")

enum tool_kind {
#define X(name, id, fate, violation, words, rule) TOOL_KIND_##name,
    TOOL_KINDS(X)
#undef X
        TOOL_N_KINDS,
};

const char *tool_kind_name(enum tool_kind kind);
const char *tool_kind_words(enum tool_kind kind);
enum tool_fate tool_kind_fate(enum tool_kind kind);
bool tool_kind_is_violation(enum tool_kind kind);
bool tool_kind_was_answered(enum tool_kind kind); /* some HTTP status came */

/* Oddities of an answer that was accepted all the same. */
enum tool_warning {
    TOOL_WARN_CALL_ID = 1 << 0,    /* call_id missing or another's (GAP-22) */
    TOOL_WARN_NOT_STRING = 1 << 1, /* output was not a string (GAP-21) */
    TOOL_WARN_SIZE = 1 << 2,       /* over TOOL_BODY_WARN, one way or the other (GAP-19) */
};

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

/* What the model is shown in place of an answer that was never asked for (GAP-20, GAP-24). */
void tool_refusal(enum tool_kind kind, const char *name, struct buf *output);

#endif
