#include "grader/text/wordnet.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"

enum {
    MAX_WORD = 100, /* bytes; the longest lemma has 71 */
    MAX_FORMS = 32,
    MAX_ROUNDS = 8, /* rules applied to what rules gave */
};

enum { NOUN, VERB, ADJ, ADV, N_PARTS };

static const char *const part_names[] = {"noun", "verb", "adj", "adv"};

struct file {
    const char *at; /* mapped */
    size_t len;
};

struct wordnet {
    struct file index[N_PARTS];
    struct file data[N_PARTS];
    struct file exceptions[N_PARTS];
};

static bool map(struct file *f, char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    free(name);
    if (fd < 0)
        return false;
    struct stat info;
    if (fstat(fd, &info) == 0 && info.st_size > 0) {
        void *at = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED)
            *f = (struct file){at, (size_t)info.st_size};
    }
    close(fd);
    return f->at != NULL;
}

const char *wordnet_folder(void)
{
    const char *folder = getenv("WNSEARCHDIR"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return folder && *folder ? folder : "/usr/share/wordnet";
}

struct wordnet *wordnet_open(void)
{
    const char *folder = wordnet_folder();
    struct wordnet *w = mem_new(sizeof(*w));
    for (size_t i = 0; i < N_PARTS; i++) {
        if (!map(&w->index[i], mem_printf("%s/index.%s", folder, part_names[i])) ||
            !map(&w->data[i], mem_printf("%s/data.%s", folder, part_names[i])) ||
            !map(&w->exceptions[i], mem_printf("%s/%s.exc", folder, part_names[i]))) {
            wordnet_close(w);
            return NULL;
        }
    }
    return w;
}

static void unmap(const struct file *f)
{
    if (f->at)
        munmap((void *)(uintptr_t)f->at, f->len);
}

void wordnet_close(struct wordnet *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < N_PARTS; i++) {
        unmap(&w->index[i]);
        unmap(&w->data[i]);
        unmap(&w->exceptions[i]);
    }
    free(w);
}

/* What follows on a line: fields parted by spaces. */
struct fields {
    const char *at, *end;
};

struct field {
    const char *at;
    size_t n; /* 0 at the end of the line */
};

static struct field next(struct fields *f)
{
    while (f->at < f->end && *f->at == ' ')
        f->at++;
    const char *from = f->at;
    while (f->at < f->end && *f->at != ' ' && *f->at != '\n')
        f->at++;
    return (struct field){from, (size_t)(f->at - from)};
}

static size_t number(struct field f, unsigned base)
{
    size_t n = 0;
    for (size_t i = 0; i < f.n; i++) {
        char c = f.at[i];
        n = n * base + (size_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    return n;
}

static int compare(struct field key, const char *word)
{
    size_t n = strlen(word);
    int order = memcmp(key.at, word, key.n < n ? key.n : n);
    return order ? order : (key.n > n) - (key.n < n);
}

/* The rest of the line of a sorted file whose first field is `word`; `out->at` is NULL if there is
 * none. Lines are halved by bytes: from the middle back to where its line begins. */
static struct fields find(const struct file *f, const char *word)
{
    const char *low = f->at;
    const char *high = f->at + f->len;
    while (low < high) {
        const char *middle = low + (high - low) / 2;
        const char *before = memrchr(low, '\n', (size_t)(middle - low));
        const char *line = before ? before + 1 : low;
        const char *newline = memchr(middle, '\n', (size_t)(high - middle));
        const char *end = newline ? newline + 1 : high;
        struct fields fields = {line, end};
        struct field key = next(&fields);
        int order = *line == ' ' ? -1 : compare(key, word); /* the licence stands first, indented */
        if (order == 0)
            return fields;
        if (order < 0)
            low = end;
        else
            high = line;
    }
    return (struct fields){0};
}

struct forms {
    char at[MAX_FORMS][MAX_WORD + 1];
    size_t n;
};

static void add_form(struct forms *f, const char *word, size_t n, const char *ending)
{
    size_t n_ending = strlen(ending);
    if (f->n == MAX_FORMS || n + n_ending > MAX_WORD)
        return;
    char *form = f->at[f->n];
    memcpy(form, word, n);
    memcpy(form + n, ending, n_ending + 1);
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->at[i], form) == 0)
            return;
    }
    f->n++;
}

static const struct detachment {
    int part;
    const char *ending, *instead;
} detachments[] = {
    {NOUN, "s", ""},    {NOUN, "ses", "s"},   {NOUN, "ves", "f"},   {NOUN, "xes", "x"},
    {NOUN, "zes", "z"}, {NOUN, "ches", "ch"}, {NOUN, "shes", "sh"}, {NOUN, "men", "man"},
    {NOUN, "ies", "y"}, {VERB, "s", ""},      {VERB, "ies", "y"},   {VERB, "es", "e"},
    {VERB, "es", ""},   {VERB, "ed", "e"},    {VERB, "ed", ""},     {VERB, "ing", "e"},
    {VERB, "ing", ""},  {ADJ, "er", ""},      {ADJ, "est", ""},     {ADJ, "er", "e"},
    {ADJ, "est", "e"},
};

static void detach(const struct forms *from, int part, struct forms *to)
{
    for (size_t i = 0; i < from->n; i++) {
        const char *word = from->at[i];
        size_t n = strlen(word);
        for (size_t k = 0; k < COUNT_OF(detachments); k++) {
            const struct detachment *d = &detachments[k];
            size_t off = strlen(d->ending);
            if (d->part == part && n >= off && strcmp(word + n - off, d->ending) == 0)
                add_form(to, word, n - off, d->instead);
        }
    }
}

/* One synset: "offset file type count word id word id ...", the count in hexadecimal. */
static void add_synset(const struct file *data, size_t offset, struct seq *out)
{
    if (offset >= data->len)
        return;
    struct fields f = {data->at + offset, data->at + data->len};
    next(&f);
    next(&f);
    next(&f);
    for (size_t n = number(next(&f), 16); n; n--) {
        struct field word = next(&f);
        next(&f);
        const char *marker = memchr(word.at, '(', word.n); /* "ill(p)": where it may stand */
        size_t len = marker ? (size_t)(marker - word.at) : word.n;
        if (memchr(word.at, '_', len))
            continue;
        for (size_t i = 0; i < len; i++)
            seq_push(out, (unsigned char)word.at[i]);
        seq_push(out, ' ');
    }
}

/* The synsets of a lemma: "lemma part count n_pointers pointer... senses tagged offset...". */
static bool add_lemma(const struct wordnet *w, int part, const char *lemma, struct seq *out)
{
    struct fields f = find(&w->index[part], lemma);
    if (!f.at)
        return false;
    next(&f);
    size_t n_synsets = number(next(&f), 10);
    for (size_t n = number(next(&f), 10) + 2; n && next(&f).n; n--) {
    }
    for (; n_synsets; n_synsets--) {
        struct field offset = next(&f);
        if (!offset.n)
            break;
        add_synset(&w->data[part], number(offset, 10), out);
    }
    return true;
}

static bool add_all(const struct wordnet *w, int part, const struct forms *forms, struct seq *out)
{
    bool found = false;
    for (size_t i = 0; i < forms->n; i++)
        found |= add_lemma(w, part, forms->at[i], out);
    return found;
}

static void add_part(const struct wordnet *w, int part, const char *word, struct seq *out)
{
    struct forms forms = {0};
    add_form(&forms, word, strlen(word), "");
    struct fields bases = find(&w->exceptions[part], word);
    if (bases.at) {
        for (struct field base = next(&bases); base.n; base = next(&bases))
            add_form(&forms, base.at, base.n, "");
        add_all(w, part, &forms, out);
        return;
    }
    struct forms once = forms;
    detach(&once, part, &forms);
    bool found = add_all(w, part, &forms, out);
    for (int round = 0; !found && forms.n && round < MAX_ROUNDS; round++) {
        struct forms more = {0};
        detach(&forms, part, &more);
        found = add_all(w, part, &more, out);
        forms = more;
    }
}

void wordnet_synonyms(const struct wordnet *w, struct span word, struct seq *out)
{
    char text[MAX_WORD + 1];
    if (!word.n || word.n > MAX_WORD)
        return;
    for (size_t i = 0; i < word.n; i++) {
        if (word.at[i] <= ' ' || word.at[i] > '~')
            return;
        text[i] = (char)word.at[i];
    }
    text[word.n] = '\0';
    for (int part = 0; part < N_PARTS; part++)
        add_part(w, part, text, out);
}
