/* The catalog as an endpoint: arguments checked, answers and refusals worded. */
#include <math.h>

#include "tools/demo/catalog.h"
#include "tools/demo/endpoint.h"

enum { TOOL_SEARCH, TOOL_GET };

static enum err_code open_catalog(void **self, const char *path, struct err *e)
{
    struct catalog *c = NULL;
    enum err_code rc = catalog_load(&c, path, e);
    *self = c;
    return rc;
}

static unsigned not_a(const char *key, const char *want, const struct tape *args, size_t v,
                      struct buf *out)
{
    size_t len = 0;
    const char *number = tape_kind(args, v) == TAPE_NUMBER ? tape_text(args, v, &len) : NULL;
    buf_printf(out, "'%s' must be %s, found ", key, want);
    if (v == TAPE_NONE)
        buf_text_add(out, "nothing");
    else if (number)
        buf_add(out, number, len);
    else
        buf_text_add(out, tape_kind_words(tape_kind(args, v)));
    return 400;
}

static unsigned answer_search(const struct catalog *c, const struct tape *args, struct buf *out)
{
    size_t query = tape_get(args, 0, "query");
    if (query == TAPE_NONE || tape_kind(args, query) != TAPE_STRING)
        return not_a("query", "a string", args, query, out);
    double top_k = CATALOG_TOP_K_DEFAULT;
    size_t k = tape_get(args, 0, "top_k");
    if (k != TAPE_NONE) {
        top_k = tape_kind(args, k) == TAPE_NUMBER ? tape_number(args, k) : 0;
        if (top_k < 1 || top_k > CATALOG_TOP_K_MAX || top_k != floor(top_k))
            return not_a("top_k", "a whole number from 1 to 50", args, k, out);
    }
    struct buf text = {0};
    tape_string(args, query, &text);
    catalog_search(c, buf_text(&text), text.len, (size_t)top_k, out);
    buf_release(&text);
    return 200;
}

static unsigned answer_get(const struct catalog *c, const struct tape *args, struct buf *out)
{
    size_t v = tape_get(args, 0, "sku");
    if (v == TAPE_NONE || tape_kind(args, v) != TAPE_STRING)
        return not_a("sku", "a string", args, v, out);
    struct buf sku = {0};
    tape_string(args, v, &sku);
    const char *line = catalog_product(c, buf_text(&sku));
    if (line)
        buf_text_add(out, line);
    else
        buf_printf(out, "no product with sku '%s'", buf_text(&sku));
    buf_release(&sku);
    return line ? 200 : 404;
}

static unsigned answer(const void *self, size_t tool, const struct tape *args, struct buf *out)
{
    return tool == TOOL_SEARCH ? answer_search(self, args, out) : answer_get(self, args, out);
}

static void close_catalog(void *self)
{
    catalog_free(self);
}

const struct endpoint endpoint_catalog = {
    .name = "catalog",
    .help = "a household shop: search_catalog(query, top_k), get_by_id(sku)",
    .data = "catalog/products.jsonl",
    .tools = {[TOOL_SEARCH] = "search_catalog", [TOOL_GET] = "get_by_id"},
    .open = open_catalog,
    .answer = answer,
    .close = close_catalog,
};
