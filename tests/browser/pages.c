/* Writes the report pages that tests/browser/run.mjs looks at: pages DIR */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/view/html.h"
#include "tests/browser/sample.h"

enum { LONG_TEXT = 100000 };

/* Everything that could get out of a script element, an attribute or a line, and then a lot. */
static const char evil[] =
    "</script><script>window.hacked = 1</script><!-- <img src=x onerror=\"window.hacked = 1\"> --> "
    "\" ' ` "
    "&lt; &amp; ${x} {{item}} \\u003c ]]> \xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xae abc \xe2\x80\xac "
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 \xf0\x9f\x94\xa5 "
    "\x1b[31m nul:";

static char *hostile_text(size_t *len)
{
    char *text = mem_new(LONG_TEXT + 1);
    memset(text, 'x', LONG_TEXT);
    memcpy(text, evil, sizeof(evil)); /* with its NUL */
    memcpy(text + LONG_TEXT - 9, "</script>", 9);
    *len = LONG_TEXT;
    return text;
}

static int write_page(struct history *h, const char *dir, const char *name)
{
    struct facts f;
    struct verdict v;
    struct err e = {0};
    char *path = mem_printf("%s/%s.html", dir, name);
    facts_make(&f, h);
    verdict_make(&v, &f);
    if (html_write(path, &f, &v, &e))
        fprintf(stderr, "%s\n", e.text);
    verdict_release(&v);
    facts_release(&f);
    history_release(h);
    free(path);
    return e.code != ERR_OK;
}

int main(int argc, char **argv)
{
    mem_init();
    if (argc != 2)
        return 2;
    struct sample_spec ordinary = {.n_steps = 20,
                                   .n_batch = 4,
                                   .n_train = 12,
                                   .n_samples = 8,
                                   .n_valid = 10,
                                   .n_eval_samples = 5,
                                   .eval_interval = 5,
                                   .has_parts = true};
    struct sample_spec thousand = {.n_steps = 20,
                                   .n_batch = 4,
                                   .n_train = 24,
                                   .n_samples = 8,
                                   .n_valid = 24,
                                   .n_eval_samples = 3,
                                   .eval_interval = 4,
                                   .has_parts = true};
    struct sample_spec large = {.n_steps = 400,
                                .n_batch = 8,
                                .n_train = 400,
                                .n_samples = 32,
                                .n_valid = 50,
                                .n_eval_samples = 4,
                                .eval_interval = 10,
                                .n_noise = 2000};
    struct sample_spec hostile = {.n_steps = 2,
                                  .n_batch = 2,
                                  .n_train = 4,
                                  .n_samples = 2,
                                  .n_valid = 2,
                                  .n_eval_samples = 2,
                                  .eval_interval = 1,
                                  .has_parts = true};
    char *text = hostile_text(&hostile.text_len);
    hostile.text = text;
    struct history h;
    int failed = 0;
    sample_make(&h, &ordinary);
    failed |= write_page(&h, argv[1], "ordinary");
    sample_make(&h, &thousand);
    failed |= write_page(&h, argv[1], "thousand");
    sample_make(&h, &large);
    failed |= write_page(&h, argv[1], "large");
    sample_make(&h, &hostile);
    failed |= write_page(&h, argv[1], "hostile");
    sample_make_results(&h, 30);
    failed |= write_page(&h, argv[1], "results");
    sample_make(&h, &(struct sample_spec){.eval_interval = 1});
    failed |= write_page(&h, argv[1], "empty");
    free(text);
    return failed;
}
