"""Loads like those of common Python benchmarks: loads.py NAME prints the seconds that it took."""
import sys
import time


def calls():
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)
    fib(23)


def methods():
    class Point:
        def __init__(self, x):
            self.x = x

        def move(self, by):
            self.x += by
            return self
    point = Point(0)
    for i in range(150000):
        point.move(i).move(-i)


def generators():
    def numbers(n):
        for i in range(n):
            yield i
    for _ in range(20):
        sum(x for x in numbers(20000))


def exceptions():
    def fails(n):
        if n % 2:
            raise ValueError(n)
        return n
    for i in range(100000):
        try:
            fails(i)
        except ValueError:
            pass


def closures():
    total = 0
    for i in range(200000):
        f = lambda x=i: x + i
        total += f()


def aio():
    import asyncio

    async def step(n):
        await asyncio.sleep(0)
        return n

    async def main():
        for _ in range(20):
            await asyncio.gather(*(step(n) for n in range(100)))
    asyncio.run(main())


def copies():
    import copy
    tree = {i: [{"a": (i, i + 1), "b": [str(i)] * 3}] for i in range(300)}
    for _ in range(15):
        copy.deepcopy(tree)


def ids():
    for i in range(600000):
        id(i)


def logs():
    import io
    import logging
    logger = logging.getLogger("x")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    for i in range(8000):
        logger.warning("line %d", i)


def tuples():
    import collections
    for i in range(150):
        collections.namedtuple("T%d" % i, "a b c")


LOADS = {f.__name__: f for f in (calls, methods, generators, exceptions, closures, aio, copies, ids, logs, tuples)}
if __name__ == "__main__":
    if sys.argv[1] == "list":
        print(*LOADS)
    else:
        load = LOADS[sys.argv[1]]
        load()
        best = []
        for _ in range(5):
            start = time.process_time()
            load()
            best.append(time.process_time() - start)
        print(min(best))
