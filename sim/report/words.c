#include "sim/report/words.h"

#include <math.h>
#include <stdio.h>

const char *words_share(char out[WORDS_ROOM], double share)
{
    double percent = share * 100;
    if (percent > 0 && percent < 0.1)
        snprintf(out, WORDS_ROOM, "under 0.1 %%");
    else if (percent < 100 && percent > 99.9)
        snprintf(out, WORDS_ROOM, "over 99.9 %%");
    else if (percent <= 0 || percent >= 100)
        snprintf(out, WORDS_ROOM, "%.0f %%", percent);
    else
        snprintf(out, WORDS_ROOM, "%.1f %%", percent);
    return out;
}

const char *words_reward(char out[WORDS_ROOM], double reward)
{
    if (isfinite(reward))
        snprintf(out, WORDS_ROOM, "%.4g", reward);
    else
        snprintf(out, WORDS_ROOM, "-");
    return out;
}

const char *words_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}
