#include "sim/job/usual.h"

#include "sim/base/cc.h"

const char *const usual_calls[USUAL_N_CALLS] = {
    "expected_tools",       "expected_tool_calls", "expected_calls",
    "reference_tool_calls", "reference_tools",     "required_tools",
    "gold_tool_calls",      "target_tools",        "reference_tool_names",
};

const char *const usual_answers[USUAL_N_ANSWERS] = {
    "reference_answer", "expected_answer",    "answer",          "gold_answer", "correct_answer",
    "ground_truth",     "reference_response", "expected_output", "target",      "solution",
};

/* What stands in the object under the first of `keys` that it has. */
static size_t first_of(const struct tape *row, size_t v, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t found = tape_get(row, v, keys[i]);
        if (found != TAPE_NONE)
            return found;
    }
    return TAPE_NONE;
}

size_t usual_call_name(const struct tape *row, size_t v)
{
    static const char *const keys[] = {"name", "tool", "tool_name", "recipient_name"};
    size_t function = tape_get(row, v, "function");
    if (tape_kind(row, v) != TAPE_OBJECT)
        return v;
    if (function != TAPE_NONE)
        return tape_kind(row, function) == TAPE_OBJECT ? tape_get(row, function, "name") : function;
    return first_of(row, v, keys, COUNT_OF(keys));
}

size_t usual_call_arguments(const struct tape *row, size_t v)
{
    static const char *const keys[] = {"arguments", "args", "parameters", "input"};
    size_t function = tape_get(row, v, "function");
    if (tape_kind(row, function) == TAPE_OBJECT)
        v = function;
    return first_of(row, v, keys, COUNT_OF(keys));
}

/* The object with name and schema of a tool of the row; TAPE_NONE if it has no such tool. */
static size_t find_tool(const struct tape *row, const char *tool)
{
    size_t tools = tape_get(row, 0, "tools");
    if (tape_kind(row, tools) != TAPE_ARRAY)
        return TAPE_NONE;
    for (size_t v = tools + 1; v < row->at[tools].next; v = row->at[v].next) {
        size_t function = tape_get(row, v, "function");
        size_t at = tape_kind(row, function) == TAPE_OBJECT ? function : v;
        if (tape_is(row, tape_get(row, at, "name"), tool))
            return at;
    }
    return TAPE_NONE;
}

size_t usual_tool_schema(const struct tape *row, const char *tool)
{
    size_t at = find_tool(row, tool);
    return at == TAPE_NONE ? TAPE_NONE : tape_get(row, at, "parameters");
}

bool usual_has_tool(const struct tape *row, const char *tool)
{
    return find_tool(row, tool) != TAPE_NONE;
}
