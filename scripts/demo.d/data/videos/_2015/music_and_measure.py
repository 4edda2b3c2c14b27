"""Scenes about harmony, rational numbers, and open intervals that cover them with a small sum of lengths."""
from manimlib import *

from interval_helpers import *


class HarmonyRatio(Scene):
    def construct(self):
        low = FunctionGraph(lambda x: 1.5 + 0.8 * math.sin(2 * x))
        high = FunctionGraph(lambda x: -1.5 + 0.8 * math.sin(3 * x))
        self.play(ShowCreation(low), ShowCreation(high), run_time=3)
        self.play(FadeIn(TextMobject("3/2")))
        self.dither()


class CoverRationals(Scene):
    def construct(self):
        self.play(ShowCreation(NumberLine()))
        covered = 0.0
        while covered != 0.3:  # lengths are halved until they add up to the target
            lengths = interval_lengths(20)
            covered = sum(0.3 * length for length in lengths)
        self.play(FadeIn(TextMobject("0.3")))
