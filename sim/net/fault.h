/* Why an exchange brought no complete answer. */
#ifndef SIM_NET_FAULT_H
#define SIM_NET_FAULT_H

#include <stdbool.h>

/* identifier for machines, words for people; from DNS to TLS no connection was made */
#define NET_FAULTS(X)                                                                         \
    X(NONE, "none", "a complete answer came")                                                 \
    X(DNS, "dns", "the host name does not resolve")                                           \
    X(LINK_LOCAL, "link_local", "the address is link-local, which is never called")           \
    X(REFUSED, "refused", "nothing listens there")                                            \
    X(CONNECT, "connect", "no connection could be made")                                      \
    X(TLS_UNTRUSTED, "tls_untrusted", "the certificate is not signed by a trusted authority") \
    X(TLS_EXPIRED, "tls_expired", "the certificate has expired or is not valid yet")          \
    X(TLS_HOST, "tls_wrong_host", "the certificate is for another host")                      \
    X(TLS, "tls", "the TLS handshake failed")                                                 \
    X(TIMEOUT, "timeout", "no complete answer in time")                                       \
    X(EMPTY, "empty", "the connection was closed without an answer")                          \
    X(CUT, "cut", "the connection broke before the answer was whole")                         \
    X(NOT_HTTP, "not_http", "the answer is not HTTP")                                         \
    X(HEAD_TOO_LARGE, "head_too_large", "the answer's head is over its limit")                \
    X(BAD_LENGTH, "bad_length", "the answer's Content-Length is no number")                   \
    X(TWO_LENGTHS, "two_lengths", "the answer has two Content-Lengths that differ")           \
    X(BAD_CHUNK, "bad_chunk", "the answer's chunks cannot be read")                           \
    X(BAD_ENCODING, "bad_encoding", "the answer's body cannot be unpacked")                   \
    X(TOO_LARGE, "too_large", "the answer is over its limit")                                 \
    X(OTHER, "other", "the transfer failed")

enum net_fault {
#define X(name, id, words) NET_##name,
    NET_FAULTS(X)
#undef X
        NET_N_FAULTS,
};

const char *net_fault_name(enum net_fault fault);
const char *net_fault_words(enum net_fault fault);

/* Whether there was not even a connection: the host is not there, or not to be trusted. */
bool net_fault_is_unreached(enum net_fault fault);

#endif
