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
    X(J010, ERROR, "placeholder left in", "3.1",                                                   \
      "nobody answers there, or no key is sent: every call fails", "write what is meant")          \
    X(J011, WARNING, "http to a public host", "3.1",                                               \
      "rows, calls and headers with their keys go over the network unencrypted", "use https")      \
    X(J012, WARNING, "out of the service's reach", "3.1",                                          \
      "it is fine for the rehearsal; the paid job would fail at every call",                       \
      "write ${NAME}, so that the rehearsal and the job can have each its own")                    \
    X(J013, WARNING, "key in a URL", "3.1",                                                        \
      "header values are masked in echoes and logs, URLs are not", "send the key as a header")     \
    X(J014, WARNING, "URL ends in the tool's name", "EV-13",                                       \
      "reports differ: one job used the full path, in another the service appended the name, "     \
      "and every call was a 404 (EV-13)",                                                          \
      "let the endpoint answer at both, or leave the name out of server_url")                      \
    X(J015, WARNING, "odd header", "3.1", "headers are sent exactly as given",                     \
      "correct the header, or take it away")                                                       \
    X(J016, WARNING, "pass_threshold out of range", "GR-5, GAP-37",                                \
      "pass rates then say nothing; rewards are not changed by it (GAP-37)",                       \
      "choose a threshold between the least and the greatest reward")                              \
    X(J017, ERROR, "reward always the same", "4.8",                                                \
      "where all rollouts get the same reward, nothing is learned",                                \
      "let calculate_output depend on the graders")                                                \
    X(J018, WARNING, "model not documented", "2.2",                                                \
      "few models can be trained by reinforcement; the create call refuses the others",            \
      "use one of those that are documented")                                                      \
    X(J019, ERROR, "refused by Azure", "GAP-41, 2.2", "the create call would answer 400",          \
      "change it for Azure, or create the job with OpenAI")                                        \
    X(J020, ERROR, "refused by OpenAI", "GAP-41, 2.2", "the create call would answer 400",         \
      "change it for OpenAI, or create the job with Azure")                                        \
    X(J022, WARNING, "evaluations outweigh training", "2.4, EV-5",                                 \
      "an evaluation is validation rows times eval_samples, and time is what is billed",           \
      "several dozen to a few hundred validation rows are enough (DS-37)")                         \
    X(J023, WARNING, "never evaluated", "ST-5, 2.7",                                               \
      "checkpoints are chosen by their evaluation, and there is none after step 0",                \
      "choose an eval_interval that is smaller than the number of steps")                          \
    X(J024, WARNING, "batch larger than the file", "GAP-2",                                        \
      "a row then stands in a step more than once; what the service does is not known (GAP-2)",    \
      "choose a batch_size of at most the number of rows")                                         \
    X(J025, WARNING, "JSON compared whole", "4.2",                                                 \
      "with a response_format the answer is JSON, which is rarely the reference letter for "       \
      "letter",                                                                                    \
      "read a field of it: {{sample.output_json.KEY}}")                                            \
    X(J026, WARNING, "paused for its cost", "ST-12",                                               \
      "the service pauses a job when it has cost $5,000; this is an estimate (EV-12)",             \
      "fewer rows, epochs, or a smaller compute_multiplier")                                       \
    X(J027, WARNING, "no turn for a call", "GAP-12",                                               \
      "the last allowed turn must be the answer (GAP-12)", "max_episode_steps: 2 or more")         \
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
      "messages is required: a list of at least one message, each with role and content (DS-2)",   \
      "give \"messages\" as a list of {\"role\", \"content\"}")                                    \
    X(D005, ERROR, "bad role", "DS-3, GAP-42",                                                     \
      "roles are developer, user, assistant and tool (DS-3, GAP-42)",                              \
      "use \"developer\" for what other formats call \"system\"")                                  \
    X(D006, ERROR, "last message is not the user's", "DS-4",                                       \
      "the service samples the answer itself (DS-4)",                                              \
      "drop what follows the last user message, or keep it in a field for the grader; check "      \
      "--fix does that, and convert makes rows of tool calls")                                     \
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
    X(D040, ERROR, "call that cannot be converted", "4.2",                                         \
      "without a name and arguments there is no call to compare with",                             \
      "write {\"id\", \"type\": \"function\", \"function\": {\"name\", \"arguments\"}}, "          \
      "arguments a "                                                                               \
      "text that is a JSON object")                                                                \
    X(D041, ERROR, "field taken", "DS-7", "convert writes what was expected into it",              \
      "give the field of that name another one")                                                   \
    X(X001, ERROR, "field missing in rows", "TP-6",                                                \
      "a grade that reads it is an error there, with reward 0, or goes by a default (TP-6)",       \
      "give every row the field, or have the grader read one that is there")                       \
    X(X002, ERROR, "nothing in the sample", "4.2, TP-6",                                           \
      "the path leads nowhere in any sample, so every grade is an error with reward 0",            \
      "sample has output_text, output_json, output_tools, choices and output_reasoning_summary")   \
    X(X003, ERROR, "output_json without response_format", "4.2",                                   \
      "every grade is invalid_variable_error, with reward 0",                                      \
      "give the job a response_format, or read sample.output_text")                                \
    X(X004, WARNING, "null in rows", "GAP-30",                                                     \
      "the template then says null; what the service does is not known (GAP-30)",                  \
      "give the rows a value, or leave them out")                                                  \
    X(X005, WARNING, "no string in a template", "GAP-29, TP-5",                                    \
      "how the service writes what is no string is not known: as JSON here (GAP-29)",              \
      "write the value as a string in the rows")                                                   \
    X(X006, WARNING, "grader does not see the answer", "EV-15",                                    \
      "its reward is the same whatever the model does, so nothing is learned from it (EV-15)",     \
      "read {{sample.output_text}}: item is the row, sample is what the model made of it")         \
    X(X007, WARNING, "last turn's calls only", "GAP-28",                                           \
      "in recorded jobs output_tools has the calls of the last turn alone (GAP-28)",               \
      "grade what the calls led to, or let the answer name them")                                  \
    X(X008, WARNING, "policy reads what rows lack", "4.1",                                         \
      "the rollout fails, or a learner has no text; the service has no policy",                    \
      "correct the policy's template, or add the field")                                           \
    X(X009, WARNING, "policy calls an unknown tool", "GAP-24",                                     \
      "the call is answered with 'unknown tool' and goes nowhere (GAP-24)",                        \
      "correct the name in the policy, or give the job the tool")                                  \
    X(X010, ERROR, "tool not in the job", "DS-22, GAP-24",                                         \
      "the model may call it, and the call has nowhere to go (GAP-24)",                            \
      "give it a server_url in the job, or take it out of the rows")                               \
    X(X011, WARNING, "no tools in the job", "DS-20",                                               \
      "nothing is called: without tools in the job, calls are graded only (DS-20)",                \
      "add tools to the job if they are to be called")                                             \
    X(X012, WARNING, "tool in no row", "DS-21, GAP-24",                                            \
      "what a tool takes stands in the rows; the job has its place only (DS-21)",                  \
      "describe the tool in the rows' tools, or take it out of the job")                           \
    X(X013, WARNING, "no schema for tools", "DS-23",                                               \
      "whether the model then gets the tools by name, or at all, is not known (DS-23)",            \
      "put each tool's function, with its parameters, into the tools of every row")                \
    X(X014, WARNING, "rows have different tools", "DS-24",                                         \
      "a rollout has the tools that both its row and the job have (DS-24)",                        \
      "give every row the same tools, unless the choice is part of the task")                      \
    X(X015, WARNING, "tool described in several ways", "DS-21",                                    \
      "the endpoint is the same for all rows, so one of the descriptions is likely wrong",         \
      "describe a tool alike in all rows")                                                         \
    X(X016, WARNING, "tool placed otherwise than in the job", "DS-22",                             \
      "server_url and headers must be identical in job and rows (DS-22)",                          \
      "take them out of the rows")                                                                 \
    X(X017, WARNING, "script longer than a rollout", "GAP-12",                                     \
      "the rehearsal never comes to the script's end: the last call is dropped (GAP-12)",          \
      "raise max_episode_steps, or shorten the script")                                            \
    X(X020, WARNING, "more calls than turns", "GAP-12",                                            \
      "the last turn must be the answer: one that calls again is graded without one (GAP-12)",     \
      "raise max_episode_steps to the most calls a row expects and one more")                      \
    X(X021, WARNING, "rows that expect no tool", "3.6",                                            \
      "a grader that wants calls gives such rows no reward, and one that does not, a free one",    \
      "see that the grader rewards an answer without a call there")                                \
    X(X022, WARNING, "expected tool not in the job", "DS-22",                                      \
      "the model cannot make the call, so the row cannot be done as it says",                      \
      "add the tool to the job, or correct the name in the row")                                   \
    X(X023, WARNING, "expected_tools finds nothing", "GAP-12",                                     \
      "how many turns a row needs is then not checked", "name a field that the rows have")         \
    X(S001, ERROR, "not a JSON Schema", "DS-6, GAP-36",                                            \
      "a schema that is malformed is refused, or says something else than it seems to",            \
      "correct it as JSON Schema has it")                                                          \
    X(S002, ERROR, "reference to nothing", "GAP-36",                                               \
      "what a $ref names must stand in the same schema",                                           \
      "refer to \"#\", or to \"#/$defs/NAME\" with the schema in \"$defs\"")                       \
    X(S003, ERROR, "no object at the root", "DS-6, GAP-36",                                        \
      "arguments of a function, and strict answers, are objects",                                  \
      "write \"type\": \"object\" at the root, and what you have as a property of it")             \
    X(S004, ERROR, "object left open", "GAP-36",                                                   \
      "strict schemas must rule out properties that they do not name",                             \
      "write \"additionalProperties\": false in every object")                                     \
    X(S005, ERROR, "property not required", "GAP-36",                                              \
      "in a strict schema every property is required",                                             \
      "name it in \"required\"; for one that may be absent allow null as well: \"type\": [..., "   \
      "\"null\"]")                                                                                 \
    X(S006, ERROR, "keyword outside the strict subset", "GAP-36",                                  \
      "strict schemas are a subset of JSON Schema; other keywords are refused",                    \
      "say it with what the subset has (anyOf, enum, $ref), or leave \"strict\" out")              \
    X(S007, WARNING, "keyword not for fine-tuned models", "GAP-36",                                \
      "the published subset has it for base models only, and Azure's not at all",                  \
      "say it in \"description\", or check it in the grader")                                      \
    X(S008, ERROR, "schema too large", "GAP-36",                                                   \
      "strict schemas have a largest size (OpenAI: 5000 properties, 10 levels, 1000 enum "         \
      "values, 120000 characters; Azure: 100 properties, 5 levels)",                               \
      "split it, or flatten it; or leave \"strict\" out")                                          \
    X(S009, ERROR, "value without a type", "GAP-36",                                               \
      "in a strict schema every value has a type, an anyOf or a $ref", "add \"type\"")             \
    X(S010, ERROR, "list without items", "DS-6, GAP-36",                                           \
      "functions whose schema has such a list have been refused: array schema missing items",      \
      "add \"items\" with the schema of an element")                                               \
    X(S011, ERROR, "nothing can fit", "DS-6, GAP-36",                                              \
      "no value, or not the one that is named, can meet all that the schema asks for",             \
      "correct what contradicts it")                                                               \
    X(S012, ERROR, "bad response_format", "GAP-36",                                                \
      "it is {type, json_schema: {name, strict, schema}}, or those without json_schema",           \
      "write it in one of the two published shapes")                                               \
    X(S013, ERROR, "strict is neither true nor false", "DS-6, GAP-36",                             \
      "it says whether the schema binds the model, or only guides it", "write true or false")      \
    X(S014, WARNING, "keyword not tested here", "GAP-36",                                          \
      "answers that the service may find wrong pass in a rehearsal",                               \
      "say it with other keywords, or check it in the grader")                                     \
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
      "correct the name or the description, as is said")                                           \
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
      "give each row the field, or take it out of all")                                            \
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
