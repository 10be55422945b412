#include "tools/demo/catalog.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/tape.h"
#include "tools/demo/records.h"

enum { WORD_ROOM = 32, QUERY_WORDS_MAX = 32, PRODUCTS_MAX = 10000 };

struct product {
    char *sku;
    char *line;    /* the whole product */
    char *summary; /* what a search shows of it */
};

/* A word of a product, with the weight of the best place it stands in. */
struct term {
    char word[WORD_ROOM];
    uint32_t product;
    uint32_t weight;
};

struct catalog {
    struct product *at; /* in file order */
    size_t n;
    struct term *terms; /* sorted by word, then product */
    size_t n_terms;
};

static const struct {
    const char *key;
    uint32_t weight;
} fields[] = {{"name", 4}, {"category", 2}, {"colour", 1}, {"description", 1}};

/* The next word of *text as it is compared, or false at the end: lower case, no plural s. Words
 * of one letter say nothing and are skipped; long ones are cut. */
static bool next_word(const char **text, const char *end, char word[WORD_ROOM])
{
    for (;;) {
        size_t n = 0;
        while (*text < end) {
            unsigned char c = (unsigned char)*(*text)++;
            if (c >= 'A' && c <= 'Z')
                c = (unsigned char)(c + 'a' - 'A');
            bool letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (letter && n < WORD_ROOM - 1)
                word[n++] = (char)c;
            if (!letter && n)
                break;
        }
        if (n > 3 && word[n - 1] == 's' && word[n - 2] != 's')
            n--;
        word[n] = '\0';
        if (n >= 2)
            return true;
        if (*text == end)
            return false;
    }
}

static void add_terms(struct catalog *c, const char *text, size_t len, uint32_t weight)
{
    const char *end = text + len;
    struct term t = {.product = (uint32_t)(c->n - 1), .weight = weight};
    while (next_word(&text, end, t.word)) {
        c->terms = mem_grow(c->terms, c->n_terms + 1, sizeof(*c->terms));
        c->terms[c->n_terms++] = t;
    }
}

static int compare_terms(const void *a, const void *b)
{
    const struct term *x = a;
    const struct term *y = b;
    int words = strcmp(x->word, y->word);
    if (words)
        return words;
    if (x->product != y->product)
        return x->product < y->product ? -1 : 1;
    return (x->weight < y->weight) - (x->weight > y->weight); /* the best place first */
}

/* Sort, and keep of each word of a product the best place only. */
static void finish_terms(struct catalog *c)
{
    if (!c->n_terms)
        return;
    qsort(c->terms, c->n_terms, sizeof(*c->terms), compare_terms);
    size_t kept = 1;
    for (size_t i = 1; i < c->n_terms; i++) {
        const struct term *last = &c->terms[kept - 1];
        if (last->product != c->terms[i].product || strcmp(last->word, c->terms[i].word) != 0)
            c->terms[kept++] = c->terms[i];
    }
    c->n_terms = kept;
}

static const struct product *find(const struct catalog *c, const char *sku)
{
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->at[i].sku, sku) == 0)
            return &c->at[i];
    }
    return NULL;
}

static enum err_code take_product(struct catalog *c, const struct tape *t, struct err *e)
{
    char *sku = record_member(t, 0, "sku", TAPE_STRING);
    char *name = record_member(t, 0, "name", TAPE_STRING);
    char *price = record_member(t, 0, "price", TAPE_NUMBER);
    enum err_code rc = ERR_OK;
    if (!sku || !name || !price) {
        rc = err_set(e, ERR_DATA, "a product needs a sku and a name, texts, and a price, a number");
    } else if (find(c, sku)) {
        rc = err_set(e, ERR_DATA, "sku '%s' stands twice", sku);
    } else if (c->n == PRODUCTS_MAX) {
        rc = err_set(e, ERR_DATA, "more than %d products", PRODUCTS_MAX);
    } else {
        struct buf summary = {0};
        buf_text_add(&summary, "{\"sku\":");
        buf_json(&summary, sku, strlen(sku));
        buf_text_add(&summary, ",\"name\":");
        buf_json(&summary, name, strlen(name));
        buf_printf(&summary, ",\"price\":%s}", price);
        c->at = mem_grow(c->at, c->n + 1, sizeof(*c->at));
        struct buf line = {0};
        tape_compact(t, 0, &line);
        c->at[c->n++] = (struct product){sku, buf_take(&line), buf_take(&summary)};
        sku = NULL; /* taken */
    }
    free(sku);
    free(name);
    free(price);
    return rc;
}

static enum err_code take_line(void *arg, const struct tape *t, struct err *e)
{
    struct catalog *c = arg;
    enum err_code rc = take_product(c, t, e);
    for (size_t i = 0; !rc && i < COUNT_OF(fields); i++) {
        char *text = record_member(t, 0, fields[i].key, TAPE_STRING);
        if (text)
            add_terms(c, text, strlen(text), fields[i].weight);
        free(text);
    }
    return rc;
}

enum err_code catalog_load(struct catalog **out, const char *path, struct err *e)
{
    struct catalog *c = mem_new(sizeof(*c));
    enum err_code rc = records_read(path, take_line, c, e);
    if (!rc && c->n == 0)
        rc = err_set(e, ERR_DATA, "%s: no products", path);
    if (rc) {
        catalog_free(c);
        return rc;
    }
    finish_terms(c);
    *out = c;
    return ERR_OK;
}

void catalog_free(struct catalog *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++) {
        free(c->at[i].sku);
        free(c->at[i].line);
        free(c->at[i].summary);
    }
    free(c->at);
    free(c->terms);
    free(c);
}

size_t catalog_count(const struct catalog *c)
{
    return c->n;
}

const char *catalog_product(const struct catalog *c, const char *sku)
{
    const struct product *p = find(c, sku);
    return p ? p->line : NULL;
}

/* The first term of a word, or the number of terms. */
static size_t first_term(const struct catalog *c, const char *word)
{
    size_t low = 0;
    size_t high = c->n_terms;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(c->terms[mid].word, word) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void add_scores(const struct catalog *c, const char *query, size_t len, uint32_t *scores)
{
    char words[QUERY_WORDS_MAX][WORD_ROOM];
    size_t n = 0;
    const char *end = query + len;
    while (n < QUERY_WORDS_MAX && next_word(&query, end, words[n])) {
        bool seen = false;
        for (size_t i = 0; i < n && !seen; i++)
            seen = strcmp(words[i], words[n]) == 0;
        if (seen)
            continue;
        for (size_t i = first_term(c, words[n]);
             i < c->n_terms && strcmp(c->terms[i].word, words[n]) == 0; i++)
            scores[c->terms[i].product] += c->terms[i].weight;
        n++;
    }
}

void catalog_search(const struct catalog *c, const char *query, size_t len, size_t top_k,
                    struct buf *out)
{
    uint32_t *scores = mem_array(c->n, sizeof(*scores));
    add_scores(c, query, len, scores);
    buf_text_add(out, "{\"items\":[");
    for (size_t k = 0; k < top_k; k++) {
        size_t best = 0;
        for (size_t i = 1; i < c->n; i++) {
            if (scores[i] > scores[best])
                best = i;
        }
        if (!scores[best])
            break;
        buf_printf(out, "%s%s", k ? "," : "", c->at[best].summary);
        scores[best] = 0;
    }
    buf_text_add(out, "]}");
    free(scores);
}
