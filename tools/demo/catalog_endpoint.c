/* The catalog as an endpoint: arguments checked, answers and refusals worded. */
#include "tools/demo/argument.h"
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

static unsigned answer_search(const struct catalog *c, const struct tape *args, struct buf *out)
{
    struct buf query = {0};
    unsigned top_k = CATALOG_TOP_K_DEFAULT;
    bool fine = argument_text(args, "query", &query, out) &&
                (tape_get(args, 0, "top_k") == TAPE_NONE ||
                 argument_count(args, "top_k", 1, CATALOG_TOP_K_MAX, "a whole number from 1 to 50",
                                &top_k, out));
    if (fine)
        catalog_search(c, buf_text(&query), query.len, top_k, out);
    buf_release(&query);
    return fine ? 200 : 400;
}

static unsigned answer_get(const struct catalog *c, const struct tape *args, struct buf *out)
{
    struct buf sku = {0};
    unsigned status = 400;
    if (argument_text(args, "sku", &sku, out)) {
        const char *line = catalog_product(c, buf_text(&sku));
        status = line ? 200 : 404;
        if (line)
            buf_text_add(out, line);
        else
            buf_printf(out, "no product with sku '%s'", buf_text(&sku));
    }
    buf_release(&sku);
    return status;
}

static unsigned answer(void *self, const struct endpoint_call *call, struct buf *out)
{
    return call->tool == TOOL_SEARCH ? answer_search(self, &call->args, out)
                                     : answer_get(self, &call->args, out);
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
