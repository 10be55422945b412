#include "sim/view/statistics.h"

#include "sim/view/json.h"

#define TOKENS_BASIS "4 bytes of messages and tools a token, no tokenizer was asked"

static json_t *spread_of(const struct spread *s)
{
    if (!s->hist.n)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "n", (json_int_t)s->hist.n, "least",
                     (json_int_t)s->least, "median", (json_int_t)spread_quantile(s, 0.5), "p90",
                     (json_int_t)spread_quantile(s, 0.9), "most", (json_int_t)s->most);
}

static json_t *field_of(const struct field *f)
{
    static const char *const names[] = {
        [TAPE_NULL] = "null",     [TAPE_FALSE] = "boolean", [TAPE_TRUE] = NULL,
        [TAPE_NUMBER] = "number", [TAPE_STRING] = "string", [TAPE_ARRAY] = "list",
        [TAPE_OBJECT] = "object",
    };
    json_t *types = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (f->is[i].n)
            json_object_set_new(types, names[i], json_integer((json_int_t)f->is[i].n));
    }
    return json_pack("{s:s#, s:I, s:o, s:b, s:o}", "name", f->name, (int)f->len, "rows",
                     (json_int_t)f->n_rows, "types", types, "same_in_all", !f->varies, "bytes",
                     spread_of(&f->bytes));
}

json_t *statistics_of(const struct survey *s)
{
    json_t *roles = json_object();
    json_t *fields = json_array();
    json_t *tools = json_array();
    for (enum stats_role r = STATS_DEVELOPER; r < STATS_N_ROLES; r++)
        json_object_set_new(roles, stats_role_name(r), spread_of(&s->stats.text[r]));
    for (size_t i = 0; i < s->fields.n; i++) {
        if (s->fields.at[i].key == FIELD_FREE)
            json_array_append_new(fields, field_of(&s->fields.at[i]));
    }
    for (size_t i = 0; i < s->stats.n_tools; i++) {
        const struct stats_tool *t = &s->stats.tools[i];
        json_array_append_new(tools, json_pack("{s:s#, s:I}", "name", t->name, (int)t->len, "rows",
                                               (json_int_t)t->n_rows));
    }
    json_t *tokens = spread_of(&s->stats.tokens);
    if (json_is_object(tokens))
        json_object_set_new(tokens, "estimate", json_string(TOKENS_BASIS));
    return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "file", s->path, "rows",
                     (json_int_t)s->n_rows, "bytes", (json_int_t)s->row_bytes, "row_bytes",
                     spread_of(&s->stats.rows), "messages", spread_of(&s->stats.messages),
                     "content_bytes", roles, "tokens", tokens, "fields", fields, "tools", tools);
}

/* --- Text ------------------------------------------------------------------------------------- */

static json_int_t number(json_t *v, const char *key)
{
    return json_integer_value(json_object_get(v, key));
}

static void add_spread(struct buf *out, const char *name, json_t *v)
{
    if (!json_is_object(v))
        return;
    buf_printf(out, "  %-28s %9lld %9lld %9lld %9lld\n", name, (long long)number(v, "least"),
               (long long)number(v, "median"), (long long)number(v, "p90"),
               (long long)number(v, "most"));
}

static void add_fields(struct buf *out, json_t *fields)
{
    size_t i = 0;
    json_t *f = NULL;
    json_array_foreach(fields, i, f)
    {
        const char *type = NULL;
        json_t *n = NULL;
        add_spread(out, json_string_value(json_object_get(f, "name")), json_object_get(f, "bytes"));
        buf_printf(out, "    in %lld rows:", (long long)number(f, "rows"));
        json_object_foreach(json_object_get(f, "types"), type, n)
            buf_printf(out, " %s %lld", type, (long long)json_integer_value(n));
        buf_text_add(out,
                     json_is_true(json_object_get(f, "same_in_all")) ? "; all the same\n" : "\n");
    }
}

void statistics_write(struct buf *out, json_t *statistics)
{
    const char *role = NULL;
    json_t *v = NULL;
    size_t i = 0;
    buf_printf(out, "%s: %lld rows, %lld bytes\n",
               json_string_value(json_object_get(statistics, "file")),
               (long long)number(statistics, "rows"), (long long)number(statistics, "bytes"));
    buf_printf(out, "  %-28s %9s %9s %9s %9s\n", "", "least", "median", "90 %", "most");
    add_spread(out, "bytes of a row", json_object_get(statistics, "row_bytes"));
    add_spread(out, "messages of a row", json_object_get(statistics, "messages"));
    json_object_foreach(json_object_get(statistics, "content_bytes"), role, v)
    {
        char name[40];
        snprintf(name, sizeof(name), "bytes of a %s message", role);
        add_spread(out, name, v);
    }
    json_t *tokens = json_object_get(statistics, "tokens");
    add_spread(out, "tokens of a row, estimated", tokens);
    if (json_is_object(tokens))
        buf_printf(out, "    estimate: %s\n",
                   json_string_value(json_object_get(tokens, "estimate")));
    buf_text_add(out, "  fields, bytes of their values\n");
    add_fields(out, json_object_get(statistics, "fields"));
    bool any_tools = json_array_size(json_object_get(statistics, "tools")) > 0;
    buf_text_add(out, any_tools ? "  tools\n" : "  no tools\n");
    json_array_foreach(json_object_get(statistics, "tools"), i, v)
        buf_printf(out, "  %-28s in %lld rows\n", json_string_value(json_object_get(v, "name")),
                   (long long)number(v, "rows"));
    buf_char(out, '\n');
}
