"""What a weak reference calls when its object goes keeps an exception, and gets another then."""
import sys
import weakref


class Film:
    pass


def make_callback(name):
    try:
        raise KeyError(name)
    except KeyError as error:
        kept = [error]

    def callback(reference):
        try:
            raise ReferenceError(name)
        except ReferenceError as error:
            kept.append(error)

    return callback


film, sys.film = Film(), Film()
references = [weakref.ref(film, make_callback("first")), weakref.ref(sys.film, make_callback("second"))]
sys.references = references
weakref.finalize(film, make_callback("third"), None)
print(len(references))
