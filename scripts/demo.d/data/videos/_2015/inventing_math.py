"""Scenes that invent: a sum of powers of two approaching one along the number line, rooms inside rooms, a new distance."""
from manimlib import *


class ConvergentSum(Scene):
    def construct(self):
        line = NumberLine(0, 4).shift((-2, 0)).scale(2)
        self.play(ShowCreation(line))
        total = 0
        for power in range(1, 5):
            total += 0.5 ** power
            self.play(FadeIn(Dot((8 * total - 4, 0))), run_time=0.6)
        self.dither()


class RoomsInRooms(Scene):
    CONFIG = {
        "depth": 3,
        "room_names": {
            1: "whole",
            2: "half",
            3: "quarter",
        },
    }

    def construct(self):
        for level in range(self.depth):
            room = Square(5.0 / 2 ** level)
            name = TextMobject(self.room_names[level + 1])
            self.play(ShowCreation(room), Write(name))
            self.remove(name)
        self.dither()
