/* The one table of everything that can come of a tool call.
 *
 * A kind is a row: what happened, what follows from it, whose words the model is then shown, what
 * the user does about it, and the rule that says so. Nothing else decides any of this, and no row
 * leads to a reward. docs/faults.md is printed from here (`rftsim help faults`); tests/chaos has at
 * least one endpoint for each row that an endpoint can bring about.
 * Source: contract 3.4 (limits), 3.5 (failures), 3.7 (addresses), GAP-13..GAP-24, GAP-52, EV-16.
 */
#ifndef TOOLS_KIND_H
#define TOOLS_KIND_H

#include <stdbool.h>

/* What follows: identifier, words. */
#define TOOL_FATES(X)                                                                        \
    X(OK, "ok", "the output is the tool's result")                                           \
    X(SHOWN, "shown", "the model is shown it as the tool's result, and the rollout goes on") \
    X(RETRIED, "retried", "tried again; when no attempt is left the rollout is discarded")   \
    X(LOST, "lost", "not tried again; the rollout is discarded")

enum tool_fate {
#define X(name, id, words) TOOL_##name,
    TOOL_FATES(X)
#undef X
};

/* Whose words the model is shown: identifier, words. */
#define TOOL_TEXTS(X)                                                             \
    X(NOTHING, "nothing", "")                                                     \
    X(ANSWER, "answer",                                                           \
      "what the endpoint answered, or its status in our words if that was empty") \
    X(OURS, "ours", "ours: the service's text is not published")                  \
    X(RECORDED, "recorded", "as recorded from the service")                       \
    X(PARTLY, "partly", "its heading as recorded from the service, the rest ours")

enum tool_text {
#define X(name, id, words) TOOL_TEXT_##name,
    TOOL_TEXTS(X)
#undef X
};

/* name, identifier, fate, whether it breaks the contract (a bug of the endpoint rather than a bad
 * day), whose text is shown, what happened, what to do about it, rule. A family of near ones stands
 * together; FINE is first. */
/* clang-format off */
#define TOOL_KINDS(X) \
    X(FINE, "ok", OK, false, ANSWER, "answered with an output", "", "3.5") \
    X(CLIENT_ERROR, "http_4xx", SHOWN, false, ANSWER, "answered 4xx", \
      "look at the first one with -v; an address or a key that is wrong answers 4xx to every call", "3.5, GAP-17") \
    X(RATE_LIMITED, "http_429", SHOWN, false, ANSWER, "answered 429, which nothing waits for", \
      "endpoints are to take 50 requests a second; simulation.max_qps finds out what this one takes", "GAP-16") \
    X(REDIRECT, "redirect", SHOWN, true, ANSWER, "answered with a redirect, which is not followed", \
      "give the final address as server_url", "GAP-15") \
    X(ANSWER_TOO_LARGE, "answer_too_large", SHOWN, false, OURS, "answered more than 1,048,576 bytes", \
      "answer less: page it, or leave out what the model does not need", "3.4, GAP-18, GAP-19") \
    X(REQUEST_TOO_LARGE, "request_too_large", SHOWN, false, OURS, "not sent: the request is over 1,048,576 bytes", \
      "make the row smaller: all of it goes with every call", "GAP-20") \
    X(UNKNOWN, "unknown_tool", SHOWN, false, OURS, "not sent: the job has no tool of this name", \
      "add the tool to the job, or correct the name in the policy", "GAP-24") \
    X(NO_NAMESPACE, "no_namespace", SHOWN, false, RECORDED, \
      "not sent: a call in multi_tool_use.parallel lacks the namespace \"functions.\"", \
      "the model did this in 30 of 350 recorded rollouts; nothing to mend in the job", "3.7, GAP-52") \
    X(BAD_BATCH, "bad_batch", SHOWN, false, PARTLY, \
      "not sent: the arguments of multi_tool_use.parallel are not a list of calls", \
      "the model did this in 4 of 350 recorded rollouts; nothing to mend in the job", "3.7") \
    X(SERVER_ERROR, "http_5xx", RETRIED, false, NOTHING, "answered 5xx", \
      "look at the endpoint's own log; answer 4xx when the call is at fault, so that the model can react", "3.5, EV-16") \
    X(NO_BODY, "no_body", RETRIED, true, NOTHING, "answered 2xx with no body", \
      "answer {\"output\": ...}, also when there is nothing to say", "GAP-14") \
    X(MALFORMED, "malformed", RETRIED, true, NOTHING, "answered 2xx with a body that is not JSON", \
      "answer {\"output\": ...} as UTF-8 JSON; an HTML page often means a wrong address or a login", "GAP-14") \
    X(NOT_OBJECT, "not_object", RETRIED, true, NOTHING, "answered 2xx with JSON that is not an object", \
      "wrap it: {\"output\": ...}", "GAP-14") \
    X(NO_OUTPUT, "no_output", RETRIED, true, NOTHING, "answered 2xx without \"output\"", \
      "put the result under \"output\"; answer errors with 4xx", "GAP-14") \
    X(DNS, "dns", RETRIED, false, NOTHING, "host name does not resolve", \
      "correct the host in server_url", "GAP-14") \
    X(LINK_LOCAL, "link_local", RETRIED, false, NOTHING, "address is link-local, which is never called", \
      "give a host that the service can reach too", "GAP-14") \
    X(REFUSED, "refused", RETRIED, false, NOTHING, "connection refused", \
      "start the endpoint, or correct the port", "GAP-14") \
    X(CONNECT, "connect", RETRIED, false, NOTHING, "no connection", \
      "see that the host is up and reachable from here", "GAP-14") \
    X(TLS_UNTRUSTED, "tls_untrusted", RETRIED, false, NOTHING, "certificate is not signed by a trusted authority", \
      "use a public certificate; to rehearse with your own, name its authority in SSL_CERT_FILE", "GAP-14") \
    X(TLS_EXPIRED, "tls_expired", RETRIED, false, NOTHING, "certificate has expired or is not valid yet", \
      "renew the certificate", "GAP-14") \
    X(TLS_HOST, "tls_wrong_host", RETRIED, false, NOTHING, "certificate is for another host", \
      "use the host that the certificate names, or a certificate for this one", "GAP-14") \
    X(TLS, "tls", RETRIED, false, NOTHING, "TLS failed", \
      "see that the port speaks TLS, version 1.2 or later", "GAP-14") \
    X(TIMEOUT, "timeout", RETRIED, false, NOTHING, "no whole answer within simulation.tool_timeout_ms", \
      "answer sooner; the service waits ten minutes", "3.4, GAP-14") \
    X(EMPTY, "empty", RETRIED, false, NOTHING, "connection closed without an answer", \
      "look for a crash in the endpoint's log", "GAP-14") \
    X(CUT, "cut", RETRIED, false, NOTHING, "connection broke before the answer was whole", \
      "look for a crash, or for a proxy that gives up, in the endpoint's log", "GAP-14") \
    X(NOT_HTTP, "not_http", RETRIED, true, NOTHING, "answered something that is not HTTP", \
      "see what listens on this port", "GAP-14") \
    X(HEAD_TOO_LARGE, "head_too_large", RETRIED, true, NOTHING, "answered with over 102,400 bytes of headers", \
      "send fewer or shorter headers", "GAP-14") \
    X(BAD_LENGTH, "bad_length", RETRIED, true, NOTHING, "answered with a Content-Length that is no number", \
      "let the web framework write Content-Length", "GAP-14") \
    X(TWO_LENGTHS, "two_lengths", RETRIED, true, NOTHING, "answered with two Content-Lengths that differ", \
      "let the web framework write Content-Length, once", "GAP-14") \
    X(BAD_CHUNK, "bad_chunk", RETRIED, true, NOTHING, "answered in chunks that cannot be read", \
      "let the web framework write the chunks, or send Content-Length", "GAP-14, GAP-50") \
    X(BAD_ENCODING, "bad_encoding", RETRIED, true, NOTHING, "answered with a compressed body that cannot be unpacked", \
      "send it plain: compression is not asked for", "GAP-14, GAP-50") \
    X(FAILED, "failed", RETRIED, false, NOTHING, "transfer failed", \
      "the words in brackets are the library's", "GAP-14") \
    X(CALL_DEADLINE, "call_deadline", LOST, false, NOTHING, "not settled within simulation.call_timeout_ms", \
      "answer sooner, or give a call more time", "GAP-14") \
    X(ROLLOUT_DEADLINE, "rollout_deadline", LOST, false, NOTHING, \
      "not settled within the rollout's simulation.rollout_timeout_ms", \
      "answer sooner, or give a rollout more time", "GAP-14")
/* clang-format on */

enum tool_kind {
#define X(name, id, fate, violation, text, words, fix, rule) TOOL_KIND_##name,
    TOOL_KINDS(X)
#undef X
        TOOL_N_KINDS,
};

struct tool_kind_row {
    const char *id;    /* for machines: "http_4xx" */
    const char *words; /* "answered 4xx" */
    const char *fix;   /* what to do next; empty for FINE */
    const char *rule;  /* of the contract */
    enum tool_fate fate;
    enum tool_text text;
    bool violation;
};

const struct tool_kind_row *tool_kind_row(enum tool_kind kind); /* static storage */
bool tool_kind_find(enum tool_kind *out, const char *id);       /* false: there is none */

const char *tool_fate_id(enum tool_fate fate);
const char *tool_fate_words(enum tool_fate fate);
const char *tool_text_id(enum tool_text text);
const char *tool_text_words(enum tool_text text);

/* Whether the rollout is discarded once no attempt is left. */
bool tool_kind_loses(enum tool_kind kind);

#endif
