"""One warm worker of a python grader: runs the user's source once, then grades line by line.

In, from standard input: a line of JSON with the settings ("source", "cpu", ...), then a line
[item, sample] a grade, or [item, sample, 1] for one that is to be told. Out, to standard output: "S"
before the source is run, "R" after it, then a line a grade: a number alone, or a JSON object.

The user's code gets neither of the two pipes: they are moved aside, and what it prints is kept, up
to a bound. What it writes to descriptors 1 and 2 goes to standard error, which rftsim reads and
counts. An answer is written as soon as it is there, so that rftsim knows which grade is under way.
"""
import builtins
import gc
import io
import json
import linecache
import os
import resource
import sys
import traceback
import types

KEPT = 64 << 10     # characters of what a grade prints
FLOOD = 16 << 20    # then it is no grade any more
TEXT = 16 << 10     # of a traceback
VALUE = 2000        # of the repr of a value
EXACT = 1 << 53     # integers that are floats
NAME = "grader.py"


class Flood(BaseException):
    """Not for the user's `except Exception`."""


class Printed(io.TextIOBase):
    """What a grade prints: the first of it, and how much there was."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.parts = []
        self.kept = 0
        self.size = 0

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        n = len(text)
        if self.kept < KEPT:
            self.parts.append(text[:KEPT - self.kept])
            self.kept += len(self.parts[-1])
        self.size += n
        if self.size > FLOOD:
            raise Flood(f"the grader printed more than {FLOOD >> 20} MB in one grade")
        return n

    def text(self):
        return "".join(self.parts)


def confine(settings):
    """Limits that bind whoever runs it; a sandbox around it is rftsim's to make."""
    inside = settings["inside"]
    try:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[settings["cpu"] % len(cores)]})
    except OSError:
        pass
    if not inside:
        if os.getuid() == 0:  # limits do not bind root
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        os.chdir("/")
        die_with_parent()
    for what, limit in ((resource.RLIMIT_AS, settings["memory"]), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_NOFILE, 256), (resource.RLIMIT_NPROC, 64 if inside else 0),
                        (resource.RLIMIT_FSIZE, settings["disk"] if inside else 0)):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(what, (limit, limit))


def die_with_parent():
    """bubblewrap does that itself."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, OSError, AttributeError):
        pass


def wall(settings):
    """The second wall, and the only one without bubblewrap: refuse what the service's sandbox does not
    have, in words that say so. It keeps mistakes in, not an attacker. It cannot be taken down."""
    inside = settings["inside"]
    abspath, fsdecode = os.path.abspath, os.fsdecode
    me = os.getpid()
    readable = {os.path.join(p, "") for p in sys.path if p}
    readable |= {os.path.join(base, "lib", "") for base in (sys.prefix, sys.base_prefix)}
    readable |= {"/usr/lib/", "/usr/local/lib/", "/usr/share/", "/usr/local/share/"}
    scratch = ("/tmp/",) if inside else ()
    readable = tuple(sorted(readable)) + scratch
    exact = {"/dev/null", "/dev/urandom", "/dev/random"}
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def refuse(what):
        raise PermissionError(f"the grader's sandbox {what}")

    def check_path(path, roots, verb):
        if isinstance(path, int):
            return
        full = abspath("." if path is None else fsdecode(path))
        if not (full + "/").startswith(roots) and full not in exact:
            refuse(f"lets no file be {verb}: {full!r}")

    def on_open(args):
        path, mode, flags = args
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & writes:
            check_path(path, scratch, "written" if inside else "written without bubblewrap")
        else:
            check_path(path, readable, "read but Python's own")

    def on_list(args):
        check_path(args[0], readable, "listed but Python's own")

    def on_change(args):
        for path in args:
            if isinstance(path, (str, bytes, os.PathLike)):
                check_path(path, scratch, "changed")

    def on_database(args):
        if args[0] not in (":memory:", b":memory:", ""):
            check_path(args[0], scratch, "written")

    def on_kill(args):
        if args[0] != me:
            refuse("has no other processes to send signals to")

    def on_library(args):
        if args[0] is not None and not str(args[0]).startswith(readable):
            refuse(f"loads no library by hand: {args[0]!r}")

    def on_symbol(args):
        if args[1] in calls_out:
            refuse(f"lets no system call be made by hand: {args[1]!r}")

    def no(what):
        def check(args):
            refuse(what)
        return check

    calls_out = {"fork", "vfork", "clone", "syscall", "system", "popen", "execv", "execve", "socket",
                 "connect", "open", "openat", "posix_spawn", "prctl", "kill", "unshare", "mount"}
    no_process, no_network = no("starts no other process"), no("has no network")
    checks = {"open": on_open, "os.listdir": on_list, "os.scandir": on_list, "os.kill": on_kill,
              "os.killpg": no("has no other processes to send signals to"),
              "ctypes.dlopen": on_library, "ctypes.dlsym": on_symbol, "sqlite3.connect": on_database,
              "resource.setrlimit": no("has fixed limits"), "resource.prlimit": no("has fixed limits")}
    for name in ("os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.spawn", "os.system",
                 "os.startfile", "subprocess.Popen", "pty.spawn"):
        checks[name] = no_process
    for name in ("__new__", "connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname",
                 "gethostbyaddr", "getnameinfo"):
        checks["socket." + name] = no_network
    for name in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod",
                 "os.chown", "os.truncate", "os.utime", "os.setxattr", "os.removexattr",
                 "shutil.rmtree", "shutil.move", "shutil.copyfile"):
        checks[name] = on_change
    find = checks.get

    def hook(event, args):
        check = find(event)
        if check is not None:
            check(args)

    try:
        import _posixsubprocess  # not audited below subprocess.Popen

        def fork_exec(*args):
            refuse("starts no other process")
        _posixsubprocess.fork_exec = fork_exec
    except ImportError:
        pass
    sys.addaudithook(hook)


def story(error):
    """A traceback of the user's own frames, and the line that says what it was."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == NAME]
    lines = traceback.StackSummary.from_list(frames).format() if frames else []
    lines += traceback.format_exception_only(type(error), error)
    if frames:
        lines.insert(0, "Traceback (most recent call last):\n")
    text = "".join(lines).rstrip("\n")
    return text if len(text) <= TEXT else text[:TEXT // 2] + "\n[...]\n" + text[-TEXT // 2:]


def words(error):
    """The error in a line: "ZeroDivisionError: division by zero (line 3)"."""
    text = traceback.format_exception_only(type(error), error)[-1].strip()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == NAME]
    where = f" (line {frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError) and error.filename == NAME:
        where = f" (line {error.lineno})"
    if isinstance(error, Flood):
        return str(error) + where
    if isinstance(error, SystemExit):
        return f"it asked Python to exit: SystemExit({shown(error.code)[:600]}){where}"
    if isinstance(error, MemoryError):
        return f"MemoryError: it wanted more than the 2 GB that the service gives{where}"
    return " ".join(text[:600].split()) + where


def fault(error):
    try:
        return {"error": words(error), "traceback": story(error)}
    except BaseException as second:  # the user's own __str__, say
        return {"error": f"{type(error).__name__[:100]}, which fails to describe itself: "
                         f"{type(second).__name__[:100]}", "traceback": ""}


def caught(error):
    out = fault(error)
    if isinstance(error, MemoryError):
        out["memory"] = True
        error.__traceback__ = None  # and with it what the frames hold
        gc.collect()
    return out


def plain(text):
    """Text that every reader of JSON takes: without NUL and halves of pairs."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def shown(value):
    try:
        text = repr(value)
    except BaseException as e:
        text = f"<{type(value).__name__}, whose repr() raises {type(e).__name__}>"
    return text if len(text) <= VALUE else text[:VALUE] + "..."


def measured(value):
    """The reward that a returned value is (GAP-40): {"reward": ...} or {"error": ...}."""
    kind = type(value)
    boolean = kind is bool
    number = value
    if str(kind.__module__).partition(".")[0] == "numpy" and getattr(value, "shape", None) == ():
        number = value.item()
        boolean = type(number) is bool
    if not isinstance(number, (int, float)):
        what = "None" if number is None else f"{shown(value)[:100]}, a {kind.__name__[:100]}"
        hint = ""
        if number is None:
            hint = ": a path through it ends without a return"
        elif isinstance(number, dict):
            hint = ": the number alone has to be returned"
        return {"error": f"grade() returned {what}, not a number{hint}"}
    try:
        reward = float(number)
    except OverflowError:
        return {"error": "grade() returned an integer that no float can hold"}
    if reward - reward != 0:
        return {"error": f"grade() returned {reward!r}, which is not finite"}
    return {"reward": reward, "bool": True} if boolean else {"reward": reward}


def load(settings):
    """The user's module; raises what its source raises."""
    source = settings["source"]
    linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
    module = types.ModuleType("grader")
    sys.modules["grader"] = module
    exec(compile(source, NAME, "exec", dont_inherit=True), module.__dict__)
    grade = module.__dict__.get("grade")
    if not callable(grade):
        raise NameError("the source defines no function grade(sample, item)")
    return grade


def main():
    receive, send = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    read, write, die = os.read, os.write, os._exit
    scan = json.JSONDecoder().scan_once
    to_json = json.JSONEncoder(ensure_ascii=True).encode
    def encode(out):
        return to_json({k: plain(v) if isinstance(v, str) else v for k, v in out.items()})

    sys.path[:] = [p for p in sys.path if p]
    os.environ.clear()

    rest = b""
    while b"\n" not in rest:
        chunk = read(receive, 65536)
        if not chunk:
            die(0)
        rest += chunk
    line, _, rest = rest.partition(b"\n")
    settings = scan(line.decode(), 0)[0]
    confine(settings)
    write(send, b"S\n")

    printed = Printed()
    sys.stdout = sys.stderr = printed
    sys.stdin = io.StringIO("")
    wall(settings)
    try:
        grade = load(settings)
    except BaseException as e:
        write_all(write, send, encode(fault(e)))
        die(0)
    printed.reset()
    write(send, b"R\n")

    def told(message):
        try:
            value = grade(message[1], message[0])
            return {**measured(value), "value": shown(value)}
        except BaseException as e:
            return caught(e)

    def rich(out, full):
        if printed.size > FLOOD:  # and the user's code went on as if nothing had been
            out = {"error": f"the grader printed more than {FLOOD >> 20} MB in one grade"}
        if printed.size and (full or "error" in out):
            out["printed"] = printed.text()
            out["cut"] = printed.size - printed.kept
        printed.reset()
        write_all(write, send, encode(out))

    while True:
        try:
            lines = rest.split(b"\n")
            for line in lines[:-1]:
                try:
                    message = scan(line.decode(), 0)[0]
                except (ValueError, RecursionError, MemoryError, StopIteration) as e:
                    rich({"unread": f"{type(e).__name__}: {e}"}, False)
                    continue
                if len(message) > 2:
                    rich(told(message), True)
                    continue
                out = None
                try:
                    value = grade(message[1], message[0])
                    if type(value) is int and -EXACT <= value <= EXACT:
                        value = float(value)
                    if type(value) is not float or value - value != 0.0:
                        out = measured(value)
                except BaseException as e:
                    out = caught(e)
                if out is None and not printed.size:
                    write(send, b"%r\n" % value)
                else:
                    rich(out or {"reward": value}, False)
            chunk = read(receive, 65536)
            if not chunk:
                die(0)
            rest = lines[-1] + chunk
        except OSError:
            die(3)  # its pipes were closed under it


def write_all(write, fd, text):
    rest = text.encode() + b"\n"
    while rest:
        rest = rest[write(fd, rest):]


main()
