/* How fast rows become values: the tape, jansson and Python's json.loads over the same rows, in
 * one run on one machine. `make bench-scan`; the ratios travel better than the numbers. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/base/tape.h"

enum { N_ROWS = 2000, ROUNDS = 20 };

struct rows {
    struct buf text; /* a row a line */
    size_t start[N_ROWS + 1];
};

/* A sentence of policy has about one escape, and one in eight a letter beyond ASCII. */
static void add_prose(struct buf *b, struct rng *r, int n)
{
    static const char *const prose[] = {
        "- Items may be returned within 30 days of delivery.\\n",
        "- Sale items are final; a defective one earns store credit.\\n",
        "## Restocking fees\\n\\n| Tier | Electronics |\\n",
        "Ask for the order before you act. ",
        "Say \\\"I will look that up\\\", then call one tool at a time. ",
        "Late by more than two days: a shipping credit of $10.\\n",
        "The customer wrote from a caf\xc3\xa9 in Z\xc3\xbcrich. ",
        "Do not make up what neither the user nor a tool has said.\\n",
    };
    for (int i = 0; i < n; i++)
        buf_text_add(b, prose[rng_u64(r) % (sizeof(prose) / sizeof(prose[0]))]);
}

/* 1.3 KB: a policy, a question, a tool, and what a grader wants to know. */
static void add_row(struct buf *b, struct rng *r, int i)
{
    buf_text_add(b, "{\"messages\": [{\"role\": \"developer\", \"content\": \"");
    add_prose(b, r, 12);
    buf_text_add(b, "\"}, {\"role\": \"user\", \"content\": \"");
    add_prose(b, r, 4);
    buf_text_add(
        b, "\"}], \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"get_order\", "
           "\"description\": \"Look an order up.\", \"parameters\": {\"type\": \"object\", "
           "\"properties\": {\"order_id\": {\"type\": \"string\"}, \"top_k\": {\"type\": "
           "\"integer\", \"minimum\": 1}}, \"required\": [\"order_id\"]}}}], ");
    buf_printf(b,
               "\"reference_answer\": \"ORD-%d\", \"expected_calls\": [\"get_order\"], "
               "\"amount\": %d.%02d, \"eligible\": %s, \"days\": [%d, %d, %d]}\n",
               i, i % 300, i % 100, i % 2 ? "true" : "false", i % 7, i % 30, i % 365);
}

static double best_of(double (*round)(const struct rows *), const struct rows *rows)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double rate = (double)rows->text.len / round(rows);
        best = rate > best ? rate : best;
    }
    return best; /* bytes a ns, which is GB/s */
}

static double tape_round(const struct rows *rows)
{
    struct tape t = {0};
    struct tape_fault f;
    int64_t start = clock_ns();
    for (int i = 0; i < N_ROWS; i++) {
        if (!tape_scan(&t, rows->text.at + rows->start[i], rows->start[i + 1] - rows->start[i], &f))
            abort();
    }
    int64_t ns = clock_ns() - start;
    tape_release(&t);
    return (double)ns;
}

static double jansson_round(const struct rows *rows)
{
    int64_t start = clock_ns();
    for (int i = 0; i < N_ROWS; i++) {
        json_t *row = json_loadb(rows->text.at + rows->start[i],
                                 rows->start[i + 1] - rows->start[i], 0, NULL);
        if (!row)
            abort();
        json_decref(row);
    }
    return (double)(clock_ns() - start);
}

/* 0 if there is no python3. */
static double python_best(const struct rows *rows)
{
    char path[] = "/tmp/bench-scan.XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file || fwrite(rows->text.at, 1, rows->text.len, file) != rows->text.len ||
        fclose(file) != 0)
        return 0;
    char *command = mem_printf("python3 -c 'import json, sys, time\n"
                               "rows = open(sys.argv[1], encoding=\"utf-8\").readlines()\n"
                               "def once():\n"
                               "    start = time.perf_counter_ns()\n"
                               "    for row in rows: json.loads(row)\n"
                               "    return time.perf_counter_ns() - start\n"
                               "print(min(once() for _ in range(%d)))' %s",
                               ROUNDS, path);
    double ns = 0;
    FILE *out = popen(command, "r"); /* NOLINT(cert-env33-c): a constant command */
    if (out) {
        char text[64] = "";
        if (fgets(text, sizeof(text), out))
            ns = strtod(text, NULL);
        pclose(out);
    }
    free(command);
    unlink(path);
    return ns > 0 ? (double)rows->text.len / ns : 0;
}

int main(void)
{
    static struct rows rows;
    struct rng r = rng_seed(1);
    mem_init();
    for (int i = 0; i < N_ROWS; i++) {
        add_row(&rows.text, &r, i);
        rows.start[i + 1] = rows.text.len;
    }
    double tape = best_of(tape_round, &rows);
    double jansson = best_of(jansson_round, &rows);
    double python = python_best(&rows);
    printf("%d rows of %zu bytes, best of %d rounds\n", N_ROWS, rows.text.len / N_ROWS, ROUNDS);
    printf("tape     %6.2f GB/s\n", tape);
    printf("jansson  %6.2f GB/s  %5.1f times slower\n", jansson, tape / jansson);
    if (python > 0)
        printf("python3  %6.2f GB/s  %5.1f times slower\n", python, tape / python);
    buf_release(&rows.text);
    return 0;
}
