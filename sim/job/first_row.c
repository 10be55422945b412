#include "sim/job/first_row.h"

#include <unistd.h>

bool first_row_read(struct first_row *r, const char *path)
{
    struct err unused = {0};
    uint64_t bytes = 0;
    int fd = -1;
    struct line line = {0};
    struct tape_fault fault;
    *r = (struct first_row){0};
    bool have = path && !lines_open(&fd, &bytes, path, &unused);
    if (have)
        lines_init(&r->lines, fd, path, 0, UINT64_MAX);
    do {
        have = have && !lines_next(&r->lines, &line, &have, &unused) && have;
    } while (have && line.blank);
    if (fd >= 0)
        close(fd);
    return have && tape_scan(&r->tape, line.text, line.len, &fault) &&
           tape_kind(&r->tape, 0) == TAPE_OBJECT;
}

void first_row_release(struct first_row *r)
{
    tape_release(&r->tape);
    lines_release(&r->lines);
}
