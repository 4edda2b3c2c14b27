"""Results of a pool of threads, some of which are exceptions, in a module of its own."""
import concurrent.futures
import queue
import types


def work(number):
    if number % 2:
        raise ValueError(f"odd {number}")
    return number


def gather():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [pool.submit(work, number) for number in range(8)]


results = types.ModuleType("results")
results.futures = gather()
results.errors = queue.SimpleQueue()
for future in results.futures:
    try:
        future.result()
    except ValueError as error:
        results.errors.put(error)
print(results.errors.qsize())
