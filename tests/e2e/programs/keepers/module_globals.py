"""The plainest: a list of the module's, and exceptions that hold each other."""
import sys

failed = []


def work(number):
    try:
        raise ValueError(number)
    except ValueError as error:
        failed.append(error)
        try:
            raise KeyError(number) from error
        except KeyError as second:
            error.later = second
            failed.append(second)


class Failure(Exception):
    latest = None

    def __init__(self, *words):
        super().__init__(*words)
        self.before, Failure.latest = Failure.latest, self


def own(count):
    for number in range(count):
        try:
            raise Failure(number)
        except Failure as error:
            error.itself = error


for number in range(20):
    work(number)
own(20)
sys.last_failure = failed[-1]
print(len(failed), Failure.latest)
