/* The catalog endpoint: search_catalog(query, top_k) and get_by_id(sku) over a file of products.
 *
 * A search scores each product by the words it shares with the query. A word counts once, at the
 * best place it stands in: 4 in the name, 2 in the category, 1 in colour or description; case and
 * a plural s do not matter. Best score first, equal ones in file order; no shared word, no hit.
 * It is a plain search on purpose: the first hit is not always what was asked for.
 */
#ifndef TOOLS_DEMO_CATALOG_H
#define TOOLS_DEMO_CATALOG_H

#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"

enum { CATALOG_TOP_K_DEFAULT = 3, CATALOG_TOP_K_MAX = 50 };

struct catalog;

/* Read a JSONL file of products; `sku`, `name` and `price` are required, a sku stands once.
 * Errors: ERR_IO, ERR_DATA with the line. */
NODISCARD enum err_code catalog_load(struct catalog **out, const char *path, struct err *e);
void catalog_free(struct catalog *c); /* NULL is fine */

size_t catalog_count(const struct catalog *c);

/* Append {"items":[{"sku":..,"name":..,"price":..},..]}, at most top_k of them. */
void catalog_search(const struct catalog *c, const char *query, size_t len, size_t top_k,
                    struct buf *out);

/* The product's line as it stands in the file, or NULL. Borrowed. */
const char *catalog_product(const struct catalog *c, const char *sku);

#endif
