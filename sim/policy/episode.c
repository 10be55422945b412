#include "sim/policy/episode.h"

#include <stdio.h>
#include <string.h>

const char *const episode_roots[] = {"item", "calls", "turns", "last", "recent", NULL};

/* The text of one member of a call, scanned if it is JSON. */
static bool call_value(const char *text, size_t len, struct tape *scratch,
                       struct template_value *out)
{
    struct tape_fault fault;
    *out = (struct template_value){.text = text, .text_len = len};
    if (tape_scan(scratch, text, len, &fault))
        out->tape = scratch;
    return true;
}

static bool find_member(const struct episode_scope *s, const struct policy_call *call,
                        const char *member, struct template_value *out,
                        struct template_fault *fault)
{
    if (strcmp(member, "output") == 0)
        return call_value(call->output, call->output_len, s->scratch, out);
    if (strcmp(member, "arguments") == 0)
        return call_value(call->arguments, call->arguments_len, s->scratch, out);
    if (strcmp(member, "name") == 0) {
        *out = (struct template_value){.text = call->name, .text_len = strlen(call->name)};
        return true;
    }
    snprintf(fault->why, sizeof(fault->why), "a call has output, arguments and name, but no '%s'",
             member);
    return false;
}

/* `latest_first`: they are counted from the last one back. */
static bool find_call(const struct episode_scope *s, const struct template_path *path,
                      bool latest_first, size_t *n_taken, struct template_value *out,
                      struct template_fault *fault)
{
    size_t n_calls = s->view->n_calls;
    if (path->n_steps < 2 || path->steps[0].key || !path->steps[1].key) {
        snprintf(fault->why, sizeof(fault->why),
                 "a call is named calls[0].output, .arguments or .name");
        return false;
    }
    size_t index = path->steps[0].index;
    if (index >= n_calls) {
        snprintf(fault->why, sizeof(fault->why), "%zu call%s made so far", n_calls,
                 n_calls == 1 ? " was" : "s were");
        return false;
    }
    *n_taken = 2;
    index = latest_first ? n_calls - 1 - index : index;
    return find_member(s, &s->view->calls[index], path->steps[1].key, out, fault);
}

/* The last call that was made. */
static bool find_last(const struct episode_scope *s, const struct template_path *path,
                      size_t *n_taken, struct template_value *out, struct template_fault *fault)
{
    if (!path->n_steps || !path->steps[0].key) {
        snprintf(fault->why, sizeof(fault->why),
                 "the last call is named last.output, .arguments or .name");
        return false;
    }
    if (!s->view->n_calls) {
        snprintf(fault->why, sizeof(fault->why), "0 calls were made so far");
        return false;
    }
    *n_taken = 1;
    return find_member(s, &s->view->calls[s->view->n_calls - 1], path->steps[0].key, out, fault);
}

void episode_batch_output(const struct policy_view *view, const struct policy_past *turn,
                          struct tape *scratch, struct buf *out)
{
    buf_clear(out);
    buf_char(out, '[');
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_call *call = &view->calls[turn->from + i];
        struct tape_fault fault;
        if (i)
            buf_text_add(out, ", ");
        if (tape_scan(scratch, call->output, call->output_len, &fault))
            buf_add(out, call->output, call->output_len);
        else
            buf_json(out, call->output, call->output_len);
    }
    buf_char(out, ']');
}

static bool find_turn(const struct episode_scope *s, const struct template_path *path,
                      size_t *n_taken, struct template_value *out, struct template_fault *fault)
{
    size_t n_turns = s->view->turn;
    bool named = path->n_steps >= 2 && !path->steps[0].key && path->steps[1].key;
    if (!named || strcmp(path->steps[1].key, "output") != 0) {
        snprintf(fault->why, sizeof(fault->why), "of a turn there is turns[0].output alone");
        return false;
    }
    size_t index = path->steps[0].index;
    if (index >= n_turns) {
        snprintf(fault->why, sizeof(fault->why), "%zu turn%s taken so far", n_turns,
                 n_turns == 1 ? " was" : "s were");
        return false;
    }
    *n_taken = 2;
    const struct policy_past *turn = &s->view->turns[index];
    if (turn->batch) {
        episode_batch_output(s->view, turn, s->scratch, s->built);
        return call_value(buf_text(s->built), s->built->len, s->scratch, out);
    }
    const struct policy_call *call = &s->view->calls[turn->from];
    return call_value(call->output, call->output_len, s->scratch, out);
}

static bool find(const void *arg, const struct template_path *path, size_t *n_taken,
                 struct template_value *out, struct template_fault *fault)
{
    const struct episode_scope *s = arg;
    const char *root = episode_roots[path->root];
    if (strcmp(root, "calls") == 0)
        return find_call(s, path, false, n_taken, out, fault);
    if (strcmp(root, "recent") == 0)
        return find_call(s, path, true, n_taken, out, fault);
    if (strcmp(root, "last") == 0)
        return find_last(s, path, n_taken, out, fault);
    if (strcmp(root, "turns") == 0)
        return find_turn(s, path, n_taken, out, fault);
    *out = (struct template_value){.tape = s->view->item, .at = 0};
    return true;
}

struct template_scope episode_scope(const struct episode_scope *s)
{
    return (struct template_scope){.find = find, .arg = s};
}
