/* One pass over a file that reads each line as JSON and does nothing with it: what `rftsim check`
 * is measured against.
 *
 *     bench_pass tape|jansson|cjson FILE
 *     bench_pass has-cjson               exit 0 if it was built with cJSON
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_CJSON
#include <cjson/cJSON.h>
#endif

#include "sim/base/tape.h"
#include "sim/job/lines.h"

static struct tape tape;

static bool by_tape(const struct line *line)
{
    struct tape_fault f;
    return tape_scan(&tape, line->text, line->len, &f);
}

static bool by_jansson(const struct line *line)
{
    json_t *row = json_loadb(line->text, line->len, 0, NULL);
    json_decref(row);
    return row != NULL;
}

#ifdef HAVE_CJSON
static bool by_cjson(const struct line *line)
{
    cJSON *row = cJSON_ParseWithLength(line->text, line->len);
    cJSON_Delete(row);
    return row != NULL;
}
#endif

static const struct reader {
    const char *name;
    bool (*read)(const struct line *line);
} readers[] = {
    {"tape", by_tape},
    {"jansson", by_jansson},
#ifdef HAVE_CJSON
    {"cjson", by_cjson},
#endif
};

static bool pass(const char *path, bool (*read)(const struct line *line))
{
    struct lines lines = {0};
    struct line line;
    struct err e = {0};
    uint64_t bytes = 0;
    int fd = -1;
    bool have = true;
    size_t n = 0;
    if (lines_open(&fd, &bytes, path, &e))
        return false;
    lines_init(&lines, fd, path, 0, bytes);
    while (lines_next(&lines, &line, &have, &e) == ERR_OK && have)
        n += read(&line);
    printf("%zu rows\n", n);
    lines_release(&lines);
    tape_release(&tape);
    close(fd);
    return !e.code;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "has-cjson") == 0)
        return COUNT_OF(readers) == 3 ? 0 : 1;
    for (size_t i = 0; argc == 3 && i < COUNT_OF(readers); i++) {
        if (strcmp(readers[i].name, argv[1]) == 0)
            return pass(argv[2], readers[i].read) ? 0 : 1;
    }
    fprintf(stderr, "usage: bench_pass tape|jansson|cjson FILE\n");
    return 2;
}
