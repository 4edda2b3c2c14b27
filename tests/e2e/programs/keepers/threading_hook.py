"""threading.excepthook keeps what threads end with."""
import threading

kept = []


def hook(args):
    kept.append(args.exc_value)
    print("thread ended by", args.exc_value)


def work(number):
    try:
        raise LookupError(number)
    except LookupError:
        raise OSError("second")


threading.excepthook = hook
for number in range(3):
    thread = threading.Thread(target=work, args=(number,))
    thread.start()
    thread.join()
