#!/usr/bin/env python3
"""Whether simulation.max_qps holds: requests as they arrive at the endpoint, over ten seconds.

    tests/bench/rate.py PROGRAM

The endpoint notes when each request arrived. Of one training step at 50 and one at 5,000 requests a
second, on two threads, the ten seconds after the first second are counted: within 1 % of the rate.
Also printed: the busiest tenth of a second, and what the program says of it itself.
"""
import argparse
import asyncio
import bisect
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import lab

SECONDS = 10
TOLERANCE = 0.01
RATES = (50, 5000)
ANSWER = json.dumps({"output": lab.OUTPUT}).encode()
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


class Arrival(asyncio.Protocol):
    """One connection: requests one after another, each with a Content-Length."""
    times = []

    def __init__(self):
        self.have = bytearray()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.have += data
        head, found, body = self.have.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        Arrival.times.append(time.monotonic())
        self.have.clear()
        self.transport.write(RESPONSE)


def serve():
    """Starts the endpoint on a thread of its own; returns its URL."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(Arrival, "127.0.0.1", 0, backlog=1024))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return "http://127.0.0.1:%d/tool" % server.sockets[0].getsockname()[1]


def held(program, url, per_second, folder):
    Arrival.times = []
    n = per_second * (SECONDS + 2)
    command = [program, "run", lab.write_job(folder), "--json", "-q", "-t", "2", "-c", "128", "--max-qps",
               str(per_second), "--rollouts-per-step", str(n), "--out", f"{folder}/run-{per_second}"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True,
                          env={"BENCH_URL": url, "PATH": "/usr/bin:/bin"})
    endpoint = json.loads(done.stdout.splitlines()[-1])["endpoints"][0]
    times = Arrival.times
    from_ = times[0] + 1
    counted = bisect.bisect(times, from_ + SECONDS) - bisect.bisect(times, from_)
    most = max(bisect.bisect(times, t + 0.1) - i for i, t in enumerate(times))
    off = counted / (per_second * SECONDS) - 1
    fine = abs(off) <= TOLERANCE
    print(f"  {'met   ' if fine else 'MISSED'}  {per_second:5,} a second: {counted:,} arrived in {SECONDS} s "
          f"({off:+.2%}), at most {most:,} in 0.1 s; rftsim says mean {endpoint['mean_per_second']:,.1f}, "
          f"peak {endpoint['peak_per_second']:,.1f}", flush=True)
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    program = parser.parse_args().program.resolve()
    url = serve()
    with tempfile.TemporaryDirectory() as folder:
        met = [held(program, url, per_second, folder) for per_second in RATES]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
