"""Scenes of the poem about the unit circle: rotation, angle and the exponential wave."""
from manimlib import *

import math


class UnitCircle(Scene):
    def construct(self):
        circle = Circle(radius=2.5)
        title = TextMobject("Rotation").shift((0, 3.3))
        self.play(ShowCreation(circle), Write(title), run_time=2)
        spoke = Line((0, 0), (2.5, 0))
        self.play(FadeIn(spoke))
        self.play(Rotate(spoke, math.pi), run_time=2)
        self.dither(0.3)


class ExponentialWave(Scene):
    def construct(self):
        axis = NumberLine()
        wave = FunctionGraph(lambda angle: 2 * math.cos(angle))
        self.play(ShowCreation(axis))
        self.play(ShowCreation(wave), run_time=3)
        self.play(FadeOut(axis))
        self.dither(0.3)
