#include "sim/check/words.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/job/lines.h"

/* --- Runs of words ---------------------------------------------------------------------------- */

/* One bit for each of 64 bytes: it belongs to a word. */
#ifdef __SSE2__
static inline unsigned word_bits16(const char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                   _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)),
                                  _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    __m128i high = _mm_cmplt_epi8(bytes, _mm_setzero_si128());
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(high, _mm_or_si128(letter, digit)));
}

static inline uint64_t word_bits(const char *at)
{
    return word_bits16(at) | (uint64_t)word_bits16(at + 16) << 16 |
           (uint64_t)word_bits16(at + 32) << 32 | (uint64_t)word_bits16(at + 48) << 48;
}
#else
static inline uint64_t word_bits(const char *at)
{
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)at[i];
        unsigned char low = c | 0x20;
        bool word = c >= 0x80 || (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
        bits |= (uint64_t)word << i;
    }
    return bits;
}
#endif

static inline uint64_t load(const char *at, size_t n)
{
    uint64_t w = 0;
    memcpy(&w, at, n);
    return w;
}

/* Of its first and last eight bytes and its length, case ignored. `room`: bytes that may be read
 * from its start. */
static inline uint64_t word_hash(const char *at, size_t len, size_t room)
{
    const uint64_t lower = 0x2020202020202020u;
    if (len > 8)
        return hash_mix((load(at, 8) | lower) ^ HASH_A,
                        (load(at + len - 8, 8) | lower) ^ (len * HASH_B));
    uint64_t w = room >= 8 ? load(at, 8) & (UINT64_MAX >> (64 - 8 * len)) : load(at, len);
    return hash_mix((w | lower) ^ HASH_A, len * HASH_B);
}

struct run {
    uint64_t words[2]; /* the two before, the last first */
    size_t n_words;
    size_t n;
};

static inline void add_word(struct run *r, uint64_t word, uint32_t *out)
{
    if (++r->n_words >= 3) {
        uint64_t all = word + (r->words[0] << 21 | r->words[0] >> 43) +
                       (r->words[1] << 42 | r->words[1] >> 22);
        uint32_t hash = (uint32_t)((all * HASH_A) >> 32);
        out[r->n++] = hash ? hash : 1;
    }
    r->words[1] = r->words[0];
    r->words[0] = word;
}

size_t words_runs(const char *text, size_t len, uint32_t out[WORDS_RUNS])
{
    struct run r = {0};
    size_t start = 0;
    bool inside = false;
    for (size_t base = 0; base <= len && r.n + 33 < WORDS_RUNS; base += 64) {
        char last[64];
        const char *at = text + base;
        if (len - base < 64) { /* at the end zeros, which also end the last word */
            memset(last, 0, sizeof(last));
            if (len > base)
                memcpy(last, at, len - base);
            at = last;
        }
        uint64_t bits = word_bits(at);
        uint64_t edges = bits ^ (bits << 1 | inside);
        for (; edges; edges &= edges - 1) {
            size_t edge = base + (unsigned)__builtin_ctzll(edges);
            if (inside)
                add_word(&r, word_hash(text + start, edge - start, len - start), out);
            start = edge;
            inside = !inside;
        }
    }
    return r.n;
}

static inline bool is_boilerplate(const struct boilerplate *b, uint32_t run)
{
    uint32_t bit = run >> (32 - WORDS_BITS);
    return b->at[bit / 64] >> (bit % 64) & 1;
}

void words_least(const struct boilerplate *b, const uint32_t *runs, size_t n, uint32_t least[2])
{
    uint32_t first = UINT32_MAX;
    uint32_t second = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        uint32_t run = runs[i] * 0x9e3779b1u; /* boilerplate goes by the high bits as they are */
        if (run >= second || run == first || is_boilerplate(b, runs[i]))
            continue;
        second = run < first ? first : run;
        first = run < first ? run : first;
    }
    least[0] = first == UINT32_MAX ? 0 : first;
    least[1] = second == UINT32_MAX ? 0 : second;
}

static int compare_runs(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static bool is_tidy(const uint32_t *runs, size_t n)
{
    size_t i = 1;
    while (i < n && runs[i - 1] < runs[i])
        i++;
    return i >= n;
}

size_t words_tidy(uint32_t *runs, size_t n)
{
    size_t kept = 0;
    if (is_tidy(runs, n))
        return n;
    qsort(runs, n, sizeof(*runs), compare_runs);
    for (size_t i = 0; i < n; i++) {
        if (!kept || runs[kept - 1] != runs[i])
            runs[kept++] = runs[i];
    }
    return kept;
}

static size_t without_boilerplate(const struct boilerplate *b, uint32_t *runs, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_boilerplate(b, runs[i]))
            runs[kept++] = runs[i];
    }
    return kept;
}

/* Of two sorted lists; 0 if one of them is short. */
static unsigned percent(const uint32_t *one, size_t n_one, const uint32_t *other, size_t n_other)
{
    size_t both = 0;
    if (n_one < WORDS_LEAST_RUNS || n_other < WORDS_LEAST_RUNS)
        return 0;
    for (size_t i = 0, j = 0; i < n_one && j < n_other;) {
        bool step_one = one[i] <= other[j];
        bool step_other = one[i] >= other[j];
        both += step_one && step_other;
        i += step_one;
        j += step_other;
    }
    return (unsigned)(both * 100 / (n_one + n_other - both));
}

unsigned words_share(const struct boilerplate *b, uint32_t *one, size_t n_one, uint32_t *other,
                     size_t n_other)
{
    n_one = words_tidy(one, n_one);
    n_other = words_tidy(other, n_other);
    unsigned all = percent(one, n_one, other, n_other);
    n_one = without_boilerplate(b, one, n_one);
    n_other = without_boilerplate(b, other, n_other);
    unsigned telling = percent(one, n_one, other, n_other);
    return telling < all ? telling : all;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void add_text(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) != TAPE_STRING)
        return;
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    if (t->at[v].escaped)
        tape_string(t, v, out);
    else
        buf_add(out, text + 1, len - 2);
    buf_char(out, ' ');
}

bool words_question(const struct tape *row, size_t messages, struct buf *out)
{
    size_t last = TAPE_NONE;
    buf_clear(out);
    if (tape_kind(row, messages) != TAPE_ARRAY)
        return false;
    for (size_t v = messages + 1; v < row->at[messages].next; v = row->at[v].next)
        last = v;
    if (last == TAPE_NONE || !tape_is(row, tape_get(row, last, "role"), "user"))
        return false;
    size_t content = tape_get(row, last, "content");
    add_text(row, content, out);
    if (tape_kind(row, content) == TAPE_ARRAY) {
        for (size_t v = content + 1; v < row->at[content].next; v = row->at[v].next)
            add_text(row, tape_get(row, v, "text"), out);
    }
    return out->len > 0;
}

/* Each run of the row once. */
static void count_runs(uint16_t *counts, uint32_t *runs, size_t n)
{
    qsort(runs, n, sizeof(*runs), compare_runs);
    for (size_t i = 0; i < n; i++) {
        uint16_t *count = &counts[runs[i] >> (32 - WORDS_BITS)];
        if ((i == 0 || runs[i] != runs[i - 1]) && *count < UINT16_MAX)
            ++*count;
    }
}

static void mark_common(struct boilerplate *b, const uint16_t *counts, size_t n_rows)
{
    size_t common = n_rows / WORDS_COMMON > 2 ? n_rows / WORDS_COMMON : 2;
    for (uint32_t i = 0; i < 1u << WORDS_BITS; i++) {
        if (counts[i] > common)
            b->at[i / 64] |= 1ull << (i % 64);
    }
}

enum err_code words_learn(struct boilerplate *b, int fd, const char *path, struct err *e)
{
    struct lines lines = {0};
    struct line line;
    struct tape tape = {0};
    struct tape_fault f;
    struct buf text = {0};
    uint32_t runs[WORDS_RUNS];
    uint16_t *counts = mem_array(1u << WORDS_BITS, sizeof(*counts));
    bool have = true;
    size_t n = 0;
    lines_init_head(&lines, fd, path, WORDS_SAMPLE_BYTES);
    while (n < WORDS_SAMPLE && lines_next(&lines, &line, &have, e) == ERR_OK && have) {
        if (!tape_scan(&tape, line.text, line.len, &f) ||
            !words_question(&tape, tape_get(&tape, 0, "messages"), &text))
            continue;
        count_runs(counts, runs, words_runs(text.at, text.len, runs));
        n++;
    }
    mark_common(b, counts, n);
    free(counts);
    buf_release(&text);
    tape_release(&tape);
    lines_release(&lines);
    return e->code;
}
