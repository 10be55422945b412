/* The arguments of multi_tool_use.parallel: several calls in one message of the model.
 *
 *     {"tool_uses": [{"recipient_name": "functions.NAME", "parameters": {...}}, ...]}
 *
 * Pure: bytes in; out comes a list of calls, or the text that the model is shown in their place.
 * That text stands for the whole batch, nothing of it is called: NO_NAMESPACE's is as recorded; of
 * BAD_BATCH's the beginning of the first line is, and the rest is ours. An address in a namespace
 * of its own ("browser.open") is a call like any other, of a tool that no job has. An empty list is
 * a batch of no calls: nothing recorded says that the service refuses it, and its result in the
 * recorded form is "[]".
 * Source: contract 3.7 (forms and texts), 4.2 (how the service writes a batch's arguments), GAP-23,
 * GAP-52.
 */
#ifndef TOOLS_BATCH_H
#define TOOLS_BATCH_H

#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"
#include "tools/kind.h"

/* Calls of a batch. The service's own bound is not published, and no recorded batch has more than
 * a few; this one keeps one message from opening requests without end. Over it: BAD_BATCH. */
enum { BATCH_MAX_CALLS = 128 };

struct batch_call {
    size_t address; /* in batch.text, with a NUL behind it: "functions.NAME", as written */
    size_t from;    /* its arguments in batch.text: the parameters, spaced as Python does */
    size_t len;
};

struct batch {
    enum tool_kind kind;      /* FINE, NO_NAMESPACE or BAD_BATCH */
    struct buf text;          /* owned; what `calls` points into, or else what the model is shown */
    struct batch_call *calls; /* owned */
    size_t n_calls;
};

/* Read text[0..len) into `b`, which is taken as uninitialised; batch_release it. */
void batch_read(struct batch *b, const char *text, size_t len, struct tape *scratch);
void batch_release(struct batch *b);

#endif
