#include "sim/policy/episode.h"

#include <stdio.h>
#include <string.h>

const char *const episode_roots[] = {"item", "calls", "turns", NULL};

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

static bool find_call(const struct episode_scope *s, const struct template_path *path,
                      size_t *n_taken, struct template_value *out, struct template_fault *fault)
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
    const struct policy_call *call = &s->view->calls[index];
    const char *member = path->steps[1].key;
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
    if (strcmp(episode_roots[path->root], "calls") == 0)
        return find_call(s, path, n_taken, out, fault);
    if (strcmp(episode_roots[path->root], "turns") == 0)
        return find_turn(s, path, n_taken, out, fault);
    *out = (struct template_value){.tape = s->view->item, .at = 0};
    return true;
}

struct template_scope episode_scope(const struct episode_scope *s)
{
    return (struct template_scope){.find = find, .arg = s};
}
