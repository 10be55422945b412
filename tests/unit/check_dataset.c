/* Files as people have them: what is accepted, what is told of the rest, and what a row becomes. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/dataset.h"
#include "tests/unit/suites.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define USER          "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
#define WITH(last)    "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}," last "]}"
#define TOOLS(tools)  "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":" tools "}"

static char folder[PATH_MAX];
static char path[PATH_MAX + 16];
static struct dataset *data;
static struct diags list;
static struct err e;
static struct row row;

static void setup(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/dataset.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/t.jsonl", folder);
}

static void teardown(void)
{
    row_release(&row);
    dataset_free(data);
    data = NULL;
    diags_release(&list);
    err_clear(&e);
    unlink(path);
    rmdir(folder);
}

static void write_file(const char *text, size_t len)
{
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    fclose(file);
}

static void open_ok(void)
{
    enum err_code rc = dataset_open(&data, path, &list, &e);
    ck_assert_msg(rc == ERR_OK, "%s: %s", e.text, list.n ? list.at[0].text : "");
}

static void read_ok(size_t number)
{
    row_release(&row);
    ck_assert_msg(dataset_row(data, number, &row, &e) == ERR_OK, "%s", e.text);
}

/* --- what is accepted --- */

static const struct good {
    const char *name;
    const char *text;
    size_t len;
    size_t n_rows;
    size_t last_line;     /* where the last row stands */
    const char *warnings; /* "D011:3 " for each, code and line */
} goods[] = {
    {"one row", TEXT(USER "\n"), 1, 1, ""},
    {"two rows", TEXT(USER "\n" USER "\n"), 2, 2, ""},
    {"CRLF", TEXT(USER "\r\n" USER "\r\n"), 2, 2, ""},
    {"no last newline", TEXT(USER "\n" USER), 2, 2, "D012:2 "},
    {"no newline at all", TEXT(USER), 1, 1, "D012:1 "},
    {"a carriage return at the end", TEXT(USER "\r"), 1, 1, "D012:1 "},
    {"a byte order mark", TEXT("\xef\xbb\xbf" USER "\n"), 1, 1, "D010:1 "},
    {"blank lines", TEXT("\n" USER "\n \t\r\n\n" USER "\n\n"), 2, 5, "D011:1 "},
    {"a blank last line without newline", TEXT(USER "\n  "), 1, 1, "D011:2 "},
    {"spaces around", TEXT("  " USER "  \n"), 1, 1, ""},
    {"all of it", TEXT("\xef\xbb\xbf\r\n" USER "\r\n\r\n" USER), 2, 4, "D010:1 D012:4 D011:1 "},
    {"developer, user, assistant, tool, user",
     TEXT("{\"messages\":[{\"role\":\"developer\",\"content\":\"d\"},"
          "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\"}]},"
          "{\"role\":\"assistant\",\"tool_calls\":[{}],\"content\":null},"
          "{\"role\":\"tool\",\"content\":\"r\"},{\"role\":\"assistant\",\"tool_calls\":[]},"
          "{\"role\":\"user\",\"content\":\"\"}]}\n"),
     1, 1, ""},
    {"tools", TEXT(TOOLS("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]") "\n"), 1, 1,
     ""},
    {"tools that are none", TEXT(TOOLS("[]") "\n" TOOLS("null") "\n"), 2, 2, ""},
    {"escapes in keys and roles",
     TEXT("{\"m\\u0065ssages\":[{\"r\\u006fle\":\"us\\u0065r\",\"content\":\"\"}]}\n"), 1, 1, ""},
};

START_TEST(test_accepts_and_warns)
{
    const struct good *want = &goods[_i];
    write_file(want->text, want->len);
    open_ok();
    ck_assert_uint_eq(dataset_count(data), want->n_rows);
    ck_assert_uint_eq(dataset_line(data, want->n_rows - 1), want->last_line);
    ck_assert_str_eq(dataset_path(data), path);
    struct buf got = {0};
    for (size_t i = 0; i < list.n; i++) {
        ck_assert_int_eq(list.at[i].severity, DIAG_WARNING);
        ck_assert_ptr_nonnull(list.at[i].fix);
        buf_printf(&got, "%s:%zu ", diag_name(list.at[i].code), list.at[i].line);
    }
    ck_assert_str_eq(buf_text(&got), want->warnings);
    buf_release(&got);
    for (size_t i = 0; i < want->n_rows; i++) {
        read_ok(i);
        ck_assert_uint_eq(row.number, i);
        ck_assert_int_eq(tape_kind(&row.tape, tape_get(&row.tape, 0, "messages")), TAPE_ARRAY);
    }
    ck_assert_uint_eq(row.line, want->last_line);
}
END_TEST

/* --- what is not --- */

static const struct bad {
    const char *text;
    size_t len;
    enum diag_code code;
    size_t line;
    size_t col;
    size_t span;
    const char *pointer; /* NULL if there is none */
    const char *says;    /* all of it */
} bads[] = {
    {TEXT(USER "\n{\"a\":tru}\n"), DIAG_D001, 2, 9, 1, NULL, "expected true"},
    {TEXT("{\"\xc3\xa9\xe2\x82\xac\":1,}\n"), DIAG_D001, 1, 9, 1, NULL,
     "expected a key; is there a comma too many?"},
    {TEXT("\xef\xbb\xbf[1 2]\n"), DIAG_D001, 1, 4, 1, NULL, "expected ',' or ']'"},
    {TEXT("{\"a\":\r\n1}\r\n"), DIAG_D001, 1, 6, 1, NULL, "the text ends where a value must stand"},
    {TEXT("{\"a\":\"b\0c\"}\n"), DIAG_D001, 1, 8, 1, NULL, "a NUL byte in the text"},
    {TEXT("{\"a\":\"\xff\"}\n"), DIAG_D001, 1, 7, 1, NULL, "this is not UTF-8"},
    {TEXT("\xff\xfe{\0}\0\n\0"), DIAG_D001, 1, 1, 1, NULL, "expected a value"},
    {TEXT("  [1]\n"), DIAG_D002, 1, 3, 1, "", "a row must be an object, found a list"},
    {TEXT("\"a\"\n"), DIAG_D002, 1, 1, 3, "", "a row must be an object, found a string"},
    {TEXT("{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"a\":{\"b\":1,\"b\":2}}\n"),
     DIAG_D003, 1, 55, 3, "/a/b", "the key \"b\" stands twice in this object"},
    {TEXT("{\"a\":1}\n"), DIAG_D004, 1, 1, 1, "", "a row without \"messages\""},
    {TEXT("{\"messages\":{}}\n"), DIAG_D004, 1, 13, 1, "/messages",
     "\"messages\" must be a list, found an object"},
    {TEXT("{\"messages\":null}\n"), DIAG_D004, 1, 13, 4, "/messages",
     "\"messages\" must be a list, found null"},
    {TEXT("{\"messages\":[]}\n"), DIAG_D004, 1, 13, 1, "/messages", "\"messages\" is empty"},
    {TEXT(WITH("\"hi\"") "\n"), DIAG_D004, 1, 45, 4, "/messages/1",
     "a message must be an object, found \"hi\""},
    {TEXT(WITH("{\"content\":\"x\"}") "\n"), DIAG_D004, 1, 45, 1, "/messages/1",
     "a message without \"role\""},
    {TEXT(WITH("{\"role\":\"user\"}") "\n"), DIAG_D004, 1, 45, 1, "/messages/1",
     "a message without \"content\""},
    {TEXT(WITH("{\"role\":\"user\",\"content\":7}") "\n"), DIAG_D004, 1, 70, 1,
     "/messages/1/content", "\"content\" must be a string or a list, found 7"},
    {TEXT(WITH("{\"role\":\"user\",\"content\":null,\"tool_calls\":[]}") "\n"), DIAG_D004, 1, 70, 4,
     "/messages/1/content", "\"content\" must be a string or a list, found null"},
    {TEXT("{\"messages\":[{\"role\":\"assistant\",\"content\":null},"
          "{\"role\":\"user\",\"content\":\"\"}]}\n"),
     DIAG_D004, 1, 44, 4, "/messages/0/content",
     "\"content\" must be a string or a list, found null"},
    {TEXT("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
          "{\"role\":\"user\",\"content\":\"\"}]}\n"),
     DIAG_D005, 1, 22, 8, "/messages/0/role", "the role \"system\" is not accepted"},
    {TEXT(WITH("{\"role\":\"system\",\"content\":\"s\"}") "\n"), DIAG_D005, 1, 53, 8,
     "/messages/1/role", "the role \"system\" is not accepted"},
    {TEXT(WITH("{\"role\":\"User\",\"content\":\"s\"}") "\n"), DIAG_D005, 1, 53, 6,
     "/messages/1/role", "unknown role \"User\""},
    {TEXT(WITH("{\"role\":\"a role of so many \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\",\"content\":\"\"}") "\n"),
     DIAG_D005, 1, 53, 31, "/messages/1/role",
     "unknown role \"a role of so many \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
     "\xc3\xa9\xc3\xa9\xc3\xa9..."},
    {TEXT(WITH("{\"role\":[1],\"content\":\"s\"}") "\n"), DIAG_D005, 1, 53, 1, "/messages/1/role",
     "\"role\" must be a string, found a list"},
    {TEXT(WITH("{\"role\":\"assistant\",\"content\":\"\"}") "\n"), DIAG_D006, 1, 53, 11,
     "/messages/1/role", "the last message must have role \"user\", found \"assistant\""},
    {TEXT(WITH("{\"role\":\"developer\",\"content\":\"\"}") "\n"), DIAG_D006, 1, 53, 11,
     "/messages/1/role", "the last message must have role \"user\", found \"developer\""},
    {TEXT(TOOLS("{}") "\n"), DIAG_D007, 1, 54, 1, "/tools",
     "\"tools\" must be a list, found an object"},
    {TEXT(TOOLS("[\"f\"]") "\n"), DIAG_D007, 1, 55, 3, "/tools/0",
     "a tool must be an object, found \"f\""},
    {TEXT(TOOLS("[{\"function\":{\"name\":\"f\"}}]") "\n"), DIAG_D007, 1, 55, 1, "/tools/0",
     "a tool without \"type\""},
    {TEXT(TOOLS("[{\"type\":\"mcp\",\"function\":{\"name\":\"f\"}}]") "\n"), DIAG_D007, 1, 63, 5,
     "/tools/0/type", "the type of a tool must be \"function\", found \"mcp\""},
    {TEXT(TOOLS("[{\"type\":\"function\"}]") "\n"), DIAG_D007, 1, 55, 1, "/tools/0",
     "a tool without \"function\""},
    {TEXT(TOOLS("[{\"type\":\"function\",\"function\":\"f\"}]") "\n"), DIAG_D007, 1, 85, 3,
     "/tools/0/function", "\"function\" must be an object, found \"f\""},
    {TEXT(TOOLS("[{\"type\":\"function\",\"function\":{}}]") "\n"), DIAG_D007, 1, 85, 1,
     "/tools/0/function", "a function without \"name\""},
    {TEXT(TOOLS("[{\"type\":\"function\",\"function\":{\"name\":\"\"}}]") "\n"), DIAG_D007, 1, 93,
     2, "/tools/0/function/name", "the name of a function must be a string, found \"\""},
    {TEXT(""), DIAG_D009, 0, 0, 1, NULL, "the file is empty"},
    {TEXT("\n \n"), DIAG_D009, 0, 0, 1, NULL, "only blank lines"},
};

START_TEST(test_says_where_and_why_it_is_faulty)
{
    const struct bad *want = &bads[_i];
    write_file(want->text, want->len);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_DATA);
    ck_assert_ptr_null(data);
    ck_assert_uint_ge(list.n_errors, 1);
    const struct diag *d = list.at;
    while (d->severity != DIAG_ERROR) /* warnings may stand before it */
        d++;
    ck_assert_str_eq(d->text, want->says);
    ck_assert_str_eq(diag_name(d->code), diag_name(want->code));
    ck_assert_int_eq(d->severity, DIAG_ERROR);
    ck_assert_str_eq(d->file, path);
    ck_assert_uint_eq(d->line, want->line);
    ck_assert_uint_eq(d->col, want->col);
    ck_assert_uint_eq(d->span, want->span);
    ck_assert_msg((d->pointer != NULL) == (want->pointer != NULL), "%s", d->pointer);
    if (want->pointer)
        ck_assert_str_eq(d->pointer, want->pointer);
    ck_assert((d->excerpt != NULL) == (want->line != 0));
}
END_TEST

static const struct hint {
    const char *text;
    size_t len;
    const char *fix; /* a part of it */
} hints[] = {
    {TEXT("\xff\xfe{\0}\0\n\0"), "UTF-16"},
    {TEXT("{\"a\":\0}\n"), "damaged"},
    {TEXT("{\"a\":\"\xe9\"}\n"), "as UTF-8"},
    {TEXT("[\n" USER ",\n" USER "]\n"), "one object a line, with no list"},
    {TEXT("{\n\"messages\": []\n}\n"), "on one line"},
    {TEXT("{'messages': []}\n"), "json.dumps"},
    {TEXT("{\"messages\":[{\"role\":\"system\",\"content\":\"\"}]}\n"), "\"developer\""},
};

START_TEST(test_says_what_to_do_about_it)
{
    write_file(hints[_i].text, hints[_i].len);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_DATA);
    ck_assert_msg(strstr(list.at[0].fix, hints[_i].fix), "%s", list.at[0].fix);
}
END_TEST

START_TEST(test_all_faults_of_a_row_are_told_up_to_ten)
{
    struct buf b = {0};
    buf_text_add(&b, USER "\n{\"messages\":[{\"role\":\"system\"},4]}\n{\"messages\":[1");
    for (int i = 0; i < 1000; i++)
        buf_text_add(&b, ",1");
    buf_text_add(&b, "]}\n");
    write_file(b.at, b.len);
    buf_release(&b);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_DATA);
    ck_assert_uint_eq(list.n, 3 + 10);
    ck_assert_uint_eq(list.n_errors, list.n);
    ck_assert_int_eq(list.at[0].code, DIAG_D005);
    ck_assert_int_eq(list.at[1].code, DIAG_D004);
    ck_assert_int_eq(list.at[2].code, DIAG_D004);
    ck_assert_uint_eq(list.at[12].line, 3);
    ck_assert_ptr_nonnull(strstr(e.text, "t.jsonl: 2 of 3 rows are faulty"));
    ck_assert_str_eq(e.fix, "");
}
END_TEST

START_TEST(test_a_hundred_faulty_rows_are_told_and_the_rest_counted)
{
    struct buf b = {0};
    for (int i = 0; i < 250; i++)
        buf_text_add(&b, i % 2 ? "{\n" : USER "\n");
    write_file(b.at, b.len);
    buf_release(&b);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_DATA);
    ck_assert_uint_eq(list.n, 100);
    ck_assert_uint_eq(list.at[99].line, 200);
    ck_assert_ptr_nonnull(strstr(e.text, "125 of 250 rows are faulty"));
    ck_assert_ptr_nonnull(strstr(e.fix, "first 100"));
}
END_TEST

/* --- files that are none --- */

START_TEST(test_a_missing_file)
{
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "t.jsonl: No such file"));
    ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(test_a_folder)
{
    ck_assert_int_eq(dataset_open(&data, folder, &list, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "a directory, not a file of rows"));
}
END_TEST

START_TEST(test_a_pipe_is_refused_without_waiting)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "not a regular file"));
    ck_assert_ptr_nonnull(strstr(e.fix, "write them to a file"));
}
END_TEST

START_TEST(test_a_file_that_may_not_be_read)
{
    write_file(TEXT(USER "\n"));
    ck_assert_int_eq(chmod(path, 0), 0);
    if (access(path, R_OK) == 0)
        return; /* root may read anything */
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "Permission denied"));
}
END_TEST

/* --- large rows --- */

/* Rows around the size of the buffer, so that they end at every place in it. */
START_TEST(test_rows_cross_the_ends_of_the_buffer)
{
    static const size_t lens[] = {1,      262000, 262140, 262143, 262144,  262145,
                                  524288, 7,      300000, 1,      5000000, 3};
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        buf_text_add(&b, "{\"messages\":[{\"role\":\"user\",\"content\":\"");
        char *filler = mem_new(lens[i] + 1);
        memset(filler, 'a' + (int)i, lens[i]);
        buf_text_add(&b, filler);
        free(filler);
        buf_text_add(&b, i % 2 ? "\"}]}\n" : "\"}]}\r\n");
    }
    write_file(b.at, b.len);
    buf_release(&b);
    open_ok();
    ck_assert_uint_eq(dataset_count(data), COUNT_OF(lens));
    for (size_t i = COUNT_OF(lens); i-- > 0;) {
        read_ok(i);
        size_t message = tape_index(&row.tape, tape_get(&row.tape, 0, "messages"), 0);
        size_t len = 0;
        const char *text = tape_text(&row.tape, tape_get(&row.tape, message, "content"), &len);
        ck_assert_uint_eq(len, lens[i] + 2);
        ck_assert_int_eq(text[1], 'a' + (int)i);
        ck_assert_int_eq(text[len - 2], 'a' + (int)i);
    }
}
END_TEST

/* The second row has `extra` bytes over the ceiling; holes in the file, so that it takes no room.*/
static void write_large(off_t extra)
{
    write_file(TEXT(USER "\n"));
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, (off_t)sizeof(USER) + DATASET_MAX_ROW_BYTES + extra), 0);
    static const char rest[] = "\r\n" USER "\n";
    ck_assert_int_eq(write(fd, rest, sizeof(rest) - 1), (ssize_t)sizeof(rest) - 1);
    close(fd);
}

static const struct large {
    off_t extra;
    enum diag_code code;
} larges[] = {{0, DIAG_D001}, {1, DIAG_D008}, {300000, DIAG_D008}, {90 << 20, DIAG_D008}};

START_TEST(test_a_row_above_the_ceiling_is_passed_over)
{
    write_large(larges[_i].extra);
    ck_assert_int_eq(dataset_open(&data, path, &list, &e), ERR_DATA);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_str_eq(diag_name(list.at[0].code), diag_name(larges[_i].code));
    ck_assert_uint_eq(list.at[0].line, 2);
    ck_assert_ptr_nonnull(strstr(e.text, "1 of 3 rows is faulty"));
}
END_TEST

/* --- files that change --- */

static const struct change {
    const char *name;
    off_t keep; /* bytes of the file, or all of it if negative */
    off_t at;   /* where `text` is written */
    const char *text;
    bool ok;
} changes[] = {
    {"cut within the row", 60, 0, "", false},
    {"emptied", 0, 0, "", false},
    {"other bytes", -1, (off_t)sizeof(USER) + 2, "M", false},
    {"no JSON any more", -1, (off_t)sizeof(USER), "x", false},
    {"another row", -1, 2, "M", true},
    {"a row more", -1, (off_t)(2 * sizeof(USER)), USER "\n", true},
    {"the same bytes", -1, 0, USER "\n", true},
};

START_TEST(test_a_row_that_has_changed_is_refused)
{
    const struct change *change = &changes[_i];
    write_file(TEXT(USER "\n" USER "\n"));
    open_ok();
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    if (change->keep >= 0)
        ck_assert_int_eq(ftruncate(fd, change->keep), 0);
    ssize_t len = (ssize_t)strlen(change->text);
    ck_assert_int_eq(pwrite(fd, change->text, (size_t)len, change->at), len);
    close(fd);
    enum err_code rc = dataset_row(data, 1, &row, &e);
    ck_assert_msg(rc == (change->ok ? ERR_OK : ERR_DATA), "%s: %s", change->name, e.text);
    if (!change->ok) {
        ck_assert_ptr_nonnull(strstr(e.text, "t.jsonl:2: the file has changed"));
        ck_assert_ptr_null(row.item);
    }
}
END_TEST

START_TEST(test_a_file_put_in_its_place_changes_nothing)
{
    write_file(TEXT(USER "\n"));
    open_ok();
    ck_assert_int_eq(unlink(path), 0);
    write_file(TEXT("gone\n"));
    read_ok(0);
}
END_TEST

/* --- what a row becomes (contract 1.4) --- */

#define NO_TOOLS ",\"tools\":null,\"parallel_tool_calls\":true"
#define HEAD     "{\"messages\":[],\"tools\":"
#define TAIL     ",\"parallel_tool_calls\":true}"

static const struct normal {
    const char *raw;
    const char *want;
} normals[] = {
    {"{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
     "{\"messages\":[{\"name\":null,\"role\":\"user\",\"content\":\"hi\"}]" NO_TOOLS "}"},
    /* bytes as they are: spaces, escapes, numbers */
    {"{ \"answer\" : 1.50e0, \"messages\" : [ { \"role\" : \"user\", \"content\": \"\\u00e9\\/\" "
     "} ] }",
     "{\"messages\":[{\"name\":null,\"role\" : \"user\",\"content\": \"\\u00e9\\/\"}]" NO_TOOLS
     ",\"answer\" : 1.50e0}"},
    /* other keys in file order, messages first */
    {"{\"b\":1,\"messages\":[],\"a\":{\"messages\":2},\"tools\":null,\"c\":[]}",
     "{\"messages\":[]" NO_TOOLS ",\"b\":1,\"a\":{\"messages\":2},\"c\":[]}"},
    /* a name is kept, and comes first */
    {"{\"messages\":[{\"role\":\"user\",\"name\":\"Ann\",\"content\":\"\"},{\"name\":null},{}]}",
     "{\"messages\":[{\"name\":\"Ann\",\"role\":\"user\",\"content\":\"\"},{\"name\":null},"
     "{\"name\":null}]" NO_TOOLS "}"},
    /* tools */
    {"{\"messages\":[],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","
     "\"parameters\":"
     "{}}}]}",
     HEAD "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{},\"strict\":false}"
          "}]" TAIL},
    {"{\"messages\":[],\"tools\":[ {\"function\": {\"name\":\"f\" } , \"type\":\"function\"} , "
     "{\"function\":{ }} ]}",
     HEAD "[{\"function\": {\"name\":\"f\" ,\"strict\":false} , \"type\":\"function\"},"
          "{\"function\":{ \"strict\":false}}]" TAIL},
    {"{\"messages\":[],\"tools\":[{\"function\":{\"strict\":true,\"name\":\"f\"}}]}",
     HEAD "[{\"function\":{\"strict\":true,\"name\":\"f\"}}]" TAIL},
    {"{\"messages\":[],\"tools\":[]}", HEAD "[]" TAIL},
    {"{\"messages\":[],\"parallel_tool_calls\":false}",
     "{\"messages\":[],\"tools\":null,\"parallel_tool_calls\":false}"},
    /* what the checks would refuse is passed on as it stands */
    {"{}", "{\"tools\":null,\"parallel_tool_calls\":true}"},
    {"[1]", "[1]"},
    {"{\"messages\":[1,\"x\"],\"tools\":[1,{\"function\":2}]}",
     "{\"messages\":[1,\"x\"],\"tools\":[1,{\"function\":2}]" TAIL},
    {"{\"messages\":{\"a\":1},\"tools\":{\"b\":2}}",
     "{\"messages\":{\"a\":1},\"tools\":{\"b\":2}" TAIL},
    {"{\"messages\":1,\"m\\u0065ssages\":[]}", "{\"messages\":[]" NO_TOOLS "}"},
};

START_TEST(test_a_row_becomes_an_item)
{
    struct tape raw = {0};
    struct tape_fault f;
    struct buf out = {0};
    ck_assert(tape_scan(&raw, normals[_i].raw, strlen(normals[_i].raw), &f));
    row_normalise(&raw, &out);
    ck_assert_str_eq(buf_text(&out), normals[_i].want);
    /* ... and an item stays as it is. */
    ck_assert(tape_scan(&raw, normals[_i].want, strlen(normals[_i].want), &f));
    buf_clear(&out);
    row_normalise(&raw, &out);
    ck_assert_str_eq(buf_text(&out), normals[_i].want);
    tape_release(&raw);
    buf_release(&out);
}
END_TEST

Suite *dataset_suite(void)
{
    Suite *suite = suite_create("dataset");
    TCase *rows = tcase_create("rows");
    tcase_set_timeout(rows, 60);
    tcase_add_checked_fixture(rows, setup, teardown);
    tcase_add_loop_test(rows, test_accepts_and_warns, 0, COUNT_OF(goods));
    tcase_add_loop_test(rows, test_says_where_and_why_it_is_faulty, 0, COUNT_OF(bads));
    tcase_add_loop_test(rows, test_says_what_to_do_about_it, 0, COUNT_OF(hints));
    tcase_add_test(rows, test_all_faults_of_a_row_are_told_up_to_ten);
    tcase_add_test(rows, test_a_hundred_faulty_rows_are_told_and_the_rest_counted);
    tcase_add_test(rows, test_rows_cross_the_ends_of_the_buffer);
    tcase_add_loop_test(rows, test_a_row_above_the_ceiling_is_passed_over, 0, COUNT_OF(larges));
    suite_add_tcase(suite, rows);

    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, test_a_missing_file);
    tcase_add_test(files, test_a_folder);
    tcase_add_test(files, test_a_pipe_is_refused_without_waiting);
    tcase_add_test(files, test_a_file_that_may_not_be_read);
    tcase_add_loop_test(files, test_a_row_that_has_changed_is_refused, 0, COUNT_OF(changes));
    tcase_add_test(files, test_a_file_put_in_its_place_changes_nothing);
    suite_add_tcase(suite, files);

    TCase *items = tcase_create("items");
    tcase_add_loop_test(items, test_a_row_becomes_an_item, 0, COUNT_OF(normals));
    suite_add_tcase(suite, items);
    return suite;
}
