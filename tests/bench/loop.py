"""The loop one would write in Python: rows in, a tool call each, the answer's output out.

    loop.py aiohttp|requests URL ROWS IN_FLIGHT SECONDS

Prints how many calls it made and in how many seconds.
"""
import asyncio
import itertools
import json
import sys
import threading
import time

import lab

HEADERS = {"Content-Type": "application/json"}


def body_of(item):
    return json.dumps(lab.request_of(item), separators=(",", ":")).encode()


def check(answer):
    if answer["output"] != lab.OUTPUT:
        sys.exit(f"loop: not the answer: {answer}")


async def with_aiohttp(url, rows, in_flight, seconds):
    import aiohttp

    async def work(session):
        made = 0
        while time.perf_counter() < end:
            async with session.post(url, data=body_of(next(rows)), headers=HEADERS) as response:
                check(await response.json())
            made += 1
        return made

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:
        end = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(work(session) for _ in range(in_flight))))


def with_requests(url, rows, in_flight, seconds):
    import requests
    end = time.perf_counter() + seconds
    lock = threading.Lock()
    made = [0] * in_flight

    def work(number):
        session = requests.Session()
        while time.perf_counter() < end:
            with lock:
                item = next(rows)
            check(session.post(url, data=body_of(item), headers=HEADERS).json())
            made[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(made)


def main():
    library, url, path, in_flight, seconds = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        rows = itertools.cycle([json.loads(line) for line in file])
    start = time.perf_counter()
    if library == "aiohttp":
        made = asyncio.run(with_aiohttp(url, rows, int(in_flight), float(seconds)))
    else:
        made = with_requests(url, rows, int(in_flight), float(seconds))
    print(json.dumps({"calls": made, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
