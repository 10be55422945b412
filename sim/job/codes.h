/* Every finding that a check can make: one row each, never renumbered, never used for another.
 *
 * `rftsim help CODE` tells a row, docs/findings.md is printed from them all, and tests/findings
 * has for each a job or a file that provokes it, and a near miss that must not.
 * J: the job file. P: the source of a python grader. D: the datasets. X: what only job and rows
 * together show. S: JSON schemas. F: files of grades (`rftsim grade`). N: this machine and the
 * network.
 */
#ifndef SIM_JOB_CODES_H
#define SIM_JOB_CODES_H

/* code, usual severity, what kind of fault it is, the rule (ids of the platform contract), why it
 * matters, what to do about it in general; the finding itself may know more precisely */
#define DIAG_MAP(X)                                                                                \
    X(J001, ERROR, "not YAML or JSON", "2.2", "the job file could not be read at all",             \
      "correct the text at the caret; a YAML or JSON editor shows the same place")                 \
    X(J002, ERROR, "unknown key", "GAP-41",                                                        \
      "nothing reads it here, and the service refuses unknown keys (GAP-41)",                      \
      "correct the name, or take the key away")                                                    \
    X(J003, ERROR, "missing key", "2.2", "without it there is no job", "add the key")              \
    X(J004, ERROR, "wrong type", "2.2", "it cannot be read as what it has to be",                  \
      "write the value as the type that is named")                                                 \
    X(J005, ERROR, "value out of range", "2.2, 2.3",                                               \
      "the job would be refused when it is created, or fail later",                                \
      "choose a value that is allowed")                                                            \
    X(J006, ERROR, "unset variable", "GAP-51",                                                     \
      "an empty value would reach your endpoint in silence",                                       \
      "set the variable, or write ${NAME:-default}")                                               \
    X(J007, ERROR, "value not understood", "2.2", "rftsim cannot rehearse what it does not know",  \
      "use one of the values that are named")                                                      \
    X(J008, ERROR, "given twice", "RFC 8259", "readers differ in which one they take",             \
      "keep one of the two")                                                                       \
    X(J009, WARNING, "to no effect", "4", "what is written does less than it seems to",            \
      "take it away, or put it where it counts")                                                   \
    X(P001, ERROR, "not Python", "PY-4",                                                           \
      "the service checks the source before the first row (PY-4)",                                 \
      "correct the text at the caret")                                                             \
    X(P002, ERROR, "no grade(sample, item)", "PY-1", "the service calls exactly that (PY-1)",      \
      "write def grade(sample, item): and return a number from it")                                \
    X(P003, ERROR, "import that fails the job", "PY-3, PY-4",                                      \
      "the service has fixed packages, and sys is not for graders",                                \
      "use what the service has: rftsim names it")                                                 \
    X(P004, WARNING, "doubtful name", "GAP-38",                                                    \
      "the service refuses some names, and has published no list of them",                         \
      "do without, to be sure")                                                                    \
    X(P005, ERROR, "package missing here", "PY-3", "the service has it and this machine does not", \
      "install it, or set RFTSIM_PYTHON to a Python that has it")                                  \
    X(P006, WARNING, "sample and item swapped", "PY-1, EV-15",                                     \
      "the service gives the sample first, then the item (PY-1)",                                  \
      "read the answer from the sample, the row's fields from the item")                           \
    X(P007, WARNING, "reads what is not there", "EV-15, PY-9",                                     \
      "the grader would see nothing, and score it",                                                \
      "read a field that rows have, or the answer from the sample")                                \
    X(P008, WARNING, "returns a bool", "PY-5, GAP-40", "the service wants a number (PY-5)",        \
      "write float(...) around it")                                                                \
    X(D001, ERROR, "not JSON", "DS-1, 1.6",                                                        \
      "the service fails the whole job at the first line it cannot parse (1.6)",                   \
      "write rows with a JSON library, one object a line")                                         \
    X(D002, ERROR, "not an object", "DS-1", "a row is one JSON object (DS-1)",                     \
      "write one object a line")                                                                   \
    X(D003, ERROR, "key given twice", "RFC 8259", "readers differ in which one they take",         \
      "keep one of the two")                                                                       \
    X(D004, ERROR, "bad messages", "DS-2",                                                         \
      "messages is required: a list with at least one entry (DS-2)",                               \
      "give \"messages\" as a list of {\"role\", \"content\"}")                                    \
    X(D005, ERROR, "bad role", "DS-3, GAP-42",                                                     \
      "roles are developer, user, assistant and tool (DS-3, GAP-42)",                              \
      "use \"developer\" for what other formats call \"system\"")                                  \
    X(D006, ERROR, "last message is not the user's", "DS-4",                                       \
      "the service samples the answer itself (DS-4)",                                              \
      "drop what follows the last user message, or keep it in a field for the grader")             \
    X(D007, ERROR, "bad tools", "DS-6", "tools is a list of functions (DS-6)",                     \
      "write {\"type\": \"function\", \"function\": {\"name\", \"parameters\"}}")                  \
    X(D008, ERROR, "row too large", "DS-34", "a row must fit in memory many times over",           \
      "shorten the row, or keep what it carries elsewhere")                                        \
    X(D009, ERROR, "no rows", "DS-32", "there is nothing to roll out",                             \
      "write at least one row; the service wants 10")                                              \
    X(D010, WARNING, "byte order mark", "DS-1",                                                    \
      "the first line of some readers then fails to parse", "save the file as UTF-8 without one")  \
    X(D011, WARNING, "blank line", "1.6", "blank lines are skipped here; not every reader does",   \
      "remove blank lines")                                                                        \
    X(D012, WARNING, "no newline at the end", "DS-1",                                              \
      "harmless, but a line appended later would join the last row",                               \
      "end the file with a newline")                                                               \
    X(D013, ERROR, "cannot be read", "DS-9", "a reinforcement job needs both files",               \
      "name a regular file that this user may read")                                               \
    X(F001, ERROR, "not a fixture", "5.2",                                                         \
      "a fixture is a JSON object with a sample, its item and what to expect",                     \
      "write one JSON object a line; rftsim grade --help shows one")                               \
    X(F002, ERROR, "bad expectation", "5.2, 5.3",                                                  \
      "it could never be met, or would not say what is meant",                                     \
      "write {\"reward\": 1}, {\"min\": 0.2, \"max\": 0.4} or {\"errors\": [...]}")                \
    X(F003, ERROR, "not a finished sample", "6.6",                                                 \
      "only what graders saw of a rollout can be graded again",                                    \
      "give lines of rftsim run --json --rollouts --samples, or an exported evaluation")           \
    X(D014, ERROR, "too few rows", "DS-32, GAP-43",                                                \
      "the service wants at least 10 rows in a file (DS-32)",                                      \
      "add rows; for an experiment that goes no further than here, --allow-small")                 \
    X(D015, ERROR, "too many rows", "DS-30, DS-31, GAP-43",                                        \
      "the service takes 50,000 training rows and 1,000 validation rows",                          \
      "draw a sample of that size")                                                                \
    X(D016, ERROR, "file too large", "DS-34", "the files endpoint takes at most 512 MB (DS-34)",   \
      "shorten the rows, draw a sample, or send the file in parts through Uploads (up to 8 GB)")   \
    X(D017, WARNING, "large file", "DS-36",                                                        \
      "jobs with files of more than 100 MB sent in one piece have failed later with HTTP 500 "     \
      "(DS-36)",                                                                                   \
      "send the file in parts through Uploads")                                                    \
    X(D018, WARNING, "empty content", "DS-2", "the model is asked nothing there",                  \
      "write the text, or take the message away")                                                  \
    X(D019, ERROR, "content that is not text", "DS-11",                                            \
      "training is text to text: no images, audio or files (DS-11)",                               \
      "give the text as a string, or as parts of {\"type\": \"text\", \"text\": ...}")             \
    X(D020, ERROR, "tool turn without its call", "DS-5",                                           \
      "a chat request is refused unless calls and answers pair up, in order",                      \
      "give the tool message the id of a call before it, and each call its answer")                \
    X(D021, ERROR, "bad tool call", "DS-5",                                                        \
      "a recorded call is {\"id\", \"type\": \"function\", \"function\": {\"name\", "              \
      "\"arguments\"}}",                                                                           \
      "write calls as a chat completion gives them; \"arguments\" is a string of JSON")            \
    X(D022, ERROR, "bad function", "DS-6",                                                         \
      "the request that shows the model its tools would be refused",                               \
      "correct the name or the parameters, a JSON schema of type object")                          \
    X(D023, ERROR, "tool given twice", "DS-6, DS-22",                                              \
      "calls are told apart by name, so names are unique", "keep one of the two")                  \
    X(D024, ERROR, "bad parallel_tool_calls", "DS-8",                                              \
      "it is true or false; the service adds true where it is absent",                             \
      "write true or false without quotes, or leave it out")                                       \
    X(D025, ERROR, "row too large for a tool request", "GAP-20, 3.4",                              \
      "each tool request carries its row, and one of more than 1 MB is not sent",                  \
      "keep what the tools do not need out of the row")                                            \
    X(D026, WARNING, "control characters", "DS-1",                                                 \
      "often a backslash lost: \\frac read as a form feed and rac",                                \
      "write a backslash of the text as two in JSON, or take the character away")                  \
    X(D027, WARNING, "literal \\n", "1.6",                                                         \
      "the model sees a backslash and an n where a line break was likely meant",                   \
      "write a line break as \\n in JSON, not as \\\\n")                                           \
    X(D028, WARNING, "phrase that moderation may stop", "1.6",                                     \
      "prompts that ask for the model's reasoning have failed the screening of files",             \
      "ask for the result, not for how it is thought out")                                         \
    X(D029, WARNING, "secret in the data", "GAP-51",                                               \
      "the file is uploaded, and each tool request carries its row",                               \
      "revoke the secret, and put a placeholder in its place")                                     \
    X(D030, WARNING, "damaged text", "DS-1",                                                       \
      "a text was read or written in another encoding somewhere on its way",                       \
      "mend it at its source, and write the file anew as UTF-8")                                   \
    X(D031, WARNING, "row given twice", "1.1",                                                     \
      "it is rolled out, and paid for, as often as it stands there", "keep one of each")           \
    X(D032, WARNING, "same messages, other fields", "DS-7",                                        \
      "the model cannot tell such rows apart, so at most one of two answers can be right",         \
      "tell the rows apart in the messages, or keep one of them")                                  \
    X(D033, WARNING, "row in both files", "DS-10",                                                 \
      "validation then measures what was trained on (DS-10)",                                      \
      "take these rows out of one of the files")                                                   \
    X(D034, WARNING, "nearly the same row in both files", "DS-10",                                 \
      "validation then measures what was trained on (DS-10)",                                      \
      "look at these rows; keep what is nearly the same in one file")                              \
    X(D035, WARNING, "field missing in some rows", "DS-7, 1.6",                                    \
      "a template that reads it is an error in those rows",                                        \
      "give each row the field, null if it has no value")                                          \
    X(D036, WARNING, "field of several types", "DS-7",                                             \
      "a grader written for one of them fails, or compares differently, in the other rows",        \
      "write the field as one type in all rows")                                                   \
    X(D037, WARNING, "field empty", "DS-7, 1.6",                                                   \
      "a grader that compares with it compares with nothing",                                      \
      "fill it in, or take the rows or the field away")                                            \
    X(D038, WARNING, "same value in every row", "1.6",                                             \
      "the grader reads it, so one answer is right for all rows",                                  \
      "give each row its own value; if it is meant so, write it in the grader")                    \
    X(D039, WARNING, "no field for the grader", "DS-12",                                           \
      "a grader can only compare with what stands in a row",                                       \
      "give each row a field with the answer, or what is needed to judge one")                     \
    X(N001, ERROR, "endpoint out of reach", "3.5",                                                 \
      "every rollout would be discarded, and its hours billed",                                    \
      "start the endpoint, or correct server_url")                                                 \
    X(N002, WARNING, "no WordNet", "GAP-34",                                                       \
      "METEOR as NLTK has it knows synonyms, so some rewards would be higher (GAP-34)",            \
      "apt-get install wordnet-base")                                                              \
    X(N003, WARNING, "no sandbox", "PY-2",                                                         \
      "limits and a hook alone hold the grader's Python: mistakes, not malice",                    \
      "apt-get install bubblewrap")

#endif
