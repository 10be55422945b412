#include "sim/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_unix_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

char *clock_stamp(char out[CLOCK_STAMP_ROOM], int64_t unix_ns)
{
    time_t s = (time_t)(unix_ns / 1000000000);
    struct tm tm;
    gmtime_r(&s, &tm);
    size_t n = strftime(out, CLOCK_STAMP_ROOM, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, CLOCK_STAMP_ROOM - n, ".%07dZ", (int)(unix_ns % 1000000000 / 100));
    return out;
}

/* The digits at `*at`, as nanoseconds; those after the ninth do not count. */
static int64_t read_decimals(const char **at)
{
    int64_t ns = 0;
    int64_t unit = 100000000;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        ns += (**at - '0') * unit;
    return ns;
}

/* Two digits, 0..most, or -1. */
static int read_pair(const char *at, int most)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return -1;
    int value = 10 * (at[0] - '0') + at[1] - '0';
    return value <= most ? value : -1;
}

/* "Z" or "+02:00", and nothing behind it. */
static bool read_offset(int64_t *offset_s, const char *at)
{
    *offset_s = 0;
    if (strcmp(at, "Z") == 0)
        return true;
    if ((*at != '+' && *at != '-') || strlen(at) != strlen("+02:00") || at[3] != ':')
        return false;
    int hours = read_pair(at + 1, 23);
    int minutes = read_pair(at + 4, 59);
    int minutes_off = (hours * 60 + minutes) * (*at == '-' ? -1 : 1);
    *offset_s = (int64_t)minutes_off * 60;
    return hours >= 0 && minutes >= 0;
}

bool clock_read(int64_t *unix_ns, const char *text)
{
    static const char form[] = "0000-00-00T00:00:00";
    for (size_t i = 0; i < strlen(form); i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != form[i])
            return false;
    }
    struct tm tm = {
        .tm_year = 100 * read_pair(text, 99) + read_pair(text + 2, 99) - 1900,
        .tm_mon = read_pair(text + 5, 12) - 1,
        .tm_mday = read_pair(text + 8, 31),
        .tm_hour = read_pair(text + 11, 23),
        .tm_min = read_pair(text + 14, 59),
        .tm_sec = read_pair(text + 17, 60),
    };
    if (tm.tm_year < 70 || tm.tm_year > 300 || tm.tm_mon < 0 || tm.tm_mday < 1 || tm.tm_hour < 0 ||
        tm.tm_min < 0 || tm.tm_sec < 0)
        return false;
    const char *at = text + strlen(form);
    int64_t ns = 0;
    int64_t offset_s = 0;
    if (*at == '.') {
        at++;
        ns = read_decimals(&at);
    }
    if (!read_offset(&offset_s, at))
        return false;
    *unix_ns = ((int64_t)timegm(&tm) - offset_s) * 1000000000 + ns;
    return true;
}
