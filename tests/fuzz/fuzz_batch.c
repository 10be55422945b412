/* Any bytes as the arguments of a batch: they come to calls with an address and a JSON object each,
 * or to a text that can be shown; the two never mix. */
#include <string.h>

#include "sim/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"
#include "tools/address.h"
#include "tools/batch.h"

static void check_call(const struct batch *b, const struct batch_call *call)
{
    struct tape t = {0};
    struct tape_fault f;
    const char *address = b->text.at + call->address;
    must(call->address + strlen(address) + 1 == call->from, "an address ends where it ends");
    must(address_is_whole(address), "a call has a namespace and a name");
    must(tape_scan(&t, b->text.at + call->from, call->len, &f), "arguments are JSON");
    must(tape_kind(&t, 0) == TAPE_OBJECT, "arguments are an object");
    tape_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tape scratch = {0};
    struct batch b;
    batch_read(&b, (const char *)data, size, &scratch);
    must(b.n_calls <= BATCH_MAX_CALLS, "a batch has a bound");
    for (size_t i = 0; i < b.n_calls; i++)
        check_call(&b, &b.calls[i]);
    if (b.kind != TOOL_KIND_FINE) {
        must(!b.n_calls && b.text.len, "nothing of a batch that is refused is called");
        for (size_t i = 0; i < b.text.len;) {
            size_t n = text_sequence(b.text.at + i, b.text.len - i);
            must(n > 0, "what is shown is UTF-8");
            i += n;
        }
    }
    batch_release(&b);
    tape_release(&scratch);
    return 0;
}
