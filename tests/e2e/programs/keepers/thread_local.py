"""Each thread's own last error, the main thread's among them."""
import codecs
import threading

own = threading.local()


def attempt(text):
    try:
        own.value = float(text)
    except ValueError as error:
        own.error = error


threads = [threading.Thread(target=attempt, args=(text,)) for text in ("1.5", "x", "y")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
attempt("z")
codecs.register_error("vl-local", own.error.with_traceback)
print(own.error)
