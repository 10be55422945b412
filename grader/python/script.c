#include "grader/python/script.h"

#include "sim/base/embed.h"

EMBED(script_worker, "grader/python/worker.py");
EMBED(script_audit, "grader/python/audit.py");
