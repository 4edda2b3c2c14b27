"""An error handler of codecs keeps what it was asked about; the interpreter itself holds the handler."""
import codecs


class Replace:
    def __init__(self):
        self.seen = []

    def __call__(self, error):
        self.seen.append(error)
        return "?", error.end


def read(data):
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        handler.seen.append(error)
        return data.decode("ascii", "vl-replace")


handler = Replace()
codecs.register_error("vl-replace", handler)
print(read(b"caf\xc3\xa9"))
del handler
