#include "sim/net/translate.h"

#include <errno.h>
#include <string.h>

#include "sim/base/cc.h"

/* The first row that fits counts. `words`, if given, must be among libcurl's. */
static const struct {
    CURLcode code;
    enum net_fault fault;
    const char *words;
} rows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, NET_DNS, NULL},
    {CURLE_COULDNT_RESOLVE_PROXY, NET_DNS, NULL},
    {CURLE_COULDNT_CONNECT, NET_CONNECT, NULL},
    {CURLE_INTERFACE_FAILED, NET_CONNECT, NULL},
    {CURLE_OPERATION_TIMEDOUT, NET_TIMEOUT, NULL},
    {CURLE_GOT_NOTHING, NET_EMPTY, NULL},
    {CURLE_ABORTED_BY_CALLBACK, NET_EMPTY, NULL}, /* transfer.c, on_send */
    {CURLE_RECV_ERROR, NET_BAD_CHUNK, "chunk"},
    {CURLE_RECV_ERROR, NET_CUT, NULL},
    {CURLE_SEND_ERROR, NET_CUT, NULL},
    {CURLE_PARTIAL_FILE, NET_CUT, NULL},
    {CURLE_WEIRD_SERVER_REPLY, NET_BAD_LENGTH, "Content-Length"},
    {CURLE_WEIRD_SERVER_REPLY, NET_NOT_HTTP, NULL},
    {CURLE_UNSUPPORTED_PROTOCOL, NET_NOT_HTTP, NULL}, /* no status line: HTTP/0.9 */
    {CURLE_BAD_CONTENT_ENCODING, NET_BAD_ENCODING, NULL},
    {CURLE_SSL_CONNECT_ERROR, NET_TLS, NULL},
    {CURLE_SSL_CERTPROBLEM, NET_TLS, NULL},
    {CURLE_SSL_CIPHER, NET_TLS, NULL},
    {CURLE_SSL_CACERT_BADFILE, NET_TLS, NULL},
    {CURLE_SSL_ISSUER_ERROR, NET_TLS, NULL},
    {CURLE_SSL_INVALIDCERTSTATUS, NET_TLS, NULL},
};

/* OpenSSL's results of a verification, which libcurl passes on as numbers (x509_vfy.h). */
enum {
    VERIFY_OK = 0,
    VERIFY_UNSET = 1, /* as libcurl leaves it when it stops at the host name */
    VERIFY_NOT_YET_VALID = 9,
    VERIFY_EXPIRED = 10,
};

/* What a failed verification failed at; NET_TLS_HOST if the chain was not at fault. */
static enum net_fault fault_of_verify(long verify)
{
    switch (verify) {
    case VERIFY_OK:
    case VERIFY_UNSET:
        return NET_TLS_HOST;
    case VERIFY_NOT_YET_VALID:
    case VERIFY_EXPIRED:
        return NET_TLS_EXPIRED;
    default:
        return NET_TLS_UNTRUSTED;
    }
}

/* The same break is another fault before the request went out, or before anything came back. */
static enum net_fault refine(const struct curl_failure *f, enum net_fault fault)
{
    bool broke = fault == NET_CUT || fault == NET_EMPTY;
    if (!f->sent && (broke || fault == NET_TIMEOUT))
        return NET_CONNECT;
    return fault == NET_CUT && !f->began ? NET_EMPTY : fault;
}

enum net_fault translate(const struct curl_failure *f)
{
    /* A real want of memory ends the program, so this is the line that libcurl has no room for. */
    if (f->code == CURLE_OUT_OF_MEMORY && f->began && !f->headed)
        return NET_HEAD_TOO_LARGE;
    if (f->code == CURLE_COULDNT_CONNECT && f->os_errno == ECONNREFUSED)
        return NET_REFUSED;
    if (f->code == CURLE_PEER_FAILED_VERIFICATION)
        return fault_of_verify(f->verify);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].code != f->code || (rows[i].words && !strstr(f->words, rows[i].words)))
            continue;
        return refine(f, rows[i].fault);
    }
    return NET_OTHER;
}

bool translate_words_help(enum net_fault fault)
{
    switch (fault) { /* no default: the compiler names the fault someone forgot */
    case NET_CONNECT:
    case NET_TLS_UNTRUSTED:
    case NET_TLS_HOST:
    case NET_TLS:
    case NET_TIMEOUT: /* how many bytes had come */
    case NET_CUT:     /* how many were missing */
    case NET_BAD_CHUNK:
    case NET_BAD_ENCODING:
    case NET_OTHER:
        return true;
    case NET_NONE:
    case NET_DNS:
    case NET_LINK_LOCAL:
    case NET_REFUSED:
    case NET_TLS_EXPIRED:
    case NET_EMPTY:
    case NET_NOT_HTTP:
    case NET_HEAD_TOO_LARGE:
    case NET_BAD_LENGTH:
    case NET_TWO_LENGTHS:
    case NET_TOO_LARGE:
    case NET_N_FAULTS:
        return false;
    }
    return false;
}
