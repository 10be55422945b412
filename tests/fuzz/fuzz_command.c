/* Any bytes as a line of a policy's program: it is a turn, a failed one, or nobody's, and says why;
 * arguments lie in the turn's text one behind the other. */
#include <string.h>

#include "sim/policy/command_line.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static void check_turn(const struct policy_turn *turn)
{
    size_t end = 0;
    must(turn->n_calls <= COMMAND_CALLS_MAX, "calls have a ceiling");
    must(turn->kind != POLICY_CALLS || turn->n_calls > 0, "calls are at least one");
    must(turn->kind != POLICY_MESSAGE || turn->n_calls == 1, "a message is one call");
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_turn_call *c = &turn->calls[i];
        must(c->from == end && c->from + c->len <= turn->text.len, "arguments are in the text");
        must(strlen(c->name) <= COMMAND_LINE_MAX, "a name is a text");
        end = c->from + c->len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct command_reader reader = {0};
    struct policy_turn turn = {0};
    char why[COMMAND_WHY_ROOM] = "";
    uint64_t id = 0;
    enum command_reply reply =
        command_line_read(&reader, (const char *)data, size, &id, &turn, why);
    if (reply == COMMAND_STRANGE) {
        must(*why && !strchr(why, '\n'), "it is said why, in a line");
    } else {
        must(id > 0, "a turn has an id");
        must(reply != COMMAND_UNFIT || turn.kind == POLICY_FAILED, "what is none has failed");
        check_turn(&turn);
    }
    policy_turn_release(&turn);
    command_reader_release(&reader);
    return 0;
}
