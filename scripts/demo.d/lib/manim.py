"""A small stand-in for ManimCE: enough of its names to draw our scenes, with the standard library alone."""
import math

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (136, 136, 136)
BLUE, RED, GREEN, YELLOW = (88, 196, 221), (252, 98, 85), (131, 193, 103), (255, 255, 0)
ORIGIN, UP, DOWN, LEFT, RIGHT = (0.0, 0.0), (0.0, 1.0), (0.0, -1.0), (-1.0, 0.0), (1.0, 0.0)
PI, TAU = math.pi, 2 * math.pi

config = {"frame_width": 14.2, "frame_height": 8.0, "pixel_width": 480, "pixel_height": 270, "frame_rate": 30}

# 3x5 pixels a letter, top row first, one octal digit a row
FONT = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-=./",
                "25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 57775 25552 65644 25563 "
                "65655 34216 72222 55557 55522 55775 55255 55222 71247 75557 26227 61247 61216 55711 74616 34652 71122 "
                "25252 25316 02720 00700 07070 00002 11244".split()))


class Mobject:
    """Lines to draw: lists of points in scene units, and a colour."""

    def __init__(self, lines=(), color=WHITE):
        self.lines = [list(line) for line in lines]
        self.color = color

    def parts(self):
        return [self]

    def map_points(self, change):
        for part in self.parts():
            part.lines = [[change(x, y) for x, y in line] for line in part.lines]
        return self

    def shift(self, by):
        return self.map_points(lambda x, y: (x + by[0], y + by[1]))

    def scale(self, factor):
        return self.map_points(lambda x, y: (x * factor, y * factor))

    def rotate(self, angle):
        c, s = math.cos(angle), math.sin(angle)
        return self.map_points(lambda x, y: (c * x - s * y, s * x + c * y))

    def set_color(self, color):
        for part in self.parts():
            part.color = color
        return self

    def copy(self):
        return Group(*[Mobject(part.lines, part.color) for part in self.parts()])


class Group(Mobject):
    def __init__(self, *members):
        super().__init__()
        self.members = list(members)

    def parts(self):
        return [part for member in self.members for part in member.parts()]


VGroup = Group


class Arc(Mobject):
    def __init__(self, radius=1.0, start_angle=0.0, angle=TAU, color=WHITE, points=96):
        turn = [start_angle + angle * i / points for i in range(points + 1)]
        super().__init__([[(radius * math.cos(t), radius * math.sin(t)) for t in turn]], color)


class Circle(Arc):
    def __init__(self, radius=1.0, color=RED):
        super().__init__(radius=radius, color=color)


class Dot(Arc):
    def __init__(self, point=ORIGIN, radius=0.08, color=WHITE):
        super().__init__(radius=radius, color=color, points=16)
        self.shift(point)


class Line(Mobject):
    def __init__(self, start=LEFT, end=RIGHT, color=WHITE):
        super().__init__([[start, end]], color)


class Polygon(Mobject):
    def __init__(self, *corners, color=BLUE):
        super().__init__([list(corners) + [corners[0]]], color)


class Rectangle(Polygon):
    def __init__(self, width=4.0, height=2.0, color=WHITE):
        w, h = width / 2, height / 2
        super().__init__((-w, -h), (w, -h), (w, h), (-w, h), color=color)


class Square(Rectangle):
    def __init__(self, side_length=2.0, color=WHITE):
        super().__init__(side_length, side_length, color)


class NumberLine(Mobject):
    def __init__(self, x_min=-6, x_max=6, color=GREY):
        ticks = [[(x, -0.12), (x, 0.12)] for x in range(x_min, x_max + 1)]
        super().__init__([[(x_min, 0.0), (x_max, 0.0)]] + ticks, color)


class FunctionGraph(Mobject):
    def __init__(self, function, x_min=-6.0, x_max=6.0, color=YELLOW, points=240):
        xs = [x_min + (x_max - x_min) * i / points for i in range(points + 1)]
        super().__init__([[(x, function(x)) for x in xs]], color)


class Text(Mobject):
    def __init__(self, text, size=0.12, color=WHITE):
        lines, width = [], 4 * size * len(text)
        for i, letter in enumerate(text.upper()):
            for row, bits in enumerate(FONT.get(letter, "00000")):
                for column in range(3):
                    if int(bits, 8) & (4 >> column):
                        x, y = (4 * i + column) * size - width / 2, (2 - row) * size
                        lines.append([(x, y), (x + size * 0.8, y)])
        super().__init__(lines, color)


MathTex = Tex = Text


class Animation:
    """Draws a mobject at a moment between 0 and 1."""

    remains = True

    def __init__(self, mobject):
        self.mobject = mobject

    def draw(self, canvas, moment):
        canvas.draw(self.mobject, share=moment)


class Create(Animation):
    pass


class Write(Animation):
    pass


class FadeIn(Animation):
    def draw(self, canvas, moment):
        canvas.draw(self.mobject, brightness=moment)


class FadeOut(Animation):
    remains = False

    def draw(self, canvas, moment):
        canvas.draw(self.mobject, brightness=1 - moment)


class Rotate(Animation):
    def __init__(self, mobject, angle=PI):
        super().__init__(mobject)
        self.angle = angle
        self.done = 0.0

    def draw(self, canvas, moment):
        self.mobject.rotate(self.angle * (moment - self.done))
        self.done = moment
        canvas.draw(self.mobject)


class Canvas:
    """One RGBA frame."""

    def __init__(self):
        self.width, self.height = config["pixel_width"], config["pixel_height"]
        self.blank = bytes((0, 0, 0, 255)) * (self.width * self.height)
        self.pixels = bytearray(self.blank)
        self.unit = self.height / config["frame_height"]

    def clear(self):
        self.pixels[:] = self.blank

    def draw(self, mobject, share=1.0, brightness=1.0):
        for part in mobject.parts():
            dot = bytes([int(c * brightness) for c in part.color] + [255]) * 2
            lines = part.lines[: max(1, round(len(part.lines) * share))] if share > 0 else []
            for line in lines:
                points = line if len(part.lines) > 1 else line[: max(2, round(len(line) * share))]
                for start, end in zip(points, points[1:]):
                    self.draw_line(start, end, dot)

    def draw_line(self, start, end, dot):
        x, y = self.width / 2 + start[0] * self.unit, self.height / 2 - start[1] * self.unit
        dx, dy = (end[0] - start[0]) * self.unit, (start[1] - end[1]) * self.unit
        steps = max(1, int(max(abs(dx), abs(dy))))
        for i in range(steps + 1):
            column, row = int(x + dx * i / steps), int(y + dy * i / steps)
            if 0 <= column < self.width - 1 and 0 <= row < self.height:
                at = 4 * (row * self.width + column)
                self.pixels[at:at + 8] = dot


class Scene:
    """Subclasses draw in construct(); the frames stay in memory until the file is written."""

    def __init__(self):
        self.mobjects = []
        self.frames = []
        self.canvas = Canvas()

    def construct(self):
        pass

    def add(self, *mobjects):
        self.mobjects += [m for m in mobjects if m not in self.mobjects]
        return self

    def remove(self, *mobjects):
        self.mobjects = [m for m in self.mobjects if m not in mobjects]
        return self

    def play(self, *animations, run_time=1.0):
        moving = [animation.mobject for animation in animations]
        still = [m for m in self.mobjects if m not in moving]
        count = max(1, round(run_time * config["frame_rate"]))
        for i in range(1, count + 1):
            self.canvas.clear()
            for mobject in still:
                self.canvas.draw(mobject)
            for animation in animations:
                animation.draw(self.canvas, i / count)
            self.frames.append(bytes(self.canvas.pixels))
        self.mobjects = still + [a.mobject for a in animations if a.remains]

    def wait(self, duration=1.0):
        self.play(run_time=duration)
