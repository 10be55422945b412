#include "sim/report/say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

const char *say_share(char out[SAY_ROOM], double share)
{
    double percent = share * 100;
    if (percent > 0 && percent < 0.1)
        snprintf(out, SAY_ROOM, "under 0.1 %%");
    else if (percent < 100 && percent > 99.9)
        snprintf(out, SAY_ROOM, "over 99.9 %%");
    else if (percent <= 0 || percent >= 100)
        snprintf(out, SAY_ROOM, "%.0f %%", percent);
    else
        snprintf(out, SAY_ROOM, "%.1f %%", percent);
    return out;
}

const char *say_reward(char out[SAY_ROOM], double reward)
{
    if (isfinite(reward))
        snprintf(out, SAY_ROOM, "%.4g", reward);
    else
        snprintf(out, SAY_ROOM, "-");
    return out;
}

char *say_place(const struct history *h, size_t rollout)
{
    char *place = history_place(h, rollout);
    char *slash = strrchr(place, '/');
    char *name = mem_text(slash ? slash + 1 : place);
    free(place);
    return name;
}

const char *say_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}
