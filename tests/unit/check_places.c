#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/check/places.h"
#include "tests/unit/suites.h"

static const struct {
    const char *host;
    enum place_kind kind;
} hosts[] = {
    {"desk.azurewebsites.net", PLACE_PUBLIC},
    {"8.8.8.8", PLACE_PUBLIC},
    {"localhost", PLACE_LOOPBACK},
    {"LOCALHOST.", PLACE_LOOPBACK},
    {"api.localhost", PLACE_LOOPBACK},
    {"notlocalhost.net", PLACE_PUBLIC},
    {"127.0.0.1", PLACE_LOOPBACK},
    {"127.255.0.9", PLACE_LOOPBACK},
    {"128.0.0.1", PLACE_PUBLIC},
    {"0.0.0.0", PLACE_LOOPBACK},
    {"10.9.8.7", PLACE_PRIVATE},
    {"11.9.8.7", PLACE_PUBLIC},
    {"172.15.255.255", PLACE_PUBLIC},
    {"172.16.0.1", PLACE_PRIVATE},
    {"172.31.255.255", PLACE_PRIVATE},
    {"172.32.0.1", PLACE_PUBLIC},
    {"192.168.1.1", PLACE_PRIVATE},
    {"192.169.1.1", PLACE_PUBLIC},
    {"169.254.169.254", PLACE_PRIVATE},
    {"100.63.0.1", PLACE_PUBLIC},
    {"100.64.0.1", PLACE_PRIVATE},
    {"192.0.2.7", PLACE_RESERVED},
    {"[::1]", PLACE_LOOPBACK},
    {"[::]", PLACE_LOOPBACK},
    {"[::ffff:10.0.0.1]", PLACE_PRIVATE},
    {"[fd12::1]", PLACE_PRIVATE},
    {"[fe80::1%25eth0]", PLACE_PRIVATE},
    {"[2001:db8::1]", PLACE_RESERVED},
    {"[2a00:1450::1]", PLACE_PUBLIC},
    {"tools", PLACE_PRIVATE},
    {"printer.local", PLACE_PRIVATE},
    {"local.net", PLACE_PUBLIC},
    {"example.com", PLACE_RESERVED},
    {"tools.Example.COM", PLACE_RESERVED},
    {"myexample.com", PLACE_PUBLIC},
    {"example.com.net", PLACE_PUBLIC},
    {"desk.test", PLACE_RESERVED},
    {"test.desk.net", PLACE_PUBLIC},
};

START_TEST(test_hosts)
{
    ck_assert_msg(place_kind(hosts[_i].host) == hosts[_i].kind, "%s: %d", hosts[_i].host,
                  (int)place_kind(hosts[_i].host));
}
END_TEST

/* What is found; NULL: nothing, though it is near. */
static const struct {
    const char *text, *found;
} placeholders[] = {
    {"<your-key>", "<your-key>"},
    {"Bearer <token>", "<token>"},
    {"a < b > c", NULL},
    {"4 <5> 6", NULL},
    {"https://{{host}}/x", "{{host}}"},
    {"{}", NULL},
    {"${KEY}", "${KEY}"},
    {"$KEY", NULL},
    {"#TOOLS_SERVER_URL#", "#TOOLS_SERVER_URL#"},
    {"https://h/#part", NULL},
    {"https://...", "..."},
    {"https://h/a..b", NULL},
    {"YOUR_KEY_HERE", "YOUR_KEY_HERE"},
    {"https://your-app.azurewebsites.net/x", "your-app"},
    {"yourself", NULL},
    {"tour-guide", NULL},
    {"your_", NULL},
    {"xxx", "xxx"},
    {"sk-XXXXXXXX", "XXXXXXXX"},
    {"xxl", NULL},
    {"axxx", NULL},
    {"ChangeMe", "ChangeMe"},
    {"changemaker", NULL},
    {"replace_me", "replace_me"},
    {"https://h/placeholder", "placeholder"},
    {"https://jsonplaceholder.net", NULL},
    {"", NULL},
};

START_TEST(test_placeholders)
{
    size_t len = 0;
    const char *want = placeholders[_i].found;
    const char *found = place_placeholder(placeholders[_i].text, &len);
    ck_assert_msg(!found == !want, "%s: %s", placeholders[_i].text, found ? found : "nothing");
    if (found)
        ck_assert_msg(len == strlen(want) && memcmp(found, want, len) == 0, "%s: %.*s",
                      placeholders[_i].text, (int)len, found);
}
END_TEST

Suite *places_suite(void)
{
    Suite *suite = suite_create("places");
    TCase *tcase = tcase_create("places");
    tcase_add_loop_test(tcase, test_hosts, 0, COUNT_OF(hosts));
    tcase_add_loop_test(tcase, test_placeholders, 0, COUNT_OF(placeholders));
    suite_add_tcase(suite, tcase);
    return suite;
}
