"""A callback of the collector keeps exceptions; garbage with exceptions is left to the end."""
import contextvars
import gc


class Callback:
    def __init__(self):
        self.kept = []

    def __call__(self, phase, info):
        if len(self.kept) < 10:
            try:
                raise ValueError(phase)
            except ValueError as error:
                self.kept.append(error)


def garbage():
    try:
        raise MemoryError("in a circle")
    except MemoryError as error:
        error.itself = [error]
        latest.set(error)
        error.frame = error.__traceback__.tb_frame


latest = contextvars.ContextVar("latest")
gc.callbacks.append(Callback())
gc.disable()
for _ in range(10):
    garbage()
gc.collect(0)
garbage()
print("done")
