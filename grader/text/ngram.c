#include "grader/text/ngram.h"

#include <stdlib.h>

#include "grader/text/intern.h"
#include "sim/base/mem.h"

/* From the numbers of (n-1)-grams, those of n-grams: the pair of the one that begins here and the
 * last word. In place: grams[i] is not needed once it is written. */
static void lengthen(struct seq *grams, struct span words, size_t n, struct intern *in)
{
    size_t count = words.n >= n ? words.n - n + 1 : 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t pair[] = {grams->at[i], words.at[i + n - 1]};
        grams->at[i] = intern_number(in, (struct span){pair, 2});
    }
    grams->n = count;
}

static size_t matches(const struct seq *a, const struct seq *b)
{
    uint32_t most = 0;
    for (size_t i = 0; i < a->n; i++)
        most = a->at[i] > most ? a->at[i] : most;
    size_t *left = mem_array((size_t)most + 1, sizeof(*left));
    for (size_t i = 0; i < a->n; i++)
        left[a->at[i]]++;
    size_t found = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->at[i] <= most && left[b->at[i]]) {
            left[b->at[i]]--;
            found++;
        }
    }
    free(left);
    return found;
}

void ngram_count(struct ngram_count *out, size_t orders, struct span a, struct span b)
{
    struct seq a_grams = {0};
    struct seq b_grams = {0};
    seq_add(&a_grams, a);
    seq_add(&b_grams, b);
    for (size_t n = 1; n <= orders; n++) {
        struct intern in = {0};
        if (n > 1) {
            lengthen(&a_grams, a, n, &in);
            lengthen(&b_grams, b, n, &in);
        }
        out[n - 1] = (struct ngram_count){matches(&a_grams, &b_grams), a_grams.n, b_grams.n};
        intern_release(&in);
    }
    seq_release(&a_grams);
    seq_release(&b_grams);
}
