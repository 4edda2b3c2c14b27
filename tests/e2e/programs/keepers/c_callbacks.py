"""C libraries hold functions of the program: a parser, a sort, a reader of objects."""
import contextvars
import functools
import io
import pickle
import xml.parsers.expat


class Keeper:
    def __init__(self):
        self.kept = []

    def __call__(self, *words):
        try:
            raise ValueError(len(words))
        except ValueError as error:
            self.kept.append(error)
        return 0


def parse():
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = Keeper()
    parser.Parse("<film><scene/></film>", True)
    return parser


def unpickle():
    class Reader(pickle.Unpickler):
        persistent_load = Keeper()
        find_class = Keeper()

    reader = Reader(io.BytesIO(b"\x80\x02X\x01\x00\x00\x00aQ."))
    print(reader.load())
    return reader


def sort():
    order = Keeper()
    sorted([3, 1, 2], key=functools.cmp_to_key(order))
    return map(order, [1, 2])


parser, reader, order = parse(), unpickle(), sort()
print(next(order))
contextvars.ContextVar("order").set((parser, reader, order))
