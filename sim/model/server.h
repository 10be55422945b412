/* What servers of models have in common over HTTP: where they are asked, how they take a key, and
 * what they say when they do not answer. */
#ifndef SIM_MODEL_SERVER_H
#define SIM_MODEL_SERVER_H

#include "sim/job/job.h"
#include "sim/net/ask.h"

enum { MODEL_ANSWER_MAX = 4 << 20 /* bytes of an answer; ours */ };

/* Where to ask behind a base URL: ".../v1" and "/chat/completions", before its query if it has one.
 * The caller's to free(). */
char *model_url(const char *base_url, enum job_model_api api);

/* Whether a URL is that of an API in full, query aside, and of which. */
bool model_url_is_whole(const char *url, enum job_model_api *api);

/* The header that carries a key: Azure takes its own under another name. The caller's to free(),
 * both texts. */
struct header model_key(const char *url, const char *api_key);

/* Keep what the server says of an error, in an answer that holds an object, as a->said: masked
 * before it is cut. */
void model_note_said(struct ask *a, const struct tape *t);

/* Look at an attempt that brought no answer, or one with an error: what the server says goes to
 * a->said, masked, and how long it asks to wait to the exchange. 429, 5xx and broken connections
 * are ASK_FAILED, other 4xx and redirects ASK_HOPELESS. ASK_SETTLED, and no fault: the content filter let the
 * request not pass. `scratch` is used for the answer. */
enum ask_verdict model_read_failure(struct ask *a, struct tape *scratch);

#endif
