/* Python grades a second, by the grader and by two loops that have nothing but a pipe.
 *
 *     bench_python crew N SECONDS     the grader, with N workers on one engine thread
 *     bench_python bare SECONDS       one Python that reads, grades and writes, line by line
 *     bench_python fork SECONDS       the same, with a fork for each grade
 *
 * All are sent the same bytes, and have eight grades under way a worker. Prints one number.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/grader.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/child.h"
#include "sim/run/sample.h"

enum {
    DEPTH = 8,
    WARM_NS = 300000000, /* not counted */
    WORKERS_MAX = 64,
};

static const char source[] = "def grade(sample, item):\n"
                             "    return float(sample['output_text'] == item['answer'])\n";
static const char item_text[] =
    "{\"messages\":[{\"name\":null,\"role\":\"user\",\"content\":\"Which article of the catalog is "
    "a "
    "blue mug of at most half a litre, and is it in stock?\"}],\"tools\":null,"
    "\"parallel_tool_calls\":true,\"answer\":\"SKU-1042\",\"query\":\"blue mug\",\"level\":2}";
static const char answer_text[] = "SKU-1042";

static void die(const char *what)
{
    fprintf(stderr, "bench_python: %s\n", what);
    exit(1);
}

/* When to begin to count, when to stop, and how many there were between. */
struct watch_out {
    int64_t from_ns, to_ns;
    unsigned long n;
};

static void clock_start(struct watch_out *w, double seconds)
{
    w->from_ns = clock_ns() + WARM_NS;
    w->to_ns = w->from_ns + (int64_t)(seconds * 1e9);
}

/* False once the time is over. */
static bool clock_count(struct watch_out *w)
{
    int64_t now = clock_ns();
    w->n += now >= w->from_ns;
    return now < w->to_ns;
}

static void print_rate(const struct watch_out *w)
{
    printf("%.0f\n", (double)w->n * 1e9 / (double)(w->to_ns - w->from_ns));
}

struct bench {
    struct engine *engine;
    struct grader *grader;
    struct grader_input in;
    struct watch_out clock;
    bool over;
    size_t n_under_way;
    struct grading at[WORKERS_MAX * DEPTH];
};

static void on_done(struct grading *x)
{
    struct bench *b = x->owner;
    if (x->out.flags || x->out.reward != 1)
        die(x->out.why);
    b->n_under_way--;
    b->over = b->over || !clock_count(&b->clock);
    if (!b->over) {
        b->n_under_way++;
        grader_start(b->grader, x, &b->in);
    } else if (!b->n_under_way) {
        engine_stop(b->engine);
    }
}

static struct job *make_job(int n_workers)
{
    char path[] = "/tmp/bench-XXXXXX.yaml";
    FILE *file = fdopen(mkstemps(path, 5), "w");
    struct buf text = {0};
    buf_json(&text, source, strlen(source));
    fprintf(file,
            "model: o4-mini-2025-04-16\ntraining_file: t.jsonl\nvalidation_file: v.jsonl\n"
            "method: {type: reinforcement, reinforcement: {grader: {type: python, name: g, source: "
            "%s}}}\nsimulation: {grader_workers: %d}\n",
            buf_text(&text), n_workers);
    fclose(file);
    buf_release(&text);
    struct diags list = {0};
    struct err e = {0};
    struct job *job = NULL;
    if (job_load(&job, path, &list, &e))
        die(e.text);
    unlink(path);
    diags_release(&list);
    return job;
}

static void scan(struct tape *t, const char *text, size_t len)
{
    struct tape_fault fault;
    if (!tape_scan(t, text, len, &fault))
        die(fault.what);
}

static void run_crew(int n_workers, double seconds)
{
    static struct bench b;
    struct err e = {0};
    struct diags list = {0};
    struct tape item = {0};
    struct tape sample = {0};
    struct tape scratch = {0};
    struct buf sample_text = {0};
    struct job *job = make_job(n_workers);
    struct engine_config config = {.transfers_max = 1, .n_hosts = 1};
    if (engine_new(&b.engine, &config, &e))
        die(e.text);
    struct grader_context context = {.engine = b.engine, .checked = true};
    if (grader_new(&b.grader, job, &context, &list, &e))
        die(e.text);
    sample_of_answer(answer_text, strlen(answer_text), false, &scratch, &sample_text);
    scan(&item, item_text, strlen(item_text));
    scan(&sample, buf_text(&sample_text), sample_text.len);
    b.in = (struct grader_input){.item = &item, .sample = &sample, .trace_id = ""};
    clock_start(&b.clock, seconds);
    b.n_under_way = (size_t)n_workers * DEPTH;
    for (size_t i = 0; i < (size_t)n_workers * DEPTH; i++) {
        b.at[i] = (struct grading){.done = on_done, .owner = &b};
        grader_start(b.grader, &b.at[i], &b.in);
    }
    engine_loop(b.engine);
    print_rate(&b.clock);
    grader_free(b.grader);
    engine_free(b.engine);
    job_free(job);
    tape_release(&item);
    tape_release(&sample);
    tape_release(&scratch);
    buf_release(&sample_text);
}

static const char bare_loop[] = "import json, os, sys\n"
                                "for line in sys.stdin.buffer:\n"
                                "    message = json.loads(line)\n"
                                "    os.write(1, b'%r\\n' % grade(message[1], message[0]))\n";

static const char fork_loop[] = "import json, os, sys\n"
                                "for line in sys.stdin.buffer:\n"
                                "    pid = os.fork()\n"
                                "    if pid == 0:\n"
                                "        message = json.loads(line)\n"
                                "        os.write(1, b'%r\\n' % grade(message[1], message[0]))\n"
                                "        os._exit(0)\n"
                                "    os.waitpid(pid, 0)\n";

/* Neither engine nor epoll: write a message, read what has come, again. */
static void run_loop(const char *loop, double seconds)
{
    int to[2];
    int from[2];
    char answers[4096];
    struct watch_out clock = {0};
    struct buf lines = {0}; /* as many as may be under way */
    struct buf sample = {0};
    struct tape scratch = {0};
    char *script = mem_printf("%s%s", source, loop);
    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
        die("no pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execl("/usr/bin/python3", "python3", "-s", "-B", "-c", script, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    sample_of_answer(answer_text, strlen(answer_text), false, &scratch, &sample);
    for (int i = 0; i < DEPTH; i++)
        buf_printf(&lines, "[%s,%s]\n", item_text, buf_text(&sample));
    size_t line_len = lines.len / DEPTH;
    clock_start(&clock, seconds);
    size_t n_free = DEPTH;
    for (bool going = true; going;) {
        if (write(to[1], lines.at, n_free * line_len) != (ssize_t)(n_free * line_len))
            die("the loop does not read");
        n_free = 0;
        ssize_t n = read(from[0], answers, sizeof(answers));
        if (n <= 0)
            die("the loop does not answer");
        for (ssize_t i = 0; i < n; i++) {
            if (answers[i] == '\n') {
                n_free++;
                going = clock_count(&clock);
            }
        }
    }
    print_rate(&clock);
    close(to[1]);
    while (read(from[0], answers, sizeof(answers)) > 0) /* until it has come to its end */
        continue;
    free(script);
    buf_release(&lines);
    buf_release(&sample);
    tape_release(&scratch);
}

int main(int argc, char **argv)
{
    mem_init();
    if (argc == 4 && strcmp(argv[1], "crew") == 0) {
        long n = strtol(argv[2], NULL, 10);
        if (n < 1 || n > WORKERS_MAX)
            die("that many workers cannot be");
        run_crew((int)n, strtod(argv[3], NULL));
    } else if (argc == 3 && strcmp(argv[1], "bare") == 0) {
        run_loop(bare_loop, strtod(argv[2], NULL));
    } else if (argc == 3 && strcmp(argv[1], "fork") == 0) {
        run_loop(fork_loop, strtod(argv[2], NULL));
    } else {
        die("crew N SECONDS, bare SECONDS or fork SECONDS");
    }
    return 0;
}
