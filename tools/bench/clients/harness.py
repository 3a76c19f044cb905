"""What the Python contenders share: scenarios, and the measuring of one."""

import asyncio
import json
import sys
import time

MESSAGES = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "What is the capital of France? Answer in one word."},
]


class Meter:
    """Wall and CPU time of the whole process between start and stop."""

    def start(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def stop(self, units, delays=()):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        delays = sorted(delays)
        result = {"units": units, "wall_s": wall, "cpu_s": cpu}
        if delays:
            result["delay_us"] = delays[len(delays) // 2] / 1e3
        print(json.dumps(result))


def delay(text):
    """Nanoseconds since the server wrote this text, which starts with the time of its writing."""
    return time.time_ns() - int(text[:19])


async def requests(chat, count, in_flight):
    """`count` plain chats, `in_flight` at once; `chat()` returns the answer's text."""

    async def worker(share):
        for _ in range(share):
            assert await chat()

    await asyncio.gather(*(worker(count // in_flight) for _ in range(in_flight)))
    return count // in_flight * in_flight


async def streams(texts, count, at_once, paced):
    """`count` streams, `at_once` together; `texts()` yields the content of each chunk."""
    delays = []

    async def one():
        chunks = 0
        async for text in texts():
            if text:
                chunks += 1
                if paced:
                    delays.append(delay(text))
        return chunks

    async def worker(share):
        return sum([await one() for _ in range(share)])

    done = await asyncio.gather(*(worker(count // at_once) for _ in range(at_once)))
    return sum(done), delays


def main(make_async, make_sync=None):
    """Runs the scenario named on the command line with the contender's calls.

    `make_async(url)` gives (chat, texts), `make_sync(url)` gives chat.
    """
    scenario, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    meter = Meter()
    if scenario == "sync":
        chat = make_sync(url)
        for _ in range(max(count // 10, 20)):
            chat()
        meter.start()
        for _ in range(count):
            assert chat()
        meter.stop(count)
        return

    async def run():
        chat, texts = make_async(url)
        if scenario == "requests":
            await requests(chat, max(count // 10, 64), 64)
            meter.start()
            meter.stop(await requests(chat, count, 64))
        elif scenario == "stream":
            await streams(texts, 4, 4, False)
            meter.start()
            done, _ = await streams(texts, count, 4, False)
            meter.stop(done)
        elif scenario == "paced":
            await streams(texts, 2, 2, True)
            meter.start()
            meter.stop(*await streams(texts, count, count, True))

    asyncio.run(run())
