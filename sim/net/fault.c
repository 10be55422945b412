#include "sim/net/fault.h"

#include <errno.h>

static const struct {
    const char *name;
    const char *words;
} rows[] = {
#define X(name, id, words) [NET_##name] = {id, words},
    NET_FAULTS(X)
#undef X
};

static const struct {
    CURLcode result;
    enum net_fault fault;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, NET_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, NET_DNS},
    {CURLE_COULDNT_CONNECT, NET_CONNECT},
    {CURLE_INTERFACE_FAILED, NET_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, NET_TIMEOUT},
    {CURLE_GOT_NOTHING, NET_EMPTY},
    {CURLE_ABORTED_BY_CALLBACK, NET_EMPTY}, /* engine.c, on_send */
    {CURLE_SEND_ERROR, NET_CUT},
    {CURLE_RECV_ERROR, NET_CUT},
    {CURLE_PARTIAL_FILE, NET_CUT},
    {CURLE_WEIRD_SERVER_REPLY, NET_NOT_HTTP},
    {CURLE_UNSUPPORTED_PROTOCOL, NET_NOT_HTTP}, /* HTTP/0.9: the answer has no status line */
    {CURLE_BAD_CONTENT_ENCODING, NET_BAD_ENCODING},
    {CURLE_SSL_CONNECT_ERROR, NET_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, NET_TLS},
    {CURLE_SSL_CERTPROBLEM, NET_TLS},
    {CURLE_SSL_CIPHER, NET_TLS},
    {CURLE_SSL_CACERT_BADFILE, NET_TLS},
    {CURLE_SSL_ISSUER_ERROR, NET_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, NET_TLS},
};

enum net_fault fault_of(CURLcode result, int os_errno)
{
    if (result == CURLE_COULDNT_CONNECT && os_errno == ECONNREFUSED)
        return NET_REFUSED;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        if (faults[i].result == result)
            return faults[i].fault;
    }
    return NET_OTHER;
}

const char *net_fault_name(enum net_fault fault)
{
    return rows[fault].name;
}

const char *net_fault_words(enum net_fault fault)
{
    return rows[fault].words;
}
