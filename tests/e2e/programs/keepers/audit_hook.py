"""An audit hook keeps an exception; the interpreter clears its hooks very late."""
import sys


def make_hook():
    seen = []

    def hook(event, args):
        if event == "open" and len(seen) < 5:
            try:
                raise PermissionError(args[0])
            except PermissionError as error:
                seen.append(error)

    return hook


sys.addaudithook(make_hook())
with open("/dev/null") as file:
    print(len(file.read()))
