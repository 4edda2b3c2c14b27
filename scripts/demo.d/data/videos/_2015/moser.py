"""Scenes about points on a circle, the chords that join them, and the regions they divide it into."""
from manimlib import *

import itertools
import math


def points_on_circle(count, radius=3.0):
    turn = [2 * math.pi * i / count for i in range(count)]
    return [(radius * math.cos(t), radius * math.sin(t)) for t in turn]


class PointsAndChords(Scene):
    def construct(self):
        circle = Circle(radius=3)
        self.play(ShowCreation(circle))
        chords = [Line(a, b) for a, b in itertools.combinations(points_on_circle(6), 2)]
        self.play(*map(ShowCreation, chords), run_time=3)
        self.dither()


class CountRegions(Scene):
    def construct(self):
        self.add(Circle(radius=3))
        for count in range(1, 6):
            dots = Group(*[Dot(point) for point in points_on_circle(count)])
            number = TextMobject(str(2 ** (count - 1)))
            self.play(FadeIn(dots), Write(number), run_time=0.8)
            self.remove(dots, number)
        self.dither(0.5)
