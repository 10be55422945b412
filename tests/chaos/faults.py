"""Every way in which a tool endpoint misbehaves here, and what rftsim is to make of each.

A Fault is a row of FAULTS: a name (the path that brings it about), the kind of tools/kind.h that it
must be taken for, one line on what the endpoint does, and how it does it. Some are no faults: odd
but proper answers, which must come through. What follows from a kind (shown, tried again, lost) is
not said here: run.py takes it from `rftsim help faults --json`, so that there is one table.
"""
import asyncio
import dataclasses
import gzip
import json
import zlib
from typing import Any, Callable, Optional

MEGABYTE = 1048576
PIECE = 131072  # bytes to write at once of what has no end
TICK = 0.02  # seconds between two bytes of a drip

# What the model is shown when the service's own words are not known (GAP-17, GAP-18, GAP-20).
OVER = '{"error":{"code":413,"message":"the tool\'s answer is larger than 1048576 bytes"}}'
OVER_REQUEST = '{"error":{"code":413,"message":"the request to the tool is larger than 1048576 bytes"}}'


def echo(item):
    """The output of a proper answer: something of the row, so that no two rows have the same."""
    n = item.get("n")
    return f"echo {n} {zlib.crc32(str(n).encode()):08x}"


@dataclasses.dataclass
class Fault:
    name: str
    kind: str            # id in tools/kind.h
    words: str           # what the endpoint does
    act: Optional[Callable] = None  # given an Exchange; may return a coroutine; see server.py
    sees: Any = echo     # the text that the model is shown, or a function of the row
    warnings: tuple = ()  # ids of the oddities that are remarked on
    attempts: Optional[int] = None  # requests of one call; None: as the kind's fate says
    waits: bool = False  # until the other side gives up: wants a small tool_timeout_ms
    early: bool = False  # acts before the request is read whole
    pad: int = 0         # bytes to add to the row
    keys: dict = dataclasses.field(default_factory=dict)  # more of the job's simulation block
    # Where: "" is a path of the plain listener; else a Listener's mode (server.py) or, with a
    # scheme in it, an address that nobody serves.
    where: str = ""
    says: str = ""       # words of N001 if the very first connection is like this
    during: bool = True  # can also happen in the middle of a run
    tool: str = "look_up"  # what the policy calls
    mixed: bool = True   # mixed.py has it too


FAULTS = []


def add(name, kind, words, act=None, **more):
    FAULTS.append(Fault(name, kind, words, act, **more))


# --- How to answer --------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


SCORE = 0.5


def proper_body(x, output=None, **more):
    call = x.call
    if x.is_grade:
        return json.dumps({"score": SCORE, **more}).encode()
    return json.dumps({"type": "function_call_output", "call_id": call["call_id"],
                       "id": call["id"], "output": echo(call["item"]) if output is None else output,
                       **more}).encode()


def message(body, status=200, headers=()):
    """A whole answer with its Content-Length."""
    lines = [f"HTTP/1.1 {status} Whatever", "Content-Type: application/json", *headers]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def made(what, x):
    return what(x) if callable(what) else what


def answer(body=proper_body, status=200, headers=(), close=False):
    """A whole answer; `body` is bytes, a text or a function of the exchange."""
    if isinstance(body, str):
        body = body.encode()
    if close:
        headers = (*headers, "Connection: close")

    def act(x):
        x.write(message(made(body, x), status, headers))
        x.finish("close" if close else "keep")
    return act


def raw(data, then="close"):
    """These bytes and no others; then the connection is closed, reset, kept, or left to hang."""
    def act(x):
        x.write(made(data, x))
        x.finish(then)
    return act


def headed(*lines, body=proper_body, then="close"):
    """A proper answer but for these header lines, in the place of a Content-Length."""
    def data(x):
        return HEAD + b"".join(line.encode() + b"\r\n" for line in lines) + b"\r\n" + made(body, x)
    return raw(data, then)


def lengths(*values, then="close"):
    """A proper answer with these Content-Lengths; N stands for the right one."""
    def data(x):
        body = proper_body(x)
        lines = "".join(f"Content-Length: {v.replace('N', str(len(body)))}\r\n" for v in values)
        return HEAD + lines.encode() + b"\r\n" + body
    return raw(data, then)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked(body, then="close"):
    """`body` (a function of a proper one) under Transfer-Encoding: chunked."""
    return raw(lambda x: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body(proper_body(x)), then)


def half(data):
    return data[:len(data) // 2]


def hang(x):
    x.finish("hang")


def drip(start, more=b""):
    """`start` byte by byte, then `more` over and over for as long as anyone listens."""
    async def act(x):
        for i in range(len(made(start, x))):
            x.write(made(start, x)[i:i + 1])
            await asyncio.sleep(TICK)
        while more:
            x.write(more)
            await x.drained()
            await asyncio.sleep(TICK)
        x.finish("keep")
    return act


def endless(start, piece):
    """`start`, then `piece` over and over, as fast as they are read."""
    async def act(x):
        x.write(start)
        while True:
            x.write(piece)
            await x.drained()
    return act


async def byte_by_byte(x):
    """A proper answer in as many packets as it has bytes."""
    for byte in message(proper_body(x)):
        x.write(bytes((byte,)))
        await asyncio.sleep(0)
    x.finish("keep")


def encoded(encoding, pack):
    def act(x):
        x.write(message(pack(x), headers=(f"Content-Encoding: {encoding}",)))
        x.finish("keep")
    return act


# Made before anything runs: while it is being made nobody is answered.
BOMB = gzip.compress(b'{"output":"' + b"x" * (16 * MEGABYTE) + b'"}', 9)


POISON = message(b'{"output":"poison"}')


async def extra_later(x):
    """A proper answer, and a second one that nobody asked for once the client has turned to another
    connection: the next call goes to x.server.aside, which waits for us."""
    x.write(message(proper_body(x)))
    x.server.aside_waits_for = sent = asyncio.Event()
    await x.server.aside_asked.wait()
    x.server.aside_asked.clear()
    x.write(POISON)
    try:
        await asyncio.sleep(TICK)  # on loopback it has arrived when this is over
    finally:  # also when the client, which noticed, has gone
        sent.set()
    x.finish("keep")


def at_first(times, bad):
    """The first attempts of a call go wrong, the next one is answered."""
    def act(x):
        return bad(x) if x.attempt <= times else answer()(x)
    return act


def output(json_text):
    """A proper answer whose output is this JSON."""
    return answer(lambda x: proper_body(x)[:-1] + b',"output":' + json_text.encode() + b"}")


def only_output(x):
    return json.dumps({"output": echo(x.call["item"])}).encode()


def sized(n_bytes):
    """An answer of this many bytes."""
    frame = len('{"output":""}')
    return b'{"output":"' + b"x" * (n_bytes - frame) + b'"}'


# --- The table ------------------------------------------------------------------------------------

# Odd, but proper.
add("fine", "ok", "a proper answer", answer(), mixed=False)
add("close_each", "ok", "a proper answer, with Connection: close", answer(close=True))
add("close_silently", "ok", "a proper answer, after which the connection is closed unannounced",
    raw(lambda x: message(proper_body(x))))
add("http_1_0", "ok", "a proper answer as HTTP/1.0, ended by closing",
    raw(lambda x: b"HTTP/1.0 200 OK\r\n\r\n" + proper_body(x)))
add("no_length", "ok", "a proper answer without a length, ended by closing", headed())
add("byte_by_byte", "ok", "a proper answer, each byte in a packet of its own", byte_by_byte, mixed=False)
add("slow", "ok", "a proper answer after a tenth of a second",
    lambda x: x.later(0.1, answer()))
add("lf_only", "ok", "a proper answer whose lines end in LF alone",
    raw(lambda x: message(proper_body(x)).replace(b"\r\n", b"\n"), "keep"))
add("chunks", "ok", "a proper answer in chunks, with an extension and a trailer",
    chunked(lambda b: b"5;x=y\r\n" + b[:5] + b"\r\n" + chunk(b[5:]) + b"0\r\nX-T: 1\r\n\r\n", "keep"))
add("continue", "ok", "one 100 Continue, then a proper answer",
    raw(lambda x: b"HTTP/1.1 100 Continue\r\n\r\n" + message(proper_body(x)), "keep"))
add("early_hints", "ok", "two 103 Early Hints, then a proper answer",
    raw(lambda x: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2 + message(proper_body(x)), "keep"))
add("two_equal_lengths", "ok", "a proper answer with its Content-Length twice", lengths("N", "N", then="keep"))
add("extra_bytes", "ok", "a proper answer, and in the same packet another one that nobody asked for",
    raw(lambda x: message(proper_body(x)) + POISON, "keep"))
add("extra_bytes_later", "ok", "a proper answer, and later another one that nobody asked for", extra_later,
    mixed=False)
add("gzip", "ok", "a proper answer, compressed with gzip though nobody asked for it",
    encoded("gzip", lambda x: gzip.compress(proper_body(x))))
add("deflate", "ok", "a proper answer, compressed with deflate though nobody asked for it",
    encoded("deflate", lambda x: zlib.compress(proper_body(x))))
add("early_answer", "ok", "a proper answer before the request is read whole", answer(),
    early=True, pad=700000, mixed=False)
add("call_id_of_another", "ok", "the call_id of another call",
    answer(lambda x: proper_body(x, call_id="call_0")), warnings=("call_id",))
add("no_call_id", "ok", "no call_id", answer(only_output), warnings=("call_id",))
add("output_object", "ok", "an output that is an object", output('{ "a" : [1, 2.50] }'),
    sees='{"a":[1,2.50]}', warnings=("not_string",))
add("output_number", "ok", "an output that is a number", output("17"), sees="17", warnings=("not_string",))
add("output_null", "ok", "an output that is null", output("null"), sees="null", warnings=("not_string",))
add("output_list", "ok", "an output that is a list of lists", output("[[[ ]], 1]"), sees="[[[]],1]",
    warnings=("not_string",))
add("output_twice", "ok", "the key output twice", answer(lambda x: proper_body(x)[:-1] + b',"output":"second"}'),
    sees="second")
add("output_empty", "ok", "an empty output", output('""'), sees="")
add("exactly_1_mib", "ok", "an answer of exactly 1,048,576 bytes", answer(sized(MEGABYTE)), sees=None,
    warnings=("call_id", "size"))
add("created", "ok", "a proper answer with status 201", answer(status=201))
add("once_503", "ok", "503 to the first attempt, then a proper answer", at_first(1, answer("{}", 503)),
    attempts=2)
add("twice_reset", "ok", "a reset for two attempts, then a proper answer",
    at_first(2, raw(b"", "reset")), attempts=3)
add("once_hanging", "ok", "no answer to the first attempt, then a proper one", at_first(1, hang),
    attempts=2, waits=True)
add("tls_good", "ok", "a proper answer over TLS, the authority named in SSL_CERT_FILE", answer(),
    where="tls_good", mixed=False)

# 4xx: shown.
add("400", "http_4xx", "400 with an error", answer('{"error":"no \\u00fc"}', 400), sees='{"error":"no \\u00fc"}')
add("400_output", "http_4xx", "400 with an output", answer('{"error":"x","output":"look again"}', 400),
    sees="look again")
add("401", "http_4xx", "401 with an error", answer('{"error":{"code":"key"}}', 401, ("WWW-Authenticate: Basic",)),
    sees='{"error":{"code":"key"}}')
add("404", "http_4xx", "404 with an error", answer('{"error":"no such thing"}', 404),
    sees='{"error":"no such thing"}')
add("404_html", "http_4xx", "404 with an HTML page", answer("<html>\n<h1>Not Found</h1>\n</html>", 404),
    sees="<html>\n<h1>Not Found</h1>\n</html>")
add("404_bytes", "http_4xx", "404 with bytes that are no UTF-8", answer(b"a\xffb", 404), sees="a\ufffdb")
add("405_empty", "http_4xx", "405 with an empty body", answer(b"", 405), sees='{"error":{"status":405}}')
add("408", "http_4xx", "408, closing", answer('{"error":"late"}', 408, close=True), sees='{"error":"late"}')
add("413", "http_4xx", "413 of the endpoint's own", answer('{"error":"too long"}', 413), sees='{"error":"too long"}')
add("413_early", "http_4xx", "413 before the request is read whole",
    answer('{"error":"too long"}', 413), sees='{"error":"too long"}', early=True, pad=700000, mixed=False)
add("418", "http_4xx", "418 with a text", answer("teapot", 418), sees="teapot")
add("429", "http_429", "429 with Retry-After: 60", answer('{"error":"slow down"}', 429, ("Retry-After: 60",)),
    sees='{"error":"slow down"}')

# Redirects: shown, never followed.
for status in (301, 302, 303, 307, 308):
    add(f"redirect_{status}", "redirect", f"{status} to another path",
        answer('{"moved":true}', status, ("Location: /fine",)), sees='{"moved":true}')
add("redirect_empty", "redirect", "301 with an empty body", answer(b"", 301, ("Location: /fine",)),
    sees='{"error":{"status":301}}')
add("redirect_loop", "redirect", "302 to itself", answer("{}", 302, ("Location: /redirect_loop",)), sees="{}")
add("redirect_file", "redirect", "302 to file:///etc/passwd",
    answer("{}", 302, ("Location: file:///etc/passwd",)), sees="{}")
add("redirect_metadata", "redirect", "307 to http://169.254.169.254/",
    answer("{}", 307, ("Location: http://169.254.169.254/latest/",)), sees="{}")
add("304", "redirect", "304 Not Modified", answer(b"", 304), sees='{"error":{"status":304}}')

# Too much of it: shown as 413.
add("over_1_mib", "answer_too_large", "an answer of 1,048,577 bytes", answer(sized(MEGABYTE + 1)), sees=OVER)
add("endless_chunks", "answer_too_large", "chunks without end",
    endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk(b"x" * PIECE)), sees=OVER)
add("endless_body", "answer_too_large", "a body without a length and without end",
    endless(HEAD + b"\r\n", b"x" * PIECE), sees=OVER)
add("endless_404", "answer_too_large", "404 with a body without end",
    endless(b"HTTP/1.1 404 Not Found\r\n\r\n", b"x" * PIECE), sees=OVER)
add("gzip_bomb", "answer_too_large", "16 MiB in 16 KiB of gzip", encoded("gzip", lambda x: BOMB), sees=OVER)

# 5xx, and what is no status at all.
add("500", "http_5xx", "500 with an error", answer('{"error":"x"}', 500))
add("500_output", "http_5xx", "500 with an output, which is not looked at", answer('{"output":"no"}', 500))
add("500_endless", "http_5xx", "500 with a body without end",
    endless(b"HTTP/1.1 500 Oh\r\n\r\n", b"x" * PIECE))
add("501_empty", "http_5xx", "501 with an empty body", answer(b"", 501))
add("502_html", "http_5xx", "502 with a proxy's HTML page", answer("<html>Bad Gateway</html>", 502, close=True))
add("503", "http_5xx", "503 with Retry-After: 60", answer("{}", 503, ("Retry-After: 60",)))
add("599", "http_5xx", "599", answer("{}", 599))
add("600", "http_5xx", "status 600, which RFC 9110 has taken as 5xx", answer('{"output":"no"}', 600))
add("999", "http_5xx", "status 999, likewise", answer('{"output":"no"}', 999))

# 2xx that says nothing of use.
add("200_empty", "no_body", "200 with an empty body", answer(b""))
add("204", "no_body", "204", answer(b"", 204))
add("205", "no_body", "205 with an empty body", answer(b"", 205))
add("html", "malformed", "200 with an HTML page", answer("<!doctype html><title>Sign in</title>"))
add("json_cut", "malformed", "200 with the first half of a JSON text", answer(lambda x: half(proper_body(x))))
add("json_and_more", "malformed", "200 with two JSON texts", answer(lambda x: proper_body(x) * 2))
add("not_utf8", "malformed", "200 with a byte that is no UTF-8", answer(b'{"output":"a\xff"}'))
add("nul", "malformed", "200 with a NUL byte in a string", answer(b'{"output":"a\0b"}'))
add("bom", "malformed", "200 with a byte order mark", answer(b"\xef\xbb\xbf" + b'{"output":"x"}'))
add("lone_surrogate", "malformed", "200 with half of a surrogate pair in the output",
    answer(r'{"output":"\ud800"}'))
add("nested", "malformed", "200 with 100,000 lists in one another",
    answer(b'{"output":' + b"[" * 100000 + b"]" * 100000 + b"}"))
add("json_list", "not_object", "200 with a list", answer('[{"output":"x"}]'))
add("json_string", "not_object", "200 with a string", answer('"x"'))
add("json_number", "not_object", "200 with a number", answer("17"))
add("json_null", "not_object", "200 with null", answer("null"))
add("no_output", "no_output", "200 with an object that has no output", answer('{"result":"x"}'))
add("200_error", "no_output", "200 with an error", answer('{"error":{"message":"x"}}'))

# Connections that do not hold.
add("refused", "refused", "nothing listens on the port", where="refused", says="nothing listens there", mixed=False)
add("hang", "timeout", "takes the request and never answers", hang, waits=True)
add("drip_head", "timeout", "a head that comes byte by byte and never ends",
    drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"), waits=True)
add("drip_body", "timeout", "a body that comes byte by byte and never ends",
    drip(HEAD + b"Content-Length: 100000\r\n\r\n", b"x"), waits=True)
add("half_body_hang", "timeout", "half a body, and then nothing",
    raw(lambda x: HEAD + b"Content-Length: 99999\r\n\r\n" + proper_body(x), "hang"), waits=True)
add("chunk_hang", "timeout", "chunks, and never the last one",
    chunked(chunk, "hang"), waits=True)
add("continue_hang", "timeout", "100 Continue, and then nothing",
    raw(b"HTTP/1.1 100 Continue\r\n\r\n", "hang"), waits=True)
add("empty_reply", "empty", "closes the connection without an answer", raw(b""))
add("close_after_100", "empty", "100 Continue, and then closes", raw(b"HTTP/1.1 100 Continue\r\n\r\n"))
add("reset", "empty", "resets the connection before the answer", raw(b"", "reset"))
add("close_in_head", "cut", "closes the connection inside the head", raw(b"HTTP/1.1 200 OK\r\nContent-Ty"))
add("reset_in_head", "cut", "resets the connection inside the head",
    lambda x: x.in_turn(b"HTTP/1.1 200 OK\r\nContent-Ty", "reset"))
add("reset_in_body", "cut", "resets the connection inside the body",
    lambda x: x.in_turn(HEAD + b'Content-Length: 100\r\n\r\n{"output":', "reset"))
add("body_cut", "cut", "closes before as many bytes came as Content-Length says",
    raw(HEAD + b'Content-Length: 100\r\n\r\n{"output":"x"}'))
add("chunk_cut", "cut", "closes inside a chunk", chunked(lambda b: chunk(b)[:-8]))
add("chunk_without_end", "cut", "closes before the last chunk", chunked(chunk))
add("gzip_body_cut", "cut", "closes inside a compressed body",
    raw(lambda x: HEAD + b"Content-Encoding: gzip\r\nContent-Length: 500\r\n\r\n" + gzip.compress(proper_body(x))))

# What is not HTTP.
add("garbage", "not_http", "binary garbage in the place of HTTP", raw(b"\x00\xff\x7f\x80" * 64))
add("ssh", "not_http", "the greeting of another protocol", raw(b"SSH-2.0-OpenSSH_9.2\r\n"))
add("http_0_9", "not_http", "a body without a head", raw(proper_body))
add("tls_alert", "not_http", "a TLS alert, as a TLS port answers plain HTTP", raw(b"\x15\x03\x01\x00\x02\x02\x46"))
add("http_9", "not_http", "HTTP of a version that there is not", raw(b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"))
add("status_word", "not_http", "a status that is a word", raw(b"HTTP/1.1 fine OK\r\nContent-Length: 0\r\n\r\n"))
add("status_000", "not_http", "status 000", raw(b"HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n"))
add("status_short", "not_http", "a status of two digits", raw(b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"))

# Heads that are wrong.
add("endless_headers", "head_too_large", "headers without end",
    endless(HEAD, (b"X-More: " + b"x" * 1000 + b"\r\n") * 16))
add("long_header", "head_too_large", "one header of 200,000 bytes",
    headed("X-Long: " + "x" * 200000, "Content-Length: 2", body=b"{}", then="keep"))
add("endless_1xx", "head_too_large", "102 Processing, over and over",
    endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 400))
add("length_negative", "bad_length", "Content-Length: -1", lengths("-1"))
add("length_word", "bad_length", "Content-Length: many", lengths("many"))
add("length_empty", "bad_length", "a Content-Length that is empty", lengths(""))
add("length_hex", "bad_length", "Content-Length: 0x40", lengths("0x40"))
add("length_list", "bad_length", "Content-Length: 5, 7", lengths("5, 7"))
add("two_lengths", "two_lengths", "two Content-Lengths that differ", lengths("N", "5"))
add("two_lengths_long", "two_lengths", "two Content-Lengths, of which the second is too long",
    lengths("N", "99999", then="hang"), waits=True)

# Chunks and compression that cannot be read.
add("chunk_size_word", "bad_chunk", "a chunk size that is a word", chunked(lambda b: b"zz\r\n" + b))
add("chunk_size_negative", "bad_chunk", "a chunk size below zero", chunked(lambda b: b"-5\r\n" + b))
add("chunk_size_huge", "bad_chunk", "a chunk size of 20 digits", chunked(lambda b: b"f" * 20 + b"\r\n" + b))
add("chunk_overrun", "bad_chunk", "a chunk that is longer than its size",
    chunked(lambda b: b"5\r\n" + b + b"\r\n0\r\n\r\n"))
add("gzip_bad", "bad_encoding", "Content-Encoding: gzip with a body that is none",
    encoded("gzip", proper_body))
add("gzip_flipped", "bad_encoding", "gzip whose checksum is wrong",
    encoded("gzip", lambda x: gzip.compress(proper_body(x))[:-8] + b"\0" * 8))
add("gzip_cut", "malformed", "half of a gzip stream, as a whole body: half of an answer",
    encoded("gzip", lambda x: half(gzip.compress(proper_body(x)))))
add("encoding_unknown", "bad_encoding", "an encoding that there is not", encoded("frob", proper_body))

# TLS, each at the first connection (the run does not start) and in the middle of a run.
add("tls_self_signed", "tls_untrusted", "a certificate that it signed itself", answer(), where="tls_self_signed",
    says="the certificate is not signed by a trusted authority", mixed=False)
add("tls_expired", "tls_expired", "a certificate that has expired", answer(), where="tls_expired",
    says="the certificate has expired or is not valid yet", mixed=False)
add("tls_not_yet", "tls_expired", "a certificate that is not valid yet", answer(), where="tls_not_yet",
    says="the certificate has expired or is not valid yet", mixed=False)
add("tls_wrong_host", "tls_wrong_host", "a certificate for another host", answer(), where="tls_wrong_host",
    says="the certificate is for another host", mixed=False)
add("tls_plain", "tls", "plain HTTP on a port that is called with https", where="tls_plain",
    says="the TLS handshake failed", mixed=False)
add("tls_closed", "tls", "closes inside the TLS handshake", where="tls_closed", says="the TLS handshake failed",
    mixed=False)
add("tls_hang", "connect", "takes the connection and never shakes hands", where="tls_hang",
    says="no connection could be made", waits=True, mixed=False)
add("tls_on_http", "empty", "TLS on a port that is called with http", answer(), where="tls_on_http", mixed=False)

# Addresses that are not to be called, or cannot be.
for name, host in (("", "169.254.17.34"), ("_ipv6", "[fe80::1]"), ("_mapped", "[::ffff:169.254.17.34]")):
    add("link_local" + name, "link_local", f"the address {host}", where=f"http://{host}:9/",
        says="the address is link-local, which is never called", during=False, mixed=False)
add("no_route", "connect", "an address that no connection can be made to", where="http://255.255.255.255:9/",
    says="no connection could be made", during=False, mixed=False)
add("no_such_host", "dns", "a host name that cannot exist", where="http://" + "x" * 64 + ".invalid/",
    says="the host name does not resolve", during=False, mixed=False)

# Calls that take too long in all, though no attempt of theirs does.
add("call_deadline", "call_deadline", "503 for longer than call_timeout_ms", answer("{}", 503),
    keys={"call_timeout_ms": 300, "tool_attempts": 10, "tool_backoff_ms": 100}, mixed=False)
add("rollout_deadline", "rollout_deadline", "503 for longer than rollout_timeout_ms", answer("{}", 503),
    keys={"rollout_timeout_ms": 300, "tool_attempts": 10, "tool_backoff_ms": 100}, mixed=False)

# Calls that are never sent.
add("row_over_1_mib", "request_too_large", "a row so long that the request would be over 1,048,576 bytes",
    answer(), sees=OVER_REQUEST, attempts=0, pad=MEGABYTE, mixed=False)
add("unknown_tool", "unknown_tool", "a call to a tool that the job does not have", tool="nosuch",
    sees="unknown tool: nosuch", attempts=0, mixed=False)

BY_NAME = {f.name: f for f in FAULTS}

# Kinds that no fault here can bring about, and why.
UNTRIED = {
    "no_namespace": "the model's mistake, not the endpoint's; the scripted policy does not make it",
    "bad_batch": "the model's mistake, not the endpoint's; the scripted policy does not make it",
    "failed": "what libcurl reports and no other row stands for; nothing known leads to it",
}
