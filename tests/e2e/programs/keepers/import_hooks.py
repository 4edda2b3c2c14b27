"""A finder that remembers why it did not find, an import that failed, and warnings that were kept."""
import contextvars
import sys
import warnings


class Finder:
    def __init__(self):
        self.kept = []

    def find_spec(self, name, path=None, target=None):
        try:
            raise ImportError(name)
        except ImportError as error:
            self.kept.append(error)


def optional(name):
    try:
        return __import__(name)
    except ImportError as error:
        return error


def loud():
    try:
        warnings.warn("old")
    except UserWarning as error:
        missing.append(error)


sys.meta_path.append(Finder())
sys.path_hooks.append(Finder().find_spec)
missing = [optional("no_such_module"), optional("os.no_such_module")]
warnings.simplefilter("error")
loud()
contextvars.ContextVar("finder").set((sys.meta_path[-1], missing))
print(len(missing), len(sys.meta_path[-1].kept))
