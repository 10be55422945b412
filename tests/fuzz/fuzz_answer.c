/* Any bytes as an endpoint's answer, its head line by line and then its body: what comes of them
 * has a kind; of a lost one the model is shown nothing, of the others UTF-8. */
#include <string.h>

#include "sim/base/text.h"
#include "sim/net/head.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"
#include "tools/tool.h"

/* Feed lines until the head is whole, at fault, or the bytes are used up. Returns how many were. */
static size_t feed_head(struct head *h, const char *bytes, size_t n, enum net_fault *fault)
{
    size_t at = 0;
    *fault = NET_NONE;
    while (at < n && !h->whole && *fault == NET_NONE) {
        const char *end = memchr(bytes + at, '\n', n - at);
        size_t len = end ? (size_t)(end - (bytes + at)) + 1 : n - at;
        *fault = head_line(h, bytes + at, len);
        at += len;
    }
    must(h->bytes <= HEAD_MAX || *fault == NET_HEAD_TOO_LARGE, "a head has a bound");
    must(!h->whole || h->status >= 200, "1xx is not the answer");
    return at;
}

static void read_answer(const struct head *h, enum net_fault fault, const char *body, size_t n)
{
    struct request req = {.status = h->status, .fault = fault};
    struct tape scratch = {0};
    struct buf output = {0};
    unsigned warnings = 0;
    buf_add(&req.answer, body, n);
    enum tool_kind kind = tool_read(&req, "call_1", &scratch, &output, &warnings);
    must(kind < TOOL_N_KINDS, "an answer has a kind");
    must(tool_kind_loses(kind) ? !output.len : true, "of a lost call nothing is shown");
    for (size_t i = 0; i < output.len;) {
        size_t len = text_sequence(output.at + i, output.len - i);
        must(len > 0, "what is shown is UTF-8");
        i += len;
    }
    buf_release(&req.answer);
    buf_release(&output);
    tape_release(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct head h = {0};
    enum net_fault fault = NET_NONE;
    const char *bytes = (const char *)data;
    size_t n = feed_head(&h, bytes, size, &fault);
    if (fault == NET_NONE && !h.whole)
        fault = NET_CUT;
    read_answer(&h, fault, bytes + n, size - n);
    return 0;
}
