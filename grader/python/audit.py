"""What can be told of a python grader's source without running it.

In, from standard input: the source. Out: one JSON object,
{"faults": [{"code", "error", "at", "len", "line", "text", "fix"}], "reads": [{"field", "at", "len"}]},
where `at` and `len` are bytes of the source.
Rules: PY-1, PY-3, PY-4, PY-9, EV-15, GAP-38, GAP-40.
"""
import ast
import difflib
import importlib.util
import json
import sys

# PY-3: what is imported -> Debian's package, "" where there is none.
SERVICE = {
    "numpy": "python3-numpy", "scipy": "python3-scipy", "sympy": "python3-sympy",
    "pandas": "python3-pandas", "rapidfuzz": "", "sklearn": "python3-sklearn", "rouge_score": "",
    "deepdiff": "python3-deepdiff", "jsonschema": "python3-jsonschema",
    "pydantic": "python3-pydantic", "yaml": "python3-yaml", "nltk": "python3-nltk",
    "sqlparse": "python3-sqlparse", "rdkit": "python3-rdkit", "skbio": "python3-skbio",
    "ast_grep_py": "",
    # which those bring along
    "dateutil": "python3-dateutil", "pytz": "python3-tz", "joblib": "python3-joblib",
    "mpmath": "python3-mpmath", "regex": "python3-regex", "six": "python3-six", "absl": "python3-absl",
    "typing_extensions": "python3-typing-extensions", "tqdm": "python3-tqdm",
}
# GAP-38
DOUBTFUL = {"os", "subprocess", "socket", "requests", "urllib", "http", "ctypes", "importlib",
            "threading", "multiprocessing"}
DOUBTFUL_CALLS = {"open", "eval", "exec"}
NETWORK = {"socket", "requests", "urllib", "http"}
OUTPUTS = ("output_text", "output_json", "output_tools", "choices")
OF_SAMPLE = OUTPUTS + ("output_reasoning_summary", "output_audio", "model", "namespace", "trajectory")


class Source:
    """Places of a text as Python counts them, in bytes."""

    def __init__(self, data):
        self.data = data
        self.starts = [0]
        for line in data.splitlines(True):  # of bytes: at \\n, \\r and both, as Python's parser does
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line, col):
        return min(self.starts[min(line, len(self.starts)) - 1] + col, len(self.data))

    def span(self, node):
        at = self.at(node.lineno, node.col_offset)
        end = self.at(node.end_lineno, node.end_col_offset)
        newline = self.data.find(b"\n", at, end)
        return at, max(1, (end if newline < 0 else newline) - at)


class Check:
    def __init__(self, data):
        self.source = Source(data)
        self.faults = []
        self.reads = {}

    def fault(self, code, error, node, text, fix, line=None, at=0, length=1):
        if node is not None:
            line = node.lineno
            at, length = self.source.span(node)
        self.faults.append({"code": code, "error": error, "at": at, "len": length, "line": line,
                            "text": text, "fix": fix})

    def error(self, code, node, text, fix):
        self.fault(code, True, node, text, fix)

    def warn(self, code, node, text, fix):
        self.fault(code, False, node, text, fix)

    def parse(self):
        try:
            return ast.parse(self.source.data, "grader.py")
        except SyntaxError as e:
            line = e.lineno or 1
            text = (e.text or "").encode("utf-8", "surrogatepass")
            col = len((e.text or "")[:max(0, (e.offset or 1) - 1)].encode("utf-8", "surrogatepass"))
            at = self.source.at(line, min(col, len(text)))
            self.fault("P001", True, None, e.msg, "", line, at, 1)
        except (ValueError, RecursionError, MemoryError) as e:
            self.fault("P001", True, None, f"{e}" or type(e).__name__, "", 1, 0, 1)
        return None

    def run(self):
        tree = self.parse()
        if tree is None:
            return
        tried = optional_imports(tree)
        for node in ast.walk(tree):
            self.imports(node, tried)
            self.calls(node)
        grade = find_grade(tree)
        if grade is None:
            if not any(binds_grade(node) for node in ast.walk(tree)):
                self.fault("P002", True, None, "the source defines no function 'grade'",
                           "write def grade(sample, item): ...; it returns the reward", 1, 0, 1)
            return
        self.signature(grade)
        self.body(tree, grade)

    def imports(self, node, tried):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." if node.level else node.module]
        for name in names:
            self.one_import(node, name.split(".")[0], node in tried)

    def one_import(self, node, name, tried):
        report = self.warn if tried else self.error
        if not name:
            report("P003", node, "the service knows no module beside the source",
                   "bring what is imported into the source")
        elif name == "sys":
            self.error("P003", node, "'import sys' fails the job",
                       "take it away, also from under an 'if' that is never true (PY-4)")
        elif name == "requests" and not has(name):
            report("P005", node, "'requests' is not installed here, so the grader cannot be tried",
                   "the service's sandbox has no network either: do without (GAP-38)")
        elif name in DOUBTFUL:
            self.warn("P004", node, f"'{name}' may be refused by the service",
                      "graders have no network there, nor here: bring what is needed in the row (PY-2)"
                      if name in NETWORK else
                      "which names it refuses is known of 'sys' alone; do without, to be sure (GAP-38)")
        elif name in SERVICE:
            if not has(name):
                package = SERVICE[name]
                report("P005", node, f"'{name}' is not installed here, so the grader cannot be tried",
                       f"apt-get install {package}" if package else
                       "Debian has no package of it; set RFTSIM_PYTHON to a Python that has it")
        elif name == "__future__" or name in sys.stdlib_module_names:
            pass
        else:
            report("P003", node, f"the service does not have '{name}'",
                   "it has Python's own modules, numpy, scipy, sympy, pandas, rapidfuzz, sklearn, "
                   "rouge_score, deepdiff, jsonschema, pydantic, yaml, nltk, sqlparse, rdkit, skbio and "
                   "ast_grep_py, and no others can be added (PY-3)")

    def calls(self, node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in DOUBTFUL_CALLS:
                self.warn("P004", node.func, f"'{node.func.id}()' may be refused by the service",
                          "do without, to be sure (GAP-38)")
            elif node.func.id == "__import__":
                name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
                self.one_import(node, str(name).split(".")[0] or "importlib", False)

    def signature(self, grade):
        args = grade.args
        names = [a.arg for a in args.posonlyargs + args.args]
        if isinstance(grade, ast.AsyncFunctionDef):
            self.error("P002", grade, "'grade' is async; the service calls it and wants a number",
                       "write def, not async def")
        if len(names) != 2 or args.vararg or args.kwarg or args.kwonlyargs:
            shown = ", ".join(names + (["*" + args.vararg.arg] if args.vararg else []) +
                              [a.arg for a in args.kwonlyargs] +
                              (["**" + args.kwarg.arg] if args.kwarg else []))
            self.error("P002", grade, f"grade({shown}) does not have exactly two parameters",
                       "write def grade(sample, item): (PY-1)")

    def body(self, tree, grade):
        names = [a.arg for a in grade.args.posonlyargs + grade.args.args]
        if len(names) != 2 or isinstance(grade, ast.AsyncFunctionDef):
            return
        sample, item = names
        if sample in ("item", "items", "row") or item == "sample":
            self.warn("P006", grade, f"grade({sample}, {item}): the sample comes first, then the item",
                      f"write grade({item}, {sample}), unless the names alone are the wrong way round")
        reads = {sample: [], item: []}
        for node in ast.walk(tree):
            name, field, place = read_of(node)
            if name in reads:
                reads[name].append((field, node, place))
        self.swapped(reads[sample], reads[item], sample, item)
        self.mistyped(reads[sample], sample)
        self.misread(grade, sample, item)
        self.item_reads(tree, reads[item], item, bool(reads[sample]))
        self.booleans(grade)

    def swapped(self, of_sample, of_item, sample, item):
        for field, node, _ in of_item:
            if field in OUTPUTS:
                self.warn("P006", node, f"{item}[{field!r}]: what the model answered is in the sample, "
                          "which comes first", f"read {field!r} from the first parameter, {sample}")
        for field, node, _ in of_sample:
            if not near_output(field) and not any(f in OF_SAMPLE for f, _, _ in of_sample):
                self.warn("P006", node, f"{sample}[{field!r}]: the first parameter is what the model "
                          "answered, and has no such key", f"the row's fields are in the second, {item}")

    def mistyped(self, of_sample, sample):
        for field, node, _ in of_sample:
            near = near_output(field)
            if near and field not in OF_SAMPLE:
                self.warn("P007", node, f"{sample}[{field!r}]: a sample has no such key",
                          f"did you mean {near!r}?")

    def misread(self, grade, *names):
        """Their keys as attributes, and JSON that is read twice."""
        made = {n.id for n in ast.walk(grade) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in ast.walk(grade):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and \
                    node.value.id in names and node.value.id not in made and not hasattr(dict, node.attr):
                self.warn("P007", node, f"{node.value.id} is a dict, and has no attribute {node.attr!r}",
                          f"write {node.value.id}[{node.attr!r}]")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and \
                    node.func.attr == "loads" and node.args and \
                    read_of(node.args[0])[:2] == (names[0], "output_json"):
                self.warn("P007", node, "output_json is no text: it is JSON that was read, or None",
                          f"take {names[0]}['output_json'] as it is, or read {names[0]}['output_text']")

    def item_reads(self, tree, reads, item, reads_sample):
        assistant = any(isinstance(n, ast.Constant) and n.value == "assistant" for n in ast.walk(tree))
        for field, node, place in reads:
            if field == "sample" or field.startswith("sample."):
                self.warn("P007", node, f"{item}[{field!r}] is how evaluations give the answer, not this",
                          "read sample['output_text'] (PY-9)")
            elif field == "messages":
                if assistant or not reads_sample or last_of(node, tree):
                    self.warn("P007", node, f"{item}['messages'] never holds the model's answer",
                              "the item is the row, and ends with the user's turn; the answer is "
                              "sample['output_text'] (EV-15)")
            elif field not in OUTPUTS:
                self.reads.setdefault(field, place)

    def booleans(self, grade):
        for node in ast.walk(grade):
            if isinstance(node, ast.Return) and node.value is not None and is_boolean(node.value):
                self.warn("P008", node, "a bool is returned, not a number",
                          "it counts 0 or 1 here; what the service does with it is not known: write "
                          "float(...) around it (GAP-40)")

    def told(self):
        reads = []
        for field, place in self.reads.items():
            if plain(field) != field:  # no row that rftsim can read has it
                continue
            at, length = self.source.span(place)
            reads.append({"field": field, "at": at, "len": length})
        for fault in self.faults:
            fault["text"] = plain(fault["text"])
        order = sorted(self.faults, key=lambda f: f["at"])
        return {"faults": order, "reads": reads}


def plain(text):
    """Text that every reader of JSON takes: without NUL and halves of pairs."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def near_output(field):
    """The key of a sample that it is, or is nearly; None for any other."""
    if field in OF_SAMPLE:
        return field
    near = difflib.get_close_matches(field, OUTPUTS, 1)
    return near[0] if near else None


def has(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def optional_imports(tree):
    """Imports that the source expects to fail."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers:
            for child in node.body:
                found.update(n for n in ast.walk(child) if isinstance(n, (ast.Import, ast.ImportFrom)))
    return found


def statements(body):
    """Of the module, not of functions and classes."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody", "handlers"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from statements(getattr(node, field, []))


def find_grade(tree):
    found = None
    for node in statements(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "grade":
            found = node
    return found


def binds_grade(node):
    """Made some other way: the worker will see what it is."""
    if isinstance(node, ast.Name):
        return node.id == "grade" and isinstance(node.ctx, ast.Store)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any((a.asname or a.name) == "grade" for a in node.names)
    return False


def read_of(node):
    """(name, field, node of the field) of NAME["field"] and NAME.get("field")."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and \
            isinstance(node.ctx, ast.Load):
        name, key = node.value.id, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args and \
            node.func.attr == "get" and isinstance(node.func.value, ast.Name):
        name, key = node.func.value.id, node.args[0]
    else:
        return None, "", None
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return name, key.value, key
    return None, "", None


def last_of(messages, tree):
    """Whether its last element is taken: messages[-1]."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and node.value is messages:
            index = node.slice
            return isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    return False


def is_boolean(node):
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    if isinstance(node, ast.BoolOp):
        return all(is_boolean(v) for v in node.values)
    if isinstance(node, ast.IfExp):
        return is_boolean(node.body) or is_boolean(node.orelse)
    return isinstance(node, ast.Compare) or \
        (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def main():
    check = Check(sys.stdin.buffer.read())
    check.run()
    sys.stdout.write(json.dumps(check.told()))


main()
