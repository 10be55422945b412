#include "sim/policy/actions.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/first_row.h"
#include "sim/policy/fill.h"
#include "sim/policy/learned.h"

/* --- read ------------------------------------------------------------------------------------ */

struct reader {
    struct actions *into;
    const struct policy_spec *spec;
    struct diags *list;
};

static struct diag *fault(const struct reader *r, enum diag_code code, const char *pointer,
                          const char *key, const char *text)
{
    char *at = mem_printf("%s%s", pointer, key);
    struct diag *d = doc_fault(r->spec->doc, r->list, DIAG_ERROR, code, at, "%s", text);
    free(at);
    return d;
}

static bool is_taken(const struct actions *actions, const char *name)
{
    for (size_t i = 0; i < actions->n; i++) {
        if (strcmp(actions->at[i].name, name) == 0)
            return true;
    }
    return false;
}

static void read_name(const struct reader *r, struct action *action, const json_t *json,
                      const char *pointer)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    if (!name || !*name)
        diag_fix(fault(r, DIAG_J003, pointer, "/name", "an action needs a name"),
                 "add name: WORD; what is learned is told by it");
    else if (is_taken(r->into, name))
        diag_fix(fault(r, DIAG_J007, pointer, "/name", "another action has this name"),
                 "give each a name of its own");
    action->name = mem_text(name ? name : "");
}

static void read_fill(const struct reader *r, struct action *action, const json_t *json,
                      const char *pointer)
{
    static const char *const known[] = {"name", "fill", NULL};
    const char *tool = json_string_value(json_object_get(json, "fill"));
    doc_check_keys(r->spec->doc, r->list, json, pointer, known, "");
    if (!tool || !*tool)
        diag_fix(fault(r, DIAG_J004, pointer, "/fill", "fill is the name of a tool"),
                 "write {name: WORD, fill: TOOL}");
    action->fill = mem_text(tool ? tool : "");
}

static void read_action(const struct reader *r, const json_t *json, const char *pointer)
{
    struct action action = {0};
    if (!json_is_object(json)) {
        diag_fix(fault(r, DIAG_J004, pointer, "", "an action is a turn with a name"),
                 "write {name: WORD, call: TOOL, arguments: {...}} or {name: WORD, answer: TEXT}");
        return;
    }
    read_name(r, &action, json, pointer);
    if (json_object_get(json, "fill")) {
        read_fill(r, &action, json, pointer);
    } else {
        json_t *turn = json_copy((json_t *)(uintptr_t)json); /* but for its name, a script's */
        json_object_del(turn, "name");
        script_turn_read(&action.turn, r->spec, r->list, turn, pointer);
        json_decref(turn);
    }
    r->into->at[r->into->n++] = action;
}

void actions_read(struct actions *actions, const struct policy_spec *spec, struct diags *list,
                  const json_t *json, const char *pointer)
{
    struct reader r = {actions, spec, list};
    size_t n = json_array_size(json);
    struct buf at = {0};
    if (n < 2 || n > LEARNED_ACTIONS_MAX) {
        diag_fix(fault(&r, DIAG_J004, pointer, "", "actions are a list of 2 to 200"),
                 "write actions: [{name: WORD, call: TOOL, arguments: {...}}, {name: WORD, answer: "
                 "TEXT}], or leave it away");
        return;
    }
    actions->at = mem_array(n, sizeof(*actions->at));
    buf_text_add(&at, pointer);
    for (size_t i = 0; i < n; i++) {
        size_t up = at.len;
        doc_pointer_index(&at, i);
        read_action(&r, json_array_get(json, i), buf_text(&at));
        buf_cut(&at, up);
    }
    buf_release(&at);
}

void actions_release(struct actions *actions)
{
    for (size_t i = 0; i < actions->n; i++) {
        free(actions->at[i].name);
        free(actions->at[i].fill);
        script_turn_release(&actions->at[i].turn);
    }
    free(actions->at);
    *actions = (struct actions){0};
}

/* --- take ------------------------------------------------------------------------------------ */

void action_take(const struct action *action, const struct policy_view *view,
                 struct script_room *room, struct policy_turn *out)
{
    if (!action->fill) {
        room->lenient = true;
        (void)!script_turn_take(&action->turn, view, room, out); /* lenient: it cannot fail */
        return;
    }
    out->kind = POLICY_CALLS;
    fill_arguments(view, action->fill, &room->scratch, &out->text);
    policy_turn_call(out, action->fill, 0);
}

/* --- derive ---------------------------------------------------------------------------------- */

static void add(json_t *list, struct buf *note, char *name, const char *key, char *value)
{
    buf_printf(note, "%s%s", json_array_size(list) ? ", " : "", name);
    json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, key, value));
    free(name);
    free(value);
}

/* Whether a key can stand in a template as it is. */
static bool is_plain(const struct buf *key)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return key->len && strspn(buf_text(key), letters) == key->len;
}

static void add_fields(json_t *list, struct buf *note, const struct tape *row)
{
    struct buf key = {0};
    for (size_t k = 1; k < row->at[0].next; k = row->at[k + 1].next) {
        buf_clear(&key);
        tape_string(row, k, &key);
        if (tape_kind(row, k + 1) == TAPE_STRING && is_plain(&key) &&
            json_array_size(list) < ACTIONS_DERIVED_MAX)
            add(list, note, mem_printf("answer_%s", buf_text(&key)), "answer",
                mem_printf("{{item.%s}}", buf_text(&key)));
    }
    buf_release(&key);
}

json_t *actions_derive(const struct job *job, struct buf *note)
{
    struct first_row first;
    json_t *list = json_array();
    buf_text_add(note, "actions made of the first row: ");
    for (size_t i = 0; i < job->n_tools && i < ACTIONS_DERIVED_MAX; i++)
        add(list, note, mem_text(job->tools[i].name), "fill", mem_text(job->tools[i].name));
    if (job->n_tools) {
        add(list, note, mem_text("answer_last_output"), "answer", mem_text("{{last.output}}"));
        add(list, note, mem_text("answer_output_before"), "answer",
            mem_text("{{recent[1].output}}"));
    }
    if (first_row_read(&first, job->training_path))
        add_fields(list, note, &first.tape);
    first_row_release(&first);
    buf_text_add(note, "; a model does not see the fields of the row");
    return list;
}
