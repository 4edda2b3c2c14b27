"""A search function of codecs that keeps why it found nothing."""
import codecs


def make_search():
    reasons = []

    def search(name):
        try:
            return {}[name]
        except KeyError as error:
            reasons.append(error)
            return None

    return search


codecs.register(make_search())
try:
    "x".encode("no-such-codec")
except LookupError as error:
    print(error)
