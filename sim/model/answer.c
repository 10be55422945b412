#include "sim/model/answer.h"

/* A number of tokens; false if there is none of that name. */
static bool count_at(const struct tape *t, size_t v, const char *key, int64_t *out)
{
    static const double most = 1e9; /* more is no answer's count of tokens; sums of it fit */
    size_t at = tape_get(t, v, key);
    double n = tape_kind(t, at) == TAPE_NUMBER ? tape_number(t, at) : -1;
    bool is_count = n >= 0 && n < most;
    *out = is_count ? (int64_t)n : 0;
    return is_count;
}

static struct model_tokens read_tokens(const struct tape *t, enum job_model_api api)
{
    struct model_tokens n = {0};
    bool chat = api == JOB_API_CHAT;
    size_t usage = tape_get(t, 0, "usage");
    size_t in = tape_get(t, usage, chat ? "prompt_tokens_details" : "input_tokens_details");
    size_t out = tape_get(t, usage, chat ? "completion_tokens_details" : "output_tokens_details");
    count_at(t, usage, chat ? "prompt_tokens" : "input_tokens", &n.prompt);
    n.told = count_at(t, usage, chat ? "completion_tokens" : "output_tokens", &n.completion);
    count_at(t, usage, "total_tokens", &n.total);
    count_at(t, in, "cached_tokens", &n.cached);
    n.reasoning_told = count_at(t, out, "reasoning_tokens", &n.reasoning);
    return n;
}

static bool add_string(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) != TAPE_STRING)
        return false;
    tape_string(t, v, out);
    return true;
}

/* Join the parts of one type; false if there is none. */
static bool add_parts(const struct tape *t, size_t list, const char *type, const char *key,
                      struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < tape_count(t, list); i++) {
        size_t part = tape_index(t, list, i);
        if (tape_is(t, tape_get(t, part, "type"), type))
            any = add_string(t, tape_get(t, part, key), out) || any;
    }
    return any;
}

bool model_content(const struct tape *t, size_t content, const char *type, struct buf *out)
{
    return add_string(t, content, out) || add_parts(t, content, type, "text", out);
}

static void none(struct model_answer *out, const char *why)
{
    out->end = MODEL_NONE;
    out->why = why;
}

static bool is_one_of(const struct tape *t, size_t v, const char *const *words)
{
    for (; *words; words++) {
        if (tape_is(t, v, *words))
            return true;
    }
    return false;
}

/* A member that is there, but as something which cannot be read; null is as if it were not. */
static bool is_strange(const struct tape *t, size_t v, enum tape_kind kind, enum tape_kind other)
{
    enum tape_kind found = tape_kind(t, v);
    return found != TAPE_NULL && found != kind && found != other;
}

/* Why a choice is no answer of the model's: what there is of it must not be graded. */
static const char *fault_of_choice(const struct tape *t, size_t choice)
{
    static const char *const broken[] = {"error", "abort", "insufficient_system_resource", NULL};
    size_t message = tape_get(t, choice, "message");
    size_t calls = tape_get(t, message, "tool_calls");
    if (tape_kind(t, message) != TAPE_OBJECT)
        return "answered without choices[0].message";
    if (is_one_of(t, tape_get(t, choice, "finish_reason"), broken))
        return "broke the model's answer off (finish_reason)";
    if (is_strange(t, tape_get(t, message, "content"), TAPE_STRING, TAPE_ARRAY))
        return "answered with a content that is no text";
    if (is_strange(t, calls, TAPE_ARRAY, TAPE_ARRAY))
        return "answered with tool_calls that are no list";
    if (!tape_count(t, calls) && tape_kind(t, tape_get(t, message, "function_call")) == TAPE_OBJECT)
        return "answered with function_call, which came before tool_calls";
    return NULL;
}

static void read_chat(struct model_answer *out, const struct tape *t)
{
    static const char *const cut[] = {"length", "model_length", NULL};
    size_t choice = tape_index(t, tape_get(t, 0, "choices"), 0);
    size_t message = tape_get(t, choice, "message");
    size_t finish = tape_get(t, choice, "finish_reason");
    const char *fault = fault_of_choice(t, choice);
    if (fault) {
        none(out, fault);
        return;
    }
    model_content(t, tape_get(t, message, "content"), "text", &out->text);
    add_string(t, tape_get(t, message, "refusal"), &out->refusal);
    if (out->refusal.len)
        out->end = MODEL_REFUSED;
    else if (tape_is(t, finish, "content_filter"))
        out->end = MODEL_FILTERED;
    else
        out->end = is_one_of(t, finish, cut) ? MODEL_CUT : MODEL_SAID;
}

/* Likewise: one that failed, was cancelled, or is still being made. */
static const char *fault_of_response(const struct tape *t)
{
    static const char *const ended[] = {"completed", "incomplete", NULL};
    static const char *const known[] = {"max_output_tokens", "content_filter", NULL};
    size_t status = tape_get(t, 0, "status");
    size_t reason = tape_get(t, tape_get(t, 0, "incomplete_details"), "reason");
    if (tape_kind(t, tape_get(t, 0, "output")) != TAPE_ARRAY || tape_is(t, status, "failed") ||
        tape_kind(t, tape_get(t, 0, "error")) == TAPE_OBJECT)
        return "answered without an output";
    if (tape_kind(t, status) == TAPE_STRING && !is_one_of(t, status, ended))
        return "answered with a response that is not completed";
    if (tape_is(t, status, "incomplete") && !is_one_of(t, reason, known))
        return "broke the model's answer off (incomplete_details)";
    return NULL;
}

static void read_responses(struct model_answer *out, const struct tape *t)
{
    size_t output = tape_get(t, 0, "output");
    size_t reason = tape_get(t, tape_get(t, 0, "incomplete_details"), "reason");
    bool refused = false;
    const char *fault = fault_of_response(t);
    if (fault) {
        none(out, fault);
        return;
    }
    for (size_t i = 0; i < tape_count(t, output); i++) {
        size_t item = tape_index(t, output, i);
        size_t content = tape_get(t, item, "content");
        if (!tape_is(t, tape_get(t, item, "type"), "message"))
            continue;
        refused = add_parts(t, content, "refusal", "refusal", &out->refusal) || refused;
        model_content(t, content, "output_text", &out->text);
    }
    if (refused)
        out->end = MODEL_REFUSED;
    else if (tape_is(t, reason, "content_filter"))
        out->end = MODEL_FILTERED;
    else
        out->end = tape_is(t, reason, "max_output_tokens") ? MODEL_CUT : MODEL_SAID;
}

void model_answer_read(struct model_answer *out, const struct tape *answer, enum job_model_api api)
{
    buf_clear(&out->text);
    buf_clear(&out->refusal);
    buf_clear(&out->model);
    out->why = "";
    out->tokens = read_tokens(answer, api);
    add_string(answer, tape_get(answer, 0, "model"), &out->model);
    if (api == JOB_API_CHAT)
        read_chat(out, answer);
    else
        read_responses(out, answer);
}

void model_answer_release(struct model_answer *a)
{
    buf_release(&a->text);
    buf_release(&a->refusal);
    buf_release(&a->model);
}
