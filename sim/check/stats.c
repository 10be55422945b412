#include "sim/check/stats.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/check/row_messages.h"

const char *stats_role_name(enum stats_role role)
{
    static const char *const names[] = {
        [STATS_DEVELOPER] = "developer",
        [STATS_USER] = "user",
        [STATS_ASSISTANT] = "assistant",
        [STATS_TOOL] = "tool",
    };
    return names[role];
}

static void add_tool(struct stats *s, const char *name, size_t len, size_t n_rows)
{
    for (size_t i = 0; i < s->n_tools; i++) {
        if (s->tools[i].len == len && memcmp(s->tools[i].name, name, len) == 0) {
            s->tools[i].n_rows += n_rows;
            return;
        }
    }
    if (s->n_tools == STATS_MOST_TOOLS)
        return;
    if (!s->tools)
        s->tools = mem_array(STATS_MOST_TOOLS, sizeof(*s->tools));
    s->tools[s->n_tools++] = (struct stats_tool){mem_slice(name, len), len, n_rows};
}

static size_t text_bytes(const struct tape *t, size_t v)
{
    size_t bytes = 0;
    if (tape_kind(t, v) == TAPE_STRING)
        return t->at[v].end - t->at[v].start - 2;
    for (size_t part = v + 1; tape_kind(t, v) == TAPE_ARRAY && part < t->at[v].next;
         part = t->at[part].next) {
        size_t text = tape_get(t, part, "text");
        bytes += tape_kind(t, text) == TAPE_STRING ? text_bytes(t, text) : 0;
    }
    return bytes;
}

/* The bytes of its text. */
static size_t add_message(struct stats *s, const struct tape *t, size_t v)
{
    struct message m;
    message_read(t, v, &m);
    size_t bytes = text_bytes(t, m.content);
    for (enum stats_role role = STATS_DEVELOPER; role < STATS_N_ROLES; role++) {
        if (tape_is(t, m.role, stats_role_name(role)))
            spread_add(&s->text[role], bytes);
    }
    return bytes;
}

void stats_row(struct stats *s, const struct tape *row, const struct row_parts *parts)
{
    size_t bytes = 0;
    spread_add(&s->rows, row->len);
    if (tape_kind(row, parts->messages) == TAPE_ARRAY) {
        size_t list = parts->messages;
        spread_add(&s->messages, tape_count(row, list));
        for (size_t v = list + 1; v < row->at[list].next; v = row->at[v].next)
            bytes += add_message(s, row, v);
    }
    if (tape_kind(row, parts->tools) == TAPE_ARRAY) {
        size_t list = parts->tools;
        bytes += row->at[list].end - row->at[list].start;
        for (size_t v = list + 1; v < row->at[list].next; v = row->at[v].next) {
            size_t name = tape_get(row, tape_get(row, v, "function"), "name");
            if (tape_kind(row, name) == TAPE_STRING)
                add_tool(s, row->text + row->at[name].start + 1, text_bytes(row, name), 1);
        }
    }
    spread_add(&s->tokens, (bytes + STATS_TOKEN_BYTES - 1) / STATS_TOKEN_BYTES);
}

void stats_join(struct stats *whole, struct stats *block)
{
    spread_join(&whole->rows, &block->rows);
    spread_join(&whole->messages, &block->messages);
    spread_join(&whole->tokens, &block->tokens);
    for (size_t i = 0; i < COUNT_OF(whole->text); i++)
        spread_join(&whole->text[i], &block->text[i]);
    for (size_t i = 0; i < block->n_tools; i++) {
        add_tool(whole, block->tools[i].name, block->tools[i].len, block->tools[i].n_rows);
        free(block->tools[i].name);
    }
    block->n_tools = 0;
}

void stats_release(struct stats *s)
{
    struct stats none = {0};
    stats_join(&none, s); /* takes what it holds */
    for (size_t i = 0; i < none.n_tools; i++)
        free(none.tools[i].name);
    free(none.tools);
    free(s->tools);
    spread_release(&none.rows);
    spread_release(&none.messages);
    spread_release(&none.tokens);
    for (size_t i = 0; i < COUNT_OF(none.text); i++)
        spread_release(&none.text[i]);
    *s = (struct stats){0};
}
