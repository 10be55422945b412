/* The policy that is a program: its lines, and the process behind it on an engine. What a program
 * can do to a whole run is tried in tests/chaos/command.py. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/net/engine.h"
#include "sim/policy/command_line.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

/* --- lines ----------------------------------------------------------------------------------- */

#define TOOLS "[{\"type\":\"function\",\"function\":{\"name\":\"own\"}}]"
static char arguments[] = "{\"q\":\n1}";
static char output[] = "found \"A\"\n";
static char none[] = "";
static const struct policy_call calls[] = {
    {.name = "a", .arguments = arguments, .arguments_len = 8, .output = output, .output_len = 10},
    {.name = "b", .arguments = none, .output = none},
    {.name = "c", .arguments = none, .output = none},
};
static const struct policy_past turns[] = {{.from = 0, .n_calls = 1},
                                           {.from = 1, .batch = true},
                                           {.from = 1, .n_calls = 2, .batch = true}};

static const struct asked {
    const char *name;
    const char *row;
    size_t turn;
    const char *part;
} asked[] = {
    {"the id comes first", "{\"messages\":[]}", 0, "{\"id\":7,\"rollout\":\""},
    {"the turn is from 0", "{\"messages\":[]}", 0, "\"turn\":0,\"seed\":"},
    {"messages are the row's, in one line", "{\"messages\":[\r\n{\"content\":\"a\\nb\"}]}", 0,
     "\"messages\":[  {\"content\":\"a\\nb\"}],"},
    {"a row's tools", "{\"messages\":[],\"tools\":" TOOLS "}", 0, "\"tools\":" TOOLS},
    {"a row without tools gets the job's, by name", "{\"messages\":[],\"tools\":null}", 0,
     "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"search\"}}]"},
    {"parallel calls", "{\"parallel_tool_calls\":false}", 0, "\"parallel_tool_calls\":false,"},
    {"the rest of the row", "{\"messages\":[],\"sku\":\"A\",\"tools\":[],\"n\": {\"m\":\n1}}", 0,
     "\"item\":{\"sku\":\"A\",\"n\":{\"m\": 1}}"},
    {"a row of nothing else", "{\"messages\":[]}", 0, "\"item\":{}"},
    {"nothing has happened", "{\"messages\":[]}", 0, "\"calls\":[],\"turns\":[]}\n"},
    {"calls are texts", "{\"messages\":[]}", 1,
     "\"calls\":[{\"name\":\"a\",\"arguments\":\"{\\\"q\\\":\\n1}\",\"output\":\"found "
     "\\\"A\\\"\\n\"}],\"turns\":[{\"calls\":[0],\"batch\":false}]}\n"},
    {"turns name their calls", "{\"messages\":[]}", 3,
     "\"turns\":[{\"calls\":[0],\"batch\":false},{\"calls\":[],\"batch\":true},{\"calls\":[1,2],"
     "\"batch\":true}]}\n"},
    {"one line", "{\"messages\":[\n]}", 3, "\n"},
};

static struct policy_view view_of(const struct tape *tape, size_t turn)
{
    return (struct policy_view){.item = tape,
                                .calls = calls,
                                .n_calls =
                                    turn ? turns[turn - 1].from + turns[turn - 1].n_calls : 0,
                                .turns = turns,
                                .turn = turn,
                                .rng = rng_seed(1)};
}

START_TEST(test_what_is_asked)
{
    const struct asked *row = &asked[_i];
    struct diags list = {0};
    struct job *job = fixture_job(FIXTURE_GRADER, "{}", &list);
    struct tape tape = fixture_tape(row->row);
    struct policy_view view = view_of(&tape, row->turn);
    struct buf line = {0};
    ck_assert_ptr_nonnull(job);
    command_line_ask(&line, 7, &view, job);
    const char *at = strstr(buf_text(&line), row->part);
    ck_assert_msg(at != NULL, "%s: %s", row->name, buf_text(&line));
    ck_assert_ptr_eq(strchr(buf_text(&line), '\n'), line.at + line.len - 1);
    struct tape scanned = {0};
    struct tape_fault fault;
    ck_assert(tape_scan(&scanned, line.at, line.len, &fault));
    tape_release(&scanned);
    buf_release(&line);
    tape_release(&tape);
    job_free(job);
    diags_release(&list);
}
END_TEST

/* Of one rollout the name is the same and the number differs from turn to turn; another has other
 * ones. */
START_TEST(test_names_and_numbers)
{
    struct diags list = {0};
    struct job *job = fixture_job(FIXTURE_GRADER, "{}", &list);
    struct tape tape = fixture_tape("{\"messages\":[]}");
    char names[3][64] = {{0}};
    double seeds[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        struct policy_view view = view_of(&tape, i == 1);
        struct buf line = {0};
        struct tape t = {0};
        struct tape_fault fault;
        if (i == 2)
            view.rng = rng_seed(2);
        command_line_ask(&line, 1, &view, job);
        ck_assert(tape_scan(&t, line.at, line.len, &fault));
        struct buf name = {0};
        tape_string(&t, tape_get(&t, 0, "rollout"), &name);
        ck_assert_uint_eq(name.len, 32);
        memcpy(names[i], name.at, name.len);
        seeds[i] = tape_number(&t, tape_get(&t, 0, "seed"));
        ck_assert(seeds[i] >= 0 && seeds[i] < 9007199254740992.0);
        buf_release(&name);
        buf_release(&line);
        tape_release(&t);
    }
    ck_assert_str_eq(names[0], names[1]);
    ck_assert_str_ne(names[0], names[2]);
    ck_assert(seeds[0] != seeds[1] && seeds[0] != seeds[2]);
    tape_release(&tape);
    job_free(job);
    diags_release(&list);
}
END_TEST

/* A turn as text: "answer x", "calls a({}) b(text)", "message r({})", "failed x"; or the `why` of a
 * line that is nobody's. */
static const struct line {
    const char *line;
    enum command_reply reply;
    const char *turn;
} lines[] = {
    {"{\"id\":3,\"answer\":\"A-1\"}", COMMAND_TURN, "answer A-1"},
    {"{\"answer\":\"\",\"id\":3.0,\"more\":[1]}", COMMAND_TURN, "answer "},
    {" {\"id\": 3, \"answer\": \"\\u00e9\\n\"} \r", COMMAND_TURN, "answer \xc3\xa9\n"},
    {"{\"id\":3,\"error\":\"no idea\"}", COMMAND_TURN, "failed the program says: no idea"},
    {"{\"id\":3,\"calls\":[{\"name\":\"a\",\"arguments\":{\"q\": [1, \"x y\"]}}]}", COMMAND_TURN,
     "calls a({\"q\":[1,\"x y\"]})"},
    {"{\"id\":3,\"calls\":[{\"name\":\"a\",\"arguments\":\"{broken\"},{\"name\":\"b\"},"
     "{\"name\":\"c\",\"arguments\":null}]}",
     COMMAND_TURN, "calls a({broken) b({}) c({})"},
    {"{\"id\":3,\"message\":{\"recipient\":\"search\",\"arguments\":{}}}", COMMAND_TURN,
     "message search({})"},
    {"{\"id\":3,\"message\":{\"recipient\":\"\",\"arguments\":\"x\"}}", COMMAND_TURN,
     "message (x)"},
    {"{\"id\":3,\"message\":{\"recipient\":\"all\",\"arguments\":\"x\"}}", COMMAND_UNFIT,
     "a message to \"all\""},
    {"{\"id\":3,\"message\":{\"arguments\":\"x\"}}", COMMAND_UNFIT, "no \"recipient\""},
    {"{\"id\":3,\"message\":\"x\"}", COMMAND_UNFIT, "no \"recipient\""},
    {"{\"id\":3}", COMMAND_UNFIT, "it has no \"answer\""},
    {"{\"id\":3,\"anser\":\"x\"}", COMMAND_UNFIT, "it has no \"answer\""},
    {"{\"id\":3,\"answer\":\"x\",\"calls\":[]}", COMMAND_UNFIT, "it has several of"},
    {"{\"id\":3,\"answer\":7}", COMMAND_UNFIT, "its \"answer\" is no text"},
    {"{\"id\":3,\"error\":null}", COMMAND_UNFIT, "its \"error\" is no text"},
    {"{\"id\":3,\"calls\":[]}", COMMAND_UNFIT, "at least one call"},
    {"{\"id\":3,\"calls\":{\"name\":\"a\"}}", COMMAND_UNFIT, "at least one call"},
    {"{\"id\":3,\"calls\":[7]}", COMMAND_UNFIT, "has no \"name\""},
    {"{\"id\":3,\"calls\":[{\"name\":\"a\\u0000b\"}]}", COMMAND_UNFIT, "has no \"name\""},
    {"{\"id\":3,\"calls\":[{\"name\":\"a\",\"arguments\":[1]}]}", COMMAND_UNFIT,
     "\"arguments\" are an object"},
    {"", COMMAND_STRANGE, "is no JSON"},
    {"hello", COMMAND_STRANGE, "is no JSON: hello"},
    {"{\"id\":3,\"answer\":\"x\"", COMMAND_STRANGE, "is no JSON"},
    {"{\"id\":3,\"answer\":\"\xff\"}", COMMAND_STRANGE, "is no JSON"},
    {"[]", COMMAND_STRANGE, "no \"id\""},
    {"{\"answer\":\"x\"}", COMMAND_STRANGE, "no \"id\""},
    {"{\"id\":\"3\",\"answer\":\"x\"}", COMMAND_STRANGE, "no \"id\""},
    {"{\"id\":-3,\"answer\":\"x\"}", COMMAND_STRANGE, "no \"id\""},
    {"{\"id\":3.5,\"answer\":\"x\"}", COMMAND_STRANGE, "no \"id\""},
    {"{\"id\":1e300,\"answer\":\"x\"}", COMMAND_STRANGE, "no \"id\""},
};

static void show_turn(const struct policy_turn *turn, struct buf *out)
{
    static const char *const kinds[] = {"calls", "message", "answer", "failed"};
    buf_text_add(out, kinds[turn->kind]);
    if (turn->kind == POLICY_ANSWER || turn->kind == POLICY_FAILED)
        buf_printf(out, " %s", buf_text(&turn->text));
    for (size_t i = 0; i < turn->n_calls; i++)
        buf_printf(out, " %s(%.*s)", turn->calls[i].name, (int)turn->calls[i].len,
                   turn->text.at + turn->calls[i].from);
}

START_TEST(test_what_is_answered)
{
    const struct line *row = &lines[_i];
    struct command_reader reader = {0};
    struct policy_turn turn = {0};
    struct buf shown = {0};
    char why[COMMAND_WHY_ROOM] = "";
    uint64_t id = 0;
    char *line = mem_slice(row->line, strlen(row->line)); /* so that no reader sees more */
    ck_assert_int_eq(command_line_read(&reader, line, strlen(line), &id, &turn, why), row->reply);
    if (row->reply == COMMAND_STRANGE) {
        ck_assert_msg(strstr(why, row->turn) != NULL, "%s: %s", row->line, why);
    } else {
        show_turn(&turn, &shown);
        ck_assert_uint_eq(id, 3);
        if (row->reply == COMMAND_TURN)
            ck_assert_str_eq(buf_text(&shown), row->turn);
        ck_assert_msg(strstr(buf_text(&shown), row->turn) != NULL, "%s: %s", row->line,
                      buf_text(&shown));
        ck_assert(row->reply == COMMAND_TURN || turn.kind == POLICY_FAILED);
    }
    free(line);
    buf_release(&shown);
    policy_turn_release(&turn);
    command_reader_release(&reader);
}
END_TEST

/* What a program says is cut, and what is left of it is masked only as a whole. */
START_TEST(test_nothing_is_left_of_a_secret)
{
    static const char key[] = "kEy-3-zebra-lantern-quartz";
    for (int before = 40; before < 600; before++) {
        struct command_reader reader = {0};
        struct policy_turn turn = {0};
        struct buf line = {0};
        char why[COMMAND_WHY_ROOM] = "";
        uint64_t id = 0;
        secret_add(key, "${KEY}");
        if (before < 90)
            buf_printf(&line, "%0*d%s", before, 0, key);
        else
            buf_printf(&line, "{\"id\":3,\"error\":\"%0*d%s\"}", before, 0, key);
        enum command_reply reply = command_line_read(&reader, line.at, line.len, &id, &turn, why);
        const char *said = reply == COMMAND_STRANGE ? why : buf_text(&turn.text);
        ck_assert_int_eq(reply, before < 90 ? COMMAND_STRANGE : COMMAND_TURN);
        ck_assert_msg(strchr(said, 'k') == NULL, "%s", strchr(said, 'k'));
        ck_assert_uint_le(strlen(said), COMMAND_SAID_MAX);
        buf_release(&line);
        policy_turn_release(&turn);
        command_reader_release(&reader);
        secret_forget();
    }
}
END_TEST

START_TEST(test_ceilings)
{
    struct command_reader reader = {0};
    struct policy_turn turn = {0};
    struct buf line = {0};
    char why[COMMAND_WHY_ROOM] = "";
    uint64_t id = 0;
    for (int n = COMMAND_CALLS_MAX; n <= COMMAND_CALLS_MAX + 1; n++) {
        buf_clear(&line);
        buf_text_add(&line, "{\"id\":1,\"calls\":[");
        for (int i = 0; i < n; i++)
            buf_text_add(&line, i ? ",{\"name\":\"a\"}" : "{\"name\":\"a\"}");
        buf_text_add(&line, "]}");
        enum command_reply reply = command_line_read(&reader, line.at, line.len, &id, &turn, why);
        ck_assert_int_eq(reply, n > COMMAND_CALLS_MAX ? COMMAND_UNFIT : COMMAND_TURN);
        ck_assert_uint_eq(turn.n_calls, n > COMMAND_CALLS_MAX ? 0 : n);
    }
    while (line.len <= COMMAND_LINE_MAX)
        buf_add(&line, "                                ", 32);
    ck_assert_int_eq(command_line_read(&reader, line.at, line.len, &id, &turn, why),
                     COMMAND_STRANGE);
    ck_assert_msg(strstr(why, "longer than 4 MB") != NULL, "%s", why);
    buf_release(&line);
    policy_turn_release(&turn);
    command_reader_release(&reader);
}
END_TEST

/* --- the process ----------------------------------------------------------------------------- */

enum { MOST = 8 };

struct bench {
    struct diags list;
    struct job *job;
    struct engine *engine;
    struct policy *policy;
    struct tape row;
    struct timer patience;
    struct policy_turn room;
    struct playing at[MOST];
    struct buf came[MOST]; /* the turns, as text */
    size_t n_left;
    struct buf hopeless;
};

static void on_patience(struct timer *t)
{
    (void)t;
    ck_abort_msg("a turn does not come");
}

static void on_hopeless(void *arg, const struct err *why)
{
    struct bench *b = arg;
    ck_assert_int_eq(why->code, ERR_IO);
    ck_assert_uint_eq(b->hopeless.len, 0);
    buf_text_add(&b->hopeless, why->text);
    engine_stop(b->engine);
}

static void on_turn(struct playing *x)
{
    struct bench *b = x->owner;
    show_turn(x->turn, &b->came[x - b->at]);
    if (--b->n_left == 0)
        engine_stop(b->engine);
}

/* A policy that runs `script` in a shell; `wrap` is a policy around it, or NULL. */
static void bench_init(struct bench *b, const char *script, int timeout_ms, const char *wrap)
{
    struct err e = {0};
    struct engine_config config = {.transfers_max = 1, .n_hosts = 1};
    struct buf spec = {0};
    *b = (struct bench){0};
    signal(SIGPIPE, SIG_IGN);
    buf_printf(&spec,
               "{\"policy\": %s{\"type\": \"command\", \"timeout_ms\": %d, \"env\": {\"A\": "
               "\"own\"}, \"argv\": [\"sh\", \"-c\", ",
               wrap ? wrap : "", timeout_ms);
    buf_json(&spec, script, strlen(script));
    buf_printf(&spec, "]}%s}", wrap ? "}]}" : "");
    ck_assert_msg(engine_new(&b->engine, &config, &e) == ERR_OK, "%s", e.text);
    b->job = fixture_job(FIXTURE_GRADER, buf_text(&spec), &b->list);
    ck_assert_ptr_nonnull(b->job);
    struct policy_context context = {.engine = b->engine, .hopeless = on_hopeless, .arg = b};
    ck_assert_msg(policy_new(&b->policy, b->job, &context, &b->list, &e) == ERR_OK, "%s",
                  b->list.n ? b->list.at[0].text : e.text);
    b->row = fixture_tape("{\"messages\":[],\"sku\":\"A\"}");
    b->patience.fire = on_patience;
    engine_after(b->engine, &b->patience, 20000);
    buf_release(&spec);
}

static void bench_release(struct bench *b)
{
    policy_free(b->policy);
    engine_free(b->engine);
    for (size_t i = 0; i < MOST; i++)
        buf_release(&b->came[i]);
    buf_release(&b->hopeless);
    policy_turn_release(&b->room);
    tape_release(&b->row);
    job_free(b->job);
    diags_release(&b->list);
}

static void begin(struct bench *b, size_t i)
{
    struct policy_view view = {.item = &b->row, .rng = rng_seed(i)};
    b->at[i] = (struct playing){.done = on_turn, .owner = b, .room = &b->room};
    b->n_left++;
    policy_start(b->policy, &b->at[i], &view);
}

static void wait_for_all(struct bench *b)
{
    if (b->n_left && !b->hopeless.len)
        engine_loop(b->engine);
}

#define ID        "id=$${l#*:}; id=$${id%%,*}; " /* $${ is the job file's way to write ${ */
#define SAY(what) "echo \"{\\\"id\\\":$id,\\\"answer\\\":\\\"" what "\\\"}\""
#define LOOP(at)  "while read -r l; do " ID at SAY("a$id") "; done"

static const struct row {
    const char *name;
    const char *script;
    int timeout_ms;
    size_t n;
    const char
        *came[MOST]; /* of each turn, all begun at once: its beginning, or a part behind a * */
} rows[] = {
    {"in order", LOOP(""), 10000, 3, {"answer a1", "answer a2", "answer a3"}},
    {"in any order",
     "read -r a; read -r b; read -r c; for id in 3 1 2; do " SAY("$id") "; done; read -r d",
     10000,
     3,
     {"answer 1", "answer 2", "answer 3"}},
    {"an end costs the turn it was at, in a process of its own",
     LOOP("if [ $id = 2 ]; then echo ouch >&2; exit 7; fi; "),
     10000,
     4,
     {"answer a1", "failed the program ended: exit status 7; it said: ouch", "answer a3",
      "answer a4"}},
    {"a signal", LOOP("[ $id = 1 ] && kill -9 $$; "), 10000, 2, {"*signal 9", "answer a2"}},
    {"one answer a process",
     "read -r l; " ID SAY("a$id"),
     10000,
     4,
     {"answer a1", "answer a2", "answer a3", "answer a4"}},
    {"a line that is no answer",
     LOOP("[ $id = 2 ] && echo hello; "),
     10000,
     3,
     {"answer a1", "*it wrote a line that is no JSON: hello", "answer a3"}},
    {"an id that was not asked for",
     LOOP("[ $id = 2 ] && id=99; "),
     10000,
     3,
     {"answer a1", "*it answered id 99, which it was never asked for", "answer a3"}},
    {"an id that has its answer",
     LOOP("[ $id = 2 ] && id=1; "),
     10000,
     3,
     {"answer a1", "*it answered id 1, which does not wait for an answer", "answer a3"}},
    {"an answer that is none",
     LOOP("[ $id = 2 ] && { echo '{\"id\":2,\"anser\":\"x\"}'; continue; }; "),
     10000,
     3,
     {"answer a1", "*it has no \"answer\"", "answer a3"}},
    {"an error",
     LOOP("[ $id = 2 ] && { echo '{\"id\":2,\"error\":\"no idea\"}'; continue; }; "),
     10000,
     3,
     {"answer a1", "failed the program says: no idea", "answer a3"}},
    {"a hang costs the turn it was at",
     LOOP("[ $id = 2 ] && exec sleep 100; "),
     300,
     3,
     {"answer a1", "*was not there after 300 ms (timeout_ms)", "answer a3"}},
    {"a turn that is forgotten while others are answered costs itself, and no process",
     "n=0; while read -r l; do " ID "n=$((n + 1)); [ $id = 1 ] && continue; " SAY("$n") "; done",
     300,
     3,
     {"*was not there after 300 ms", "answer 2", "answer 3"}},
    {"a line without end",
     LOOP("[ $id = 1 ] && exec tr '\\0' x </dev/zero; "),
     10000,
     2,
     {"*longer than 4 MB", "answer a2"}},
    {"much on standard error",
     LOOP("head -c 300000 /dev/zero >&2; "),
     10000,
     2,
     {"answer a1", "answer a2"}},
    {"the last lines of standard error",
     LOOP("[ $id = 1 ] && { seq 100000 >&2; exit 1; }; "),
     10000,
     2,
     {"*; it said: 99998 | 99999 | 100000", "answer a2"}},
    {"the environment, the folder",
     "read -r l; " ID SAY("$A $PYTHONUNBUFFERED $(pwd)"),
     10000,
     1,
     {"answer own 1 "}},
};

START_TEST(test_program)
{
    const struct row *row = &rows[_i];
    struct bench b;
    bench_init(&b, row->script, row->timeout_ms, NULL);
    for (size_t i = 0; i < row->n; i++)
        begin(&b, i);
    wait_for_all(&b);
    ck_assert_msg(b.hopeless.len == 0, "%s: %s", row->name, buf_text(&b.hopeless));
    for (size_t i = 0; i < row->n; i++) {
        const char *want = row->came[i];
        const char *came = buf_text(&b.came[i]);
        bool fits = *want == '*' ? strstr(came, want + 1) != NULL && !strncmp(came, "failed", 6)
                                 : !strncmp(came, want, strlen(want));
        ck_assert_msg(fits, "%s: turn %zu: %s", row->name, i + 1, came);
    }
    bench_release(&b);
}
END_TEST

static const struct hopeless {
    const char *name;
    const char *script;
    int timeout_ms;
    size_t n;      /* turns begun */
    size_t n_cost; /* that end before it is hopeless */
    const char *why;
} hopeless[] = {
    {"it ends at once", "echo oops >&2; exit 3", 10000, 5, 0,
     "failed 3 times in a row without an answer, at last so: the program ended: exit status 3; it "
     "said: oops"},
    {"it never reads", "exec sleep 100", 200, 5, 0,
     "failed 3 times in a row without an answer, at last so: "},
    {"it reads and is mute", "read -r l; exec sleep 100", 200, 5, 2, "3 times in a row"},
    {"it speaks otherwise", "echo Welcome; cat >/dev/null", 10000, 5, 2,
     "at last so: the program cannot be understood: it wrote a line that is no JSON: Welcome"},
};

START_TEST(test_hopeless)
{
    const struct hopeless *row = &hopeless[_i];
    struct bench b;
    bench_init(&b, row->script, row->timeout_ms, NULL);
    for (size_t i = 0; i < row->n; i++)
        begin(&b, i);
    wait_for_all(&b);
    ck_assert_msg(strstr(buf_text(&b.hopeless), row->why) != NULL, "%s: %s", row->name,
                  buf_text(&b.hopeless));
    ck_assert_uint_le(row->n - b.n_left, row->n_cost);
    begin(&b, row->n); /* and nothing comes of one more */
    for (size_t i = 0; i <= row->n; i++)
        policy_stop(&b.at[i]);
    bench_release(&b);
}
END_TEST

/* It is known of a program that ends over and over that it can run, so it takes longer. */
START_TEST(test_hopeless_after_many)
{
    struct bench b;
    bench_init(&b, "read -r l; exit 1", 10000, NULL);
    size_t n_cost = 0;
    for (; !b.hopeless.len; n_cost++) {
        buf_clear(&b.came[0]);
        begin(&b, 0);
        wait_for_all(&b);
    }
    ck_assert_uint_eq(n_cost, 20);
    ck_assert_msg(strstr(buf_text(&b.hopeless), "20 times in a row") != NULL, "%s",
                  buf_text(&b.hopeless));
    policy_stop(&b.at[0]);
    bench_release(&b);
}
END_TEST

static const struct absent {
    const char *argv;
    const char *why;
} absent[] = {
    {"[./rftsim-no-such]", "./rftsim-no-such: No such file or directory"},
    {"[rftsim-no-such]", "rftsim-no-such: No such file or directory"},
    {"[/]", "/: Permission denied"},
};

START_TEST(test_absent)
{
    struct bench b;
    struct err e = {0};
    struct diags list = {0};
    char *simulation = mem_printf("{policy: {type: command, argv: %s}}", absent[_i].argv);
    bench_init(&b, "exit", 1, NULL);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    struct policy_context context = {.engine = b.engine, .hopeless = on_hopeless, .arg = &b};
    policy_free(b.policy);
    ck_assert_int_eq(policy_new(&b.policy, job, &context, &list, &e), ERR_OK);
    begin(&b, 0);
    ck_assert_msg(strstr(buf_text(&b.hopeless), absent[_i].why) != NULL, "%s",
                  buf_text(&b.hopeless));
    policy_stop(&b.at[0]);
    bench_release(&b);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

/* Its answer comes all the same, and is nobody's; those behind it have theirs, of the same process.
 */
START_TEST(test_stopped)
{
    struct bench b;
    bench_init(&b,
               "n=0; while read -r l; do " ID
               "n=$((n + 1)); [ $id = 1 ] && sleep 0.2; " SAY("$n") "; done",
               10000,
               _i ? "{\"type\": \"mixture\", \"policies\": [{\"weight\": 1, \"policy\": " : NULL);
    for (size_t i = 0; i < 3; i++)
        begin(&b, i);
    policy_stop(&b.at[0]);
    policy_stop(&b.at[0]); /* nothing is under way */
    b.n_left--;
    wait_for_all(&b);
    ck_assert_str_eq(buf_text(&b.came[0]), "");
    ck_assert_str_eq(buf_text(&b.came[1]), "answer 2");
    ck_assert_str_eq(buf_text(&b.came[2]), "answer 3");
    bench_release(&b);
}
END_TEST

/* A hang at a turn that nobody waits for costs nobody. */
START_TEST(test_hang_at_a_stopped_one)
{
    struct bench b;
    bench_init(&b, LOOP("[ $id = 1 ] && exec sleep 100; "), 300, NULL);
    begin(&b, 0);
    begin(&b, 1);
    policy_stop(&b.at[0]);
    b.n_left--;
    wait_for_all(&b);
    ck_assert_str_eq(buf_text(&b.came[1]), "answer a2");
    bench_release(&b);
}
END_TEST

static const struct fault {
    const char *policy;
    enum diag_code code;
    const char *pointer;
    const char *fix;
} faults[] = {
    {"{type: command}", DIAG_J003, "/simulation/policy", "write argv: ["},
    {"{type: command, argv: ./policy.py}", DIAG_J004, "/simulation/policy/argv", "write argv: ["},
    {"{type: command, argv: []}", DIAG_J004, "/simulation/policy/argv", "write argv: ["},
    {"{type: command, argv: ['']}", DIAG_J004, "/simulation/policy/argv", "write argv: ["},
    {"{type: command, argv: [a, 1]}", DIAG_J004, "/simulation/policy/argv", "write argv: ["},
    {"{type: command, argv: [a], arg: [b]}", DIAG_J002, "/simulation/policy/arg", "argv"},
    {"{type: command, argv: [a], timeout_ms: soon}", DIAG_J004, "/simulation/policy/timeout_ms",
     "60000"},
    {"{type: command, argv: [a], timeout_ms: 0}", DIAG_J005, "/simulation/policy/timeout_ms",
     "60000"},
    {"{type: command, argv: [a], env: [A]}", DIAG_J004, "/simulation/policy/env", "NAME: value"},
    {"{type: command, argv: [a], env: {A: 1}}", DIAG_J004, "/simulation/policy/env", "quotes"},
    {"{type: command, argv: [a], env: {'A=B': x}}", DIAG_J004, "/simulation/policy/env",
     "NAME: value"},
};

START_TEST(test_fault)
{
    struct diags list = {0};
    char *simulation = mem_printf("{policy: %s}", faults[_i].policy);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_ptr_nonnull(job);
    fixture_policy_refused(job, faults[_i].code, faults[_i].pointer, faults[_i].fix);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

Suite *command_suite(void)
{
    Suite *suite = suite_create("command");
    TCase *tc = tcase_create("command");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_what_is_asked, 0, (int)COUNT_OF(asked));
    tcase_add_test(tc, test_names_and_numbers);
    tcase_add_loop_test(tc, test_what_is_answered, 0, (int)COUNT_OF(lines));
    tcase_add_test(tc, test_nothing_is_left_of_a_secret);
    tcase_add_test(tc, test_ceilings);
    tcase_add_loop_test(tc, test_program, 0, (int)COUNT_OF(rows));
    tcase_add_loop_test(tc, test_hopeless, 0, (int)COUNT_OF(hopeless));
    tcase_add_test(tc, test_hopeless_after_many);
    tcase_add_loop_test(tc, test_absent, 0, (int)COUNT_OF(absent));
    tcase_add_loop_test(tc, test_stopped, 0, 2);
    tcase_add_test(tc, test_hang_at_a_stopped_one);
    tcase_add_loop_test(tc, test_fault, 0, (int)COUNT_OF(faults));
    suite_add_tcase(suite, tc);
    return suite;
}
