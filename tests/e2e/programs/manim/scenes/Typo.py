from manim import *

config.tex_template = TexTemplate(documentclass=r"\documentclass{article}", preamble=r"\usepackage{amsmath}\pagestyle{empty}")


class Typo(Scene):
    def construct(self):
        self.add(MathTex(r"\alhpa + 1"))
