"""A tool endpoint that does what a script says, and keeps the bytes it was sent.

    with Endpoint(script) as e:
        ...                      # e.url; afterwards e.requests

A script is a list of answers, of which the last is repeated, or a function of a Request that
returns one. An answer is an Answer, or a text, which is then the output of a proper answer. The
function runs in its connection's thread and may wait, as long as it does not wait for ever:
Endpoint.wait_for, Request.hang.
"""
import json
import socket
import struct
import threading
import time

LONGEST_WAIT = 10  # seconds; nothing here waits longer


class Request:
    """One request as it came over the wire."""

    def __init__(self, endpoint, connection, line, headers, body):
        self.endpoint = endpoint
        self.connection = connection  # number of the connection, from 0
        self.line = line
        self.headers = headers  # [(name, value)], in order
        self.body = body
        self.number = None  # among all requests, from 0
        self.at = time.monotonic()

    @property
    def path(self):
        return self.line.split(" ")[1]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def item(self):
        return self.json["item"]

    @property
    def trace(self):
        return self.json["trace_id"]

    def all(self, name):
        """The values of every header of this name."""
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def hang(self):
        """Until the endpoint is closed."""
        self.endpoint.closing.wait(LONGEST_WAIT)


class Answer:
    def __init__(self, status=200, body=b"", headers=(), chunked=False, close=False):
        self.close = close
        body = body if isinstance(body, bytes) else body.encode()
        head = [f"HTTP/1.1 {status} Whatever", "Content-Type: application/json"]
        head += [f"{name}: {value}" for name, value in headers]
        if chunked:
            head.append("Transfer-Encoding: chunked")
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif status != 204:
            head.append(f"Content-Length: {len(body)}")
        self.bytes = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        self.reset = False

    @classmethod
    def raw(cls, data, reset=False):
        """These bytes and no more; then the connection is closed, with a reset if so wished."""
        answer = cls(close=True)
        answer.bytes = data
        answer.reset = reset
        return answer


def proper(request, output, **more):
    """The answer of the contract."""
    call = request.json
    return Answer(body=json.dumps({"type": "function_call_output", "call_id": call["call_id"],
                                   "id": call["id"], "output": output}), **more)


class Endpoint:
    def __init__(self, script):
        self.script = script
        self.requests = []
        self.problems = []  # what no endpoint should ever be sent
        self.closing = threading.Event()
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = self.origin + "/tool"
        self.open = set()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        with self.changed:
            self.changed.notify_all()
            left = list(self.open)
        for s in [self.listener] + left:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.listener.close()

    def wait_for(self, condition, seconds=LONGEST_WAIT):
        """Wait until condition() holds; whether it does. It is looked at as requests arrive."""
        with self.changed:
            return self.changed.wait_for(lambda: condition() or self.closing.is_set(), seconds) \
                and condition()

    def leave(self):
        """Listen no more. Connections that are open stay."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def told(self):
        """Something that a condition looks at has changed."""
        with self.changed:
            self.changed.notify_all()

    def accept(self):
        number = 0
        while not self.closing.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.open.add(connection)
            threading.Thread(target=self.serve, args=(connection, number), daemon=True).start()
            number += 1

    def serve(self, connection, number):
        stream = connection.makefile("rb")
        try:
            while not self.closing.is_set():
                request = self.read(stream, number)
                if not request:
                    break
                with self.changed:
                    request.number = len(self.requests)
                    self.requests.append(request)
                    self.changed.notify_all()
                answer = self.answer(request)
                connection.sendall(answer.bytes)
                if answer.close:
                    if answer.reset:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                              struct.pack("ii", 1, 0))
                    break
        except OSError:
            pass  # the other side went away; what it had sent is kept
        finally:
            with self.changed:
                self.open.discard(connection)
            stream.close()
            connection.close()

    def answer(self, request):
        if callable(self.script):
            answer = self.script(request)
        else:
            answer = self.script[min(request.number, len(self.script) - 1)]
        return proper(request, answer) if isinstance(answer, str) else answer

    def read(self, stream, number):
        line = stream.readline()
        if not line:
            return None
        lines = [line]
        while lines[-1] not in (b"\r\n", b""):
            lines.append(stream.readline())
        for raw in lines:
            if not raw.endswith(b"\r\n"):
                self.problems.append(f"a line of the head that does not end in CR LF: {raw!r}")
        headers = []
        for raw in lines[1:-1]:
            name, _, value = raw.decode("latin-1").rstrip("\r\n").partition(":")
            headers.append((name, value[1:] if value.startswith(" ") else value))
        lengths = [v for n, v in headers if n.lower() == "content-length"]
        if len(lengths) != 1:
            self.problems.append(f"Content-Length {lengths}")
        body = stream.read(int(lengths[0])) if lengths else b""
        if lengths and len(body) != int(lengths[0]):
            self.problems.append(f"{len(body)} bytes of a body of {lengths[0]}")
        return Request(self, number, line.decode("latin-1").rstrip("\r\n"), headers, body)
