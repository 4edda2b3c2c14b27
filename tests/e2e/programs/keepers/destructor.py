"""Destructors that run while the interpreter clears itself raise and catch, with and without modules."""
import builtins
import os
import sys


class Film:
    def __init__(self, name):
        self.name = name

    def check(self):
        try:
            raise ValueError(self.name)
        except ValueError as error:
            return str(error)

    def __del__(self, write=os.write):
        write(1, f"{self.check()} ends\n".encode())
        self.kept = self.again()

    def again(self):
        try:
            return {}[self.name]
        except KeyError as error:
            return error


def keep():
    sys.film = Film("of sys")
    builtins.film = Film("of builtins")


keep()
plain, film = Film("of the module"), Film("of a circle")
film.itself = film
film.kept = film.again()
