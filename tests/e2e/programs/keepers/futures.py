"""Results of a pool of threads, some of which are exceptions, in a module of its own."""
import concurrent.futures
import contextvars
import queue
import types


def work(number):
    if number % 2:
        raise ValueError(f"odd {number}")
    return number


def gather():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [pool.submit(work, number) for number in range(8)]


current = contextvars.ContextVar("current")
results = types.ModuleType("results")
results.futures = gather()
current.set(results)
results.errors = queue.SimpleQueue()
for future in results.futures:
    try:
        future.result()
    except ValueError as error:
        results.errors.put(error)
print(results.errors.qsize())
