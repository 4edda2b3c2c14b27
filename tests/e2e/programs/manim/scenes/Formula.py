from manim import *

config.tex_template = TexTemplate(documentclass=r"\documentclass{article}", preamble=r"\usepackage{amsmath}\pagestyle{empty}")


class Formula(Scene):
    def construct(self):
        self.play(Write(MathTex(r"e^{i\pi} = -1")), run_time=0.4)
