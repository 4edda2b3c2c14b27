from manim import *

config.tex_template = TexTemplate(documentclass=r"\documentclass{article}", preamble=r"\usepackage{amsmath}\pagestyle{empty}")


class Misspelt(Scene):
    def construct(self):
        circle = Circle()
        self.play(ShowCreation(circle), run_time=0.4)
