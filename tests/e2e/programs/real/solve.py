"""A program for profilers and debuggers to look at: some work, some memory, some exceptions; ends with 3."""
import sys


def step(number):
    try:
        return int("x" if number % 7 == 0 else str(number))
    except ValueError:
        return 1


def keep(number):
    return [bytearray(20000 + number % 100) for _ in range(number)]


def solve(number):
    total = len(keep(200))
    for i in range(number):
        total += step(i) * len(str(i))
    return total


if __name__ == "__main__":
    print(solve(5000))
    sys.exit(3)
