"""A logging handler keeps its records, and with them what was logged."""
import logging


class Keeper(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


def convert(text):
    try:
        return int(text)
    except ValueError:
        logging.exception("not converted")


keeper = Keeper()
logging.getLogger().addHandler(keeper)
for text in "1", "one", "two":
    convert(text)
print(len(keeper.records))
