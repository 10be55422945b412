/* libcurl's codes and words as our faults, the misleading ones above all. */
#include <errno.h>

#include "sim/base/cc.h"
#include "sim/net/translate.h"
#include "tests/unit/suites.h"

static const struct row {
    const char *name;
    struct curl_failure failure;
    enum net_fault fault;
} rows[] = {
    {"a header of 200 kB is no want of memory",
     {CURLE_OUT_OF_MEMORY, .words = "Rejected 204815 bytes header (max is 102400)!", .sent = true,
      .began = true},
     NET_HEAD_TOO_LARGE},
    {"refused by the other side", {CURLE_COULDNT_CONNECT, ECONNREFUSED, .words = ""}, NET_REFUSED},
    {"no way there", {CURLE_COULDNT_CONNECT, ENETUNREACH, .words = ""}, NET_CONNECT},
    {"reset before a byte of the answer",
     {CURLE_RECV_ERROR, ECONNRESET, .words = "", .sent = true},
     NET_EMPTY},
    {"reset within it",
     {CURLE_RECV_ERROR, ECONNRESET, .words = "", .sent = true, .began = true},
     NET_CUT},
    {"reset before the request went out, by a proxy say",
     {CURLE_RECV_ERROR, ECONNRESET, .words = ""},
     NET_CONNECT},
    {"no connection in time", {CURLE_OPERATION_TIMEDOUT, .words = ""}, NET_CONNECT},
    {"no answer in time", {CURLE_OPERATION_TIMEDOUT, .words = "", .sent = true}, NET_TIMEOUT},
    {"a chunk that cannot be read is no receive error",
     {CURLE_RECV_ERROR, .words = "Illegal or missing hexadecimal sequence in chunked-encoding",
      .sent = true, .began = true, .headed = true},
     NET_BAD_CHUNK},
    {"a length that is none",
     {CURLE_WEIRD_SERVER_REPLY, .words = "Invalid Content-Length: value", .sent = true,
      .began = true},
     NET_BAD_LENGTH},
    {"any other weird reply",
     {CURLE_WEIRD_SERVER_REPLY, .words = "Header without colon"},
     NET_NOT_HTTP},
    {"expired", {CURLE_PEER_FAILED_VERIFICATION, .verify = 10, .words = ""}, NET_TLS_EXPIRED},
    {"not yet valid", {CURLE_PEER_FAILED_VERIFICATION, .verify = 9, .words = ""}, NET_TLS_EXPIRED},
    {"self-signed", {CURLE_PEER_FAILED_VERIFICATION, .verify = 18, .words = ""}, NET_TLS_UNTRUSTED},
    {"no issuer", {CURLE_PEER_FAILED_VERIFICATION, .verify = 20, .words = ""}, NET_TLS_UNTRUSTED},
    {"a good chain for another host", {CURLE_PEER_FAILED_VERIFICATION, .words = ""}, NET_TLS_HOST},
    {"another host, the chain not looked at",
     {CURLE_PEER_FAILED_VERIFICATION, .verify = 1, .words = ""},
     NET_TLS_HOST},
    {"no TLS there", {CURLE_SSL_CONNECT_ERROR, .words = "wrong version number"}, NET_TLS},
    {"a code that no row has", {CURLE_FTP_ACCEPT_FAILED, .words = ""}, NET_OTHER},
};

START_TEST(test_translation)
{
    const struct row *row = &rows[_i];
    enum net_fault fault = translate(&row->failure);
    ck_assert_msg(fault == row->fault, "%s: %s", row->name, net_fault_name(fault));
}
END_TEST

Suite *translate_suite(void)
{
    Suite *suite = suite_create("translate");
    TCase *tc = tcase_create("translate");
    tcase_add_loop_test(tc, test_translation, 0, (int)COUNT_OF(rows));
    suite_add_tcase(suite, tc);
    return suite;
}
