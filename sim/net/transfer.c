#include "sim/net/transfer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/translate.h"

/* Read and, with TLS, written at a time: memory that every transfer in flight holds. */
enum { RECEIVE_BYTES = 4096, SEND_BYTES = 16384 };

/* A look-up is kept so long; when it ends all new connections look up at once, each in a thread. */
enum { DNS_SECONDS = 600 };

static size_t on_bytes(char *bytes, size_t one, size_t count, void *arg)
{
    (void)one; /* always 1 */
    struct transfer *t = arg;
    struct request *req = t->req;
    if (count > req->answer_max - req->answer.len) {
        t->fault = NET_TOO_LARGE;
        return 0; /* tells curl to give up */
    }
    buf_add(&req->answer, bytes, count);
    return count;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is curl's */
static size_t on_header(char *line, size_t one, size_t count, void *arg)
{
    (void)one; /* always 1 */
    struct transfer *t = arg;
    t->fault = head_line(&t->head, line, count);
    return t->fault == NET_NONE ? count : 0;
}

/* Called before a request goes out. When a kept connection closes without an answer curl sends
 * the request a second time, in silence; how often a tool was asked is ours to decide and to count
 * (EV-16), so that second time is refused: here, or before that in on_open. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is curl's */
static int on_send(void *arg, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    struct transfer *t = arg;
    bool again = t->sent;
    t->sent = true;
    return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* 169.254.0.0/16, fe80::/10, and the first of these written as IPv6. */
static bool is_link_local(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        return ntohl(in.sin_addr.s_addr) >> 16 == 0xa9fe;
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof(in6));
    const unsigned char *b = in6.sin6_addr.s6_addr;
    return IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) ||
           (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) && b[12] == 0xa9 && b[13] == 0xfe);
}

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose; /* there is one, to connect */
    struct transfer *t = arg;
    if (t->sent) /* curl is about to send again, see on_send */
        return CURL_SOCKET_BAD;
    if (is_link_local(&address->addr)) {
        t->barred = NET_LINK_LOCAL;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) {
        t->barred = NET_OTHER;
        t->os_errno = errno;
        return CURL_SOCKET_BAD;
    }
    t->opened = true;
    sockets_opened(t->sockets, fd);
    return fd;
}

/* A connection outlives the transfer that opened it, so this is told the engine's sockets. */
static int on_close(void *arg, curl_socket_t fd)
{
    sockets_closed(arg, fd);
    return close(fd);
}

static void set_callbacks(struct transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->words);
    curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETDATA, t->sockets);
}

struct transfer *transfer_new(struct sockets *sockets, struct share *share)
{
    struct transfer *t = mem_new(sizeof(*t));
    t->sockets = sockets;
    t->easy = curl_easy_init();
    t->parsed = curl_url();
    if (!t->easy || !t->parsed)
        abort(); /* only for want of memory */
    curl_easy_setopt(t->easy, CURLOPT_SHARE, share_handle(share));
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* Also for https: HTTP/2 over few connections was measured slower than 1.1 over many (GAP-50).
     */
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, ""); /* the header itself: headers.c */
    curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS,
                     1L); /* a proxy's are not the tool's */
    curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND_BYTES);
    /* A transfer given up while its host is looked up does not wait for the look-up to end. */
    curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(t->easy, CURLOPT_DNS_CACHE_TIMEOUT, (long)DNS_SECONDS);
    if (share_ca_file()) {
        curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL); /* share.h tells why */
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, share_ca_file());
    }
    set_callbacks(t);
    return t;
}

void transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->parsed);
    free(t);
}

/* Given parsed it is not parsed anew for each request; given as text too, since that is what curl
 * goes by when it wants to send again. */
static void set_url(struct transfer *t, const char *url)
{
    CURLUcode rc = curl_url_set(t->parsed, CURLUPART_URL, url, 0);
    assert(rc == CURLUE_OK); /* url_is_http() has taken it, and tool_url() escapes what it adds */
    (void)rc;
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    curl_easy_setopt(t->easy, CURLOPT_CURLU, t->parsed);
}

void transfer_aim(struct transfer *t, struct request *req)
{
    t->req = req;
    t->fault = NET_NONE;
    t->barred = NET_NONE;
    t->os_errno = 0;
    t->opened = false;
    t->sent = false;
    t->head = (struct head){0};
    t->words[0] = '\0';
    if (!t->url || (t->url != req->url && strcmp(t->url, req->url) != 0))
        set_url(t, req->url);
    t->url = req->url;
    if (t->connect_only != req->connect_only)
        curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, req->connect_only ? 1L : 0L);
    t->connect_only = req->connect_only;
    if (req->connect_only)
        return;
    if (t->headers != req->headers)
        curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, req->headers);
    t->headers = req->headers;
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_bytes);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, req->body);
}

static struct curl_failure failure_of(const struct transfer *t, CURLcode result)
{
    long os_errno = 0;
    long verify = 0;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    return (struct curl_failure){
        .code = result,
        .os_errno = (int)os_errno,
        .verify = verify,
        .words = t->words,
        .sent = t->sent,
        .began = t->head.bytes > 0,
        .headed = t->head.whole,
    };
}

/* The fault of a transfer that libcurl calls failed. */
static enum net_fault fault_of(const struct transfer *t, CURLcode result)
{
    if (t->fault != NET_NONE)
        return t->fault;
    if (t->barred != NET_NONE && !t->opened)
        return t->barred;
    struct curl_failure failure = failure_of(t, result);
    enum net_fault fault = translate(&failure);
    /* The request went out; that no connection could be made to send it again is no news. */
    return t->sent && net_fault_is_unreached(fault) ? NET_EMPTY : fault;
}

static void tell_detail(const struct transfer *t, struct request *req)
{
    int room = (int)sizeof(req->detail) - 1;
    if (t->os_errno && req->fault == NET_OTHER)
        snprintf(req->detail, sizeof(req->detail), "no socket: %s", strerrordesc_np(t->os_errno));
    else if (req->fault != NET_NONE && translate_words_help(req->fault))
        snprintf(req->detail, sizeof(req->detail), "%.*s", room, t->words);
}

void transfer_result(struct transfer *t, CURLcode result)
{
    struct request *req = t->req;
    curl_off_t total_us =
        0; /* to the answer's last byte, not to when we came round to reading it */
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    req->ended_ns = req->started_ns + (int64_t)total_us * 1000;
    req->status = t->head.status;
    req->retry_after_s = head_wait_s(&t->head, time(NULL));
    req->connected = t->sent || (req->connect_only && result == CURLE_OK);
    req->fault = NET_NONE;
    if (result != CURLE_OK)
        req->fault = fault_of(t, result);
    else if (!t->head.whole && !req->connect_only)
        req->fault = NET_CUT; /* inside the head, which curl 7.88 reports as success */
    tell_detail(t, req);
}

void transfer_timeout(struct transfer *t)
{
    struct request *req = t->req;
    long long ms = req->timeout_ms;
    req->ended_ns = clock_ns();
    req->status = t->head.status;
    req->connected = t->sent;
    req->fault = t->sent ? NET_TIMEOUT : NET_CONNECT;
    if (!t->sent)
        snprintf(req->detail, sizeof(req->detail), "none after %lld ms", ms);
    else if (!t->head.whole)
        snprintf(req->detail, sizeof(req->detail), "%zu bytes of its head after %lld ms",
                 t->head.bytes, ms);
    else
        snprintf(req->detail, sizeof(req->detail), "%zu bytes of its body after %lld ms",
                 req->answer.len, ms);
}

void transfer_refused(struct transfer *t, CURLMcode why)
{
    struct request *req = t->req;
    req->ended_ns = req->started_ns;
    req->connected = false;
    req->fault = NET_OTHER;
    snprintf(req->detail, sizeof(req->detail), "%s", curl_multi_strerror(why));
}
