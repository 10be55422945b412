#include "sim/policy/script_text.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/policy/episode.h"

/* What compiling needs at hand. */
struct compiler {
    struct script_text *text;
    const struct doc *doc;
    struct diags *list;
};

static struct script_piece *add_piece(struct script_text *t, int kind)
{
    t->pieces = mem_grow(t->pieces, t->n + 1, sizeof(*t->pieces));
    struct script_piece *p = &t->pieces[t->n++];
    *p = (struct script_piece){.kind = kind};
    return p;
}

/* The literal at the end of `t`, to write on. */
static struct buf *literal(struct script_text *t)
{
    if (t->n && t->pieces[t->n - 1].kind == SCRIPT_LITERAL)
        return &t->pieces[t->n - 1].literal;
    return &add_piece(t, SCRIPT_LITERAL)->literal;
}

void script_text_literal(struct script_text *t, const char *text)
{
    buf_text_add(literal(t), text);
}

void script_text_string(struct script_text *t, const struct doc *doc, struct diags *list,
                        const char *text, size_t len, const char *pointer, bool in_json)
{
    struct err e = {0};
    struct template *template = NULL;
    if (template_parse(&template, text, len, episode_roots, &e)) {
        diag_fix(doc_fault(doc, list, DIAG_ERROR, DIAG_J007, pointer, "%s", e.text),
                 "templates are {{item.KEY}}, {{calls[0].output.KEY}}, {{last.output.KEY}} and "
                 "{{turns[0].output}}, with [0] for a list");
        return;
    }
    if (!template_has_paths(template)) {
        if (in_json)
            buf_json(literal(t), text, len);
        else
            buf_add(literal(t), text, len);
        template_free(template);
        return;
    }
    int kind = !in_json                         ? SCRIPT_TEXT
               : template_is_one_path(template) ? SCRIPT_JSON_VALUE
                                                : SCRIPT_JSON_TEXT;
    struct script_piece *p = add_piece(t, kind);
    p->template = template;
    p->pointer = mem_text(pointer);
}

static void add_json(const struct compiler *c, const json_t *value, const char *pointer);

static void add_object(const struct compiler *c, const json_t *value, const char *pointer)
{
    const char *before = "{";
    const char *key = NULL;
    const json_t *member = NULL;
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        buf_text_add(literal(c->text), before);
        buf_json(literal(c->text), key, strlen(key));
        buf_char(literal(c->text), ':');
        char *inner = mem_printf("%s/%s", pointer, key);
        add_json(c, member, inner);
        free(inner);
        before = ",";
    }
    buf_text_add(literal(c->text), json_object_size(value) ? "}" : "{}");
}

static void add_array(const struct compiler *c, const json_t *value, const char *pointer)
{
    size_t i = 0;
    const json_t *element = NULL;
    buf_char(literal(c->text), '[');
    json_array_foreach(value, i, element)
    {
        if (i)
            buf_char(literal(c->text), ',');
        char *inner = mem_printf("%s/%zu", pointer, i);
        add_json(c, element, inner);
        free(inner);
    }
    buf_char(literal(c->text), ']');
}

/* Compact. The depth is bounded by doc_load. */
static void add_json(const struct compiler *c, const json_t *value, const char *pointer)
{
    if (json_is_string(value)) {
        script_text_string(c->text, c->doc, c->list, json_string_value(value),
                           json_string_length(value), pointer, true);
    } else if (json_is_object(value)) {
        add_object(c, value, pointer);
    } else if (json_is_array(value)) {
        add_array(c, value, pointer);
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        buf_text_add(literal(c->text), text);
        free(text);
    }
}

void script_text_json(struct script_text *t, const struct doc *doc, struct diags *list,
                      const json_t *value, const char *pointer)
{
    add_json(&(struct compiler){t, doc, list}, value, pointer);
}

/* Append one piece. On false `why` is filled. */
static bool render_piece(struct script_room *room, const struct script_piece *p,
                         const struct template_scope *scope, struct buf *out,
                         struct template_fault *why)
{
    switch (p->kind) {
    case SCRIPT_LITERAL:
        buf_add(out, p->literal.at, p->literal.len);
        return true;
    case SCRIPT_TEXT:
        return template_render(p->template, scope, out, NULL, why);
    case SCRIPT_JSON_VALUE:
        return template_render_json(p->template, scope, out, why);
    case SCRIPT_JSON_TEXT:
        buf_clear(&room->rendered);
        if (!template_render(p->template, scope, &room->rendered, NULL, why))
            return false;
        buf_json(out, room->rendered.at, room->rendered.len);
        return true;
    }
    return false;
}

/* What stands in the place of a piece that resolves nowhere. */
static const char *nothing_as(int kind)
{
    return kind == SCRIPT_JSON_VALUE ? "null" : kind == SCRIPT_JSON_TEXT ? "\"\"" : "";
}

bool script_text_render(const struct script_text *t, const struct policy_view *view,
                        struct script_room *room, struct policy_turn *turn)
{
    struct episode_scope episode = {view, &room->scratch, &room->built};
    struct template_scope scope = episode_scope(&episode);
    for (size_t i = 0; i < t->n; i++) {
        struct template_fault why;
        size_t from = turn->text.len;
        if (render_piece(room, &t->pieces[i], &scope, &turn->text, &why))
            continue;
        if (room->lenient) {
            buf_cut(&turn->text, from);
            buf_text_add(&turn->text, nothing_as(t->pieces[i].kind));
            continue;
        }
        policy_turn_fail(turn, "{{%s}} resolves nowhere: %s (%s, turn %zu)", why.path, why.why,
                         t->pieces[i].pointer, view->turn + 1);
        return false;
    }
    return true;
}

void script_text_visit(const struct script_text *t, template_visit *visit, void *arg)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->pieces[i].template)
            visit(arg, t->pieces[i].pointer, t->pieces[i].template);
    }
}

void script_text_release(struct script_text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        buf_release(&t->pieces[i].literal);
        template_free(t->pieces[i].template);
        free(t->pieces[i].pointer);
    }
    free(t->pieces);
    *t = (struct script_text){0};
}

void script_room_release(struct script_room *room)
{
    tape_release(&room->scratch);
    buf_release(&room->built);
    buf_release(&room->rendered);
}
