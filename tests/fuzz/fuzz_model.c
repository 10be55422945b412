/* Any bytes as the answer of the policy's model, over either API: reading does no harm, a turn that
 * makes calls has as many as it says, and can be shown to the model again at the next one. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/policy/model_request.h"
#include "sim/policy/model_turn.h"
#include "tests/fuzz/fuzz.h"

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

/* The request of the turn behind this one, with an output for each of its calls. */
static void ask_again(const struct policy_turn *turn, int api)
{
    static char output[] = "out";
    static const char row[] = "{\"messages\":[],\"tools\":[]}";
    struct policy_call calls[MODEL_CALLS_MAX];
    struct policy_past past = {.n_calls = turn->n_calls,
                               .batch = turn->n_calls > 1,
                               .said = turn->said.at,
                               .said_len = turn->said.len};
    struct job job = {0};
    struct model_spec spec = {.api = api, .model = output};
    struct model_request request = {.job = &job, .spec = &spec};
    struct tape item = {0};
    struct tape sent = {0};
    struct buf out = {0};
    struct tape_fault fault;
    for (size_t i = 0; i < turn->n_calls; i++)
        calls[i] = (struct policy_call){.output = output, .output_len = 3};
    must(tape_scan(&item, row, sizeof(row) - 1, &fault), "a row is one");
    model_request_write(
        &request,
        &(struct policy_view){
            .item = &item, .calls = calls, .n_calls = turn->n_calls, .turns = &past, .turn = 1},
        &out);
    must(tape_scan(&sent, buf_text(&out), out.len, &fault), "a request is JSON");
    model_request_release(&request);
    tape_release(&item);
    tape_release(&sent);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tape answer = {0};
    struct tape_fault fault;
    struct model_turn m = {0};
    bool scanned = tape_scan(&answer, (const char *)data, size, &fault) &&
                   tape_kind(&answer, 0) == TAPE_OBJECT;
    for (int api = JOB_API_CHAT; scanned && api <= JOB_API_RESPONSES; api++) {
        if (model_turn_read(&m, &answer, (enum job_model_api)api, 3))
            continue;
        const struct policy_turn *turn = &m.turn;
        bool calls = turn->kind == POLICY_CALLS || turn->kind == POLICY_MESSAGE;
        must(calls == (turn->n_calls > 0), "a turn that makes calls has some");
        must(turn->n_calls <= MODEL_CALLS_MAX, "not too many");
        for (size_t i = 0; i < turn->n_calls; i++)
            must(*turn->calls[i].name && turn->calls[i].from + turn->calls[i].len <= turn->text.len,
                 "each has a name and arguments");
        if (calls)
            ask_again(turn, api);
    }
    model_turn_release(&m);
    tape_release(&answer);
    return 0;
}
