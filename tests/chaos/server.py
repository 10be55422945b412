#!/usr/bin/env python3
"""A tool endpoint that misbehaves on request, on real sockets.

    tests/chaos/server.py            serve until interrupted; prints the URLs
    tests/chaos/server.py --list     what it can do

http://127.0.0.1:PORT/NAME answers as the fault NAME of faults.py does; faults of the connection
itself (TLS, refused) have ports of their own. In a test:

    with Server(folder) as server:
        scene = Scene()                     # what is counted together
        url = server.open("", scene)        # or another mode of Listener
        ...                                 # scene.requests afterwards
        server.close(scene)

One asyncio loop in a thread of its own. What a fault does with a request goes through an Exchange.
"""
import argparse
import asyncio
import collections
import json
import logging
import os
import re
import signal
import socket
import ssl
import struct
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certificates  # noqa: E402
from faults import BY_NAME, FAULTS, TICK  # noqa: E402

TRACE = re.compile(rb'"trace_id":"(trace_[0-9a-f]{32})"')
CALL_ID = re.compile(rb'"call_id":"([^"]*)"')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
LINGER_NOT = struct.pack("ii", 1, 0)  # close() then resets


class Scene:
    """What belongs to one run of the program: counts, and what faults remember."""

    def __init__(self, choose=None):
        self.choose = choose or (lambda x: BY_NAME.get(x.path))  # which fault answers an exchange
        self.requests = collections.Counter()  # (path, trace_id): how many
        self.attempts = collections.Counter()  # call_id, or trace_id of a grade: how many
        self.told = {}                         # trace_id: arguments of the last call to /tell
        self.problems = []                     # what no endpoint should ever be sent
        self.aside_asked = asyncio.Event()
        self.aside_waits_for = None            # an event that /aside does not answer before
        self.listeners = []

    @property
    def server(self):  # as faults.py calls it
        return self


class Exchange:
    """One request, and the way to answer it."""

    def __init__(self, connection, path, body):
        self.connection = connection
        self.server = connection.scene
        self.path = path
        self.body = body
        trace, call_id = TRACE.search(body), CALL_ID.search(body)
        self.trace = trace.group(1).decode() if trace else ""
        self.is_grade = body.startswith(b'{"sample":')  # a grader's request, not a tool's
        self.call_id = call_id.group(1).decode() if call_id and not self.is_grade else self.trace
        self.attempt = 0  # of its call, from 1
        if not trace or not (call_id or self.is_grade):
            self.server.problems.append(f"a body without ids: {body[:200]!r}")

    @property
    def call(self):
        """The request's JSON. Of one that is not here whole, or that is somebody's who tries things
        out by hand, what an answer needs."""
        try:
            return {"id": "", "call_id": "", "item": {}, **json.loads(self.body)}
        except (ValueError, TypeError):
            n = re.search(rb'"n": ?(\d+)', self.body)
            return {"id": "", "call_id": self.call_id, "item": {"n": int(n.group(1))} if n else {}}

    def write(self, data):
        self.connection.transport.write(data)

    async def drained(self):
        """Until more can be written. Gives way also when that is at once: who writes without end
        must notice that the other side is gone."""
        await asyncio.sleep(0)
        await self.connection.may_write.wait()
        if self.connection.transport.is_closing():
            raise asyncio.CancelledError

    def finish(self, how):
        """The answer is out: "keep" the connection, "close" or "reset" it, or let it "hang"."""
        self.connection.finish(how)

    async def in_turn(self, data, how):
        """Let these bytes arrive before the connection ends, which may destroy them on their way."""
        self.write(data)
        await asyncio.sleep(TICK)
        self.finish(how)

    async def later(self, seconds, act):
        await asyncio.sleep(seconds)
        act(self)


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as rftsim sends it: POST with a Content-Length, one request at a time."""

    def __init__(self, listener):
        self.listener = listener
        self.scene = listener.scene
        self.transport = None
        self.buffer = bytearray()
        self.ended = None   # where the request that is being read ends, once its head is known
        self.busy = False   # a request is being answered
        self.answered_early = False
        self.task = None
        self.may_write = asyncio.Event()
        self.may_write.set()

    def connection_made(self, transport):
        self.transport = transport
        self.listener.open.add(self)

    def connection_lost(self, _):
        self.listener.open.discard(self)
        self.may_write.set()
        if self.task:
            self.task.cancel()

    def pause_writing(self):
        self.may_write.clear()

    def resume_writing(self):
        self.may_write.set()

    def data_received(self, data):
        self.buffer += data
        if not self.busy or self.answered_early:
            self.read()

    def read(self):
        """Take a request from what has come, if it is there as far as its fault wants it."""
        if self.ended is None and not self.read_head():
            return
        whole = len(self.buffer) >= self.ended
        fault = BY_NAME.get(self.path)
        if not self.busy and (whole or (fault and fault.early and TRACE.search(self.buffer))):
            self.answered_early = not whole
            self.busy = True
            self.answer(Exchange(self, self.path, bytes(self.buffer[self.body_at:self.ended])))
        if self.answered_early and whole:
            self.answered_early = False
            self.next()

    def read_head(self):
        if self.buffer[0] == 0x16:  # a TLS handshake on a plain port: as web servers answer that
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            self.finish("close")
            return False
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.buffer[:end + 2])
        line = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        length = LENGTH.search(head)
        if len(line) != 3 or not length:
            self.scene.problems.append(f"a head that is none: {head[:200]!r}")
            self.finish("close")
            return False
        self.path = line[1].lstrip("/")
        self.body_at = end + 4
        self.ended = self.body_at + int(length.group(1))
        return True

    def next(self):
        """Forget the request that was answered, and look for another one behind it."""
        del self.buffer[:self.ended]
        self.ended = None
        self.busy = False
        if self.buffer:
            self.read()

    def answer(self, x):
        scene = self.scene
        scene.requests[x.path, x.trace] += 1
        if x.path == "tell":
            scene.told[x.trace] = x.call.get("arguments")
        scene.attempts[x.call_id] += 1
        x.attempt = scene.attempts[x.call_id]
        fault = self.listener.fault or scene.choose(x)
        work = fault.act(x) if fault else self.plain(x)
        if asyncio.iscoroutine(work):
            self.task = asyncio.ensure_future(work)

    def plain(self, x):
        """The paths that are no faults: /warm, /tell, and /aside, which waits if it has been asked to."""
        if x.path == "aside" and self.scene.aside_waits_for:
            return self.aside(x)
        return BY_NAME["fine"].act(x)

    async def aside(self, x):
        event, self.scene.aside_waits_for = self.scene.aside_waits_for, None
        self.scene.aside_asked.set()
        await event.wait()
        BY_NAME["fine"].act(x)

    def finish(self, how):
        if how == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            self.transport.abort()
        elif how == "close":
            self.transport.close()
        elif how == "keep" and not self.answered_early:
            self.next()


class Silent(asyncio.Protocol):
    """Takes a connection and says nothing; with `closes`, ends it once the other side has spoken."""

    def __init__(self, listener, closes):
        self.listener = listener
        self.closes = closes
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport
        self.listener.open.add(self)

    def connection_lost(self, _):
        self.listener.open.discard(self)

    def data_received(self, _):
        if self.closes:
            self.transport.close()


class Listener:
    """A port. Its mode says what is behind it:

    ""                plain HTTP
    "tls_NAME"        TLS with the certificate of this name; with `good_first` the first connection
                      gets the good one, which lets a run start
    "tls_plain", "tls_closed", "tls_hang"    no TLS where it is expected, likewise
    "tls_on_http"     TLS where plain HTTP is expected
    "refused"         with `good_first` one connection, then nothing listens any more
    """

    def __init__(self, server, mode, scene, good_first):
        self.server = server
        self.mode = mode
        self.scene = scene
        self.good_first = good_first
        self.fault = BY_NAME["fine"] if mode else None
        self.n_connections = 0
        self.open = set()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        scheme = "https" if mode.startswith("tls_") and mode != "tls_on_http" else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.task = None
        if mode == "refused" and not good_first:
            self.socket.close()

    async def accept(self):
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self.socket)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = self.n_connections == 0
            self.n_connections += 1
            if self.mode == "refused":
                self.socket.close()
                connection.close()
                return
            protocol, context = self.behind(first and self.good_first)
            asyncio.ensure_future(self.serve(protocol, connection, context))

    def behind(self, is_good):
        """The protocol of a new connection, and the TLS context or None."""
        if not self.mode:
            return Connection(self), None
        if is_good or self.mode == "tls_on_http":
            return Connection(self), self.server.contexts["good"]
        if self.mode == "tls_plain":
            return Connection(self), None
        if self.mode in ("tls_closed", "tls_hang"):
            return Silent(self, self.mode == "tls_closed"), None
        return Connection(self), self.server.contexts[self.mode.removeprefix("tls_")]

    async def serve(self, protocol, connection, context):
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: protocol, connection, ssl=context)
        except (OSError, ssl.SSLError):
            connection.close()  # a handshake that was meant to fail

    def close(self):
        self.task.cancel()
        self.socket.close()
        for connection in list(self.open):
            connection.transport.abort()


class Server:
    def __init__(self, folder):
        self.authority = certificates.make(folder)  # for SSL_CERT_FILE
        self.contexts = {}
        for name in certificates.NAMES:
            self.contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.contexts[name].load_cert_chain(os.path.join(folder, name + ".pem"))
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self.complain)
        logging.getLogger("asyncio").disabled = True  # it remarks on peers that go away
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.mishaps = []  # of ours; a test with any has failed

    def complain(self, _, context):
        error = context.get("exception")
        if not isinstance(error, (OSError, ssl.SSLError)):  # peers that go away are our daily bread
            self.mishaps.append(f"{context.get('message')}: {error!r}")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def open(self, mode, scene, good_first=False):
        """Listen; returns the URL without a path."""
        async def start():
            listener = Listener(self, mode, scene, good_first)
            scene.listeners.append(listener)
            if listener.socket.fileno() >= 0:
                listener.task = asyncio.ensure_future(listener.accept())
            return listener.url
        return self.do(start())

    def close(self, scene):
        async def stop():
            for listener in scene.listeners:
                if listener.task:
                    listener.close()
        self.do(stop())


def main():
    parser = argparse.ArgumentParser(description="A tool endpoint that misbehaves on request.")
    parser.add_argument("--list", action="store_true", help="the faults, then stop")
    if parser.parse_args().list:
        for fault in FAULTS:
            print(f"{fault.name:20} {fault.kind:18} {fault.words}")
        return 0
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # for sigwait
    with tempfile.TemporaryDirectory(prefix="chaos.") as folder, Server(folder) as server:
        scene = Scene()
        print(f"{server.open('', scene)}/NAME   NAME as in --list", flush=True)
        for mode in dict.fromkeys(f.where for f in FAULTS if f.where and "://" not in f.where):
            print(f"{server.open(mode, scene)}/   {mode}", flush=True)
        print(f"SSL_CERT_FILE={server.authority}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        server.close(scene)
    return 0


if __name__ == "__main__":
    sys.exit(main())
