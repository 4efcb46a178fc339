"""The twelve classes of the `scenes` model and the plain distractors, as anti-aliased coverage masks.

Every shape is drawn in unit coordinates (the object fits the disc of radius 1) and rasterized at four times the
resolution before it is averaged down, so that edges are smooth at any size and rotation.
"""

import cv2
import numpy as np

CLASSES = ("star", "ring", "cross", "crescent", "gear", "spiral", "heart", "arrow",
           "checkered-square", "striped-ball", "dotted-triangle", "flower")

SUPERSAMPLING = 4
_SHIFT = 4  # fractional bits of cv2's fixed-point coordinates


class Canvas:
    """A square patch of `side` pixels onto which unit-coordinate geometry is drawn, rotated and scaled."""

    def __init__(self, side, radius, angle, mirror=False):
        self.side, self.scale = side, radius * SUPERSAMPLING
        c, s = np.cos(angle), np.sin(angle)
        self.matrix = np.array([[c, -s], [s, c]]) @ np.diag([-1.0 if mirror else 1.0, 1.0])
        self.center = side * SUPERSAMPLING / 2

    def blank(self):
        return np.zeros((self.side * SUPERSAMPLING,) * 2, np.uint8)

    def points(self, xy):
        xy = np.asarray(xy, float) @ self.matrix.T * self.scale + self.center
        return np.round(xy * (1 << _SHIFT)).astype(np.int32)

    def polygon(self, image, xy, value=255):
        cv2.fillPoly(image, [self.points(xy)], value, cv2.LINE_8, _SHIFT)

    def disc(self, image, xy, radius, value=255):
        x, y = self.points([xy])[0]
        cv2.circle(image, (int(x), int(y)), int(radius * self.scale * (1 << _SHIFT)), value, -1, cv2.LINE_8, _SHIFT)

    def stroke(self, image, xy, width, value=255):
        thickness = max(1, int(round(width * self.scale)))
        cv2.polylines(image, [self.points(xy)], False, value, thickness, cv2.LINE_8, _SHIFT)

    def finish(self, image):
        """The coverage of every pixel of the patch, float32 in [0, 1]."""
        small = cv2.resize(image, (self.side, self.side), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / 255


def _circle(radius=1.0, n=72, center=(0, 0)):
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([center[0] + radius * np.cos(t), center[1] + radius * np.sin(t)], 1)


def _star(rng, canvas, body, detail):
    inner = rng.uniform(0.40, 0.50)
    t = np.arange(10) * np.pi / 5 - np.pi / 2
    r = np.where(np.arange(10) % 2 == 0, 1.0, inner)
    outline = np.stack([r * np.cos(t), r * np.sin(t)], 1)
    canvas.polygon(body, outline)
    canvas.polygon(detail, outline * 0.48)


def _ring(rng, canvas, body, detail):
    hole = rng.uniform(0.48, 0.62)
    canvas.disc(body, (0, 0), 0.95)
    middle, half = (0.95 + hole) / 2, (0.95 - hole) / 6
    canvas.disc(detail, (0, 0), middle + half)
    canvas.disc(detail, (0, 0), middle - half, 0)
    canvas.disc(body, (0, 0), hole, 0)


def _cross(rng, canvas, body, detail):
    w, r = rng.uniform(0.26, 0.34), 0.94
    for inset, image in ((0.0, body), (0.14, detail)):
        a, b = w - inset, r - inset
        canvas.polygon(image, [(-a, -b), (a, -b), (a, b), (-a, b)])
        canvas.polygon(image, [(-b, -a), (b, -a), (b, a), (-b, a)])


def _crescent(rng, canvas, body, detail):
    bite = rng.uniform(0.36, 0.48)
    canvas.disc(body, (0, 0), 1.0)
    canvas.disc(body, (bite, 0), 0.80, 0)
    for x, y, r in ((-0.68, 0.0, 0.12), (-0.55, 0.42, 0.085), (-0.55, -0.42, 0.085)):
        canvas.disc(detail, (x, y), r)


def _gear(rng, canvas, body, detail):
    teeth, root = int(rng.integers(8, 12)), rng.uniform(0.72, 0.78)
    step = 2 * np.pi / teeth
    outline = []
    for k in range(teeth):
        for turn, r in ((-0.30, root), (-0.20, 1.0), (0.20, 1.0), (0.30, root)):
            t = (k + turn) * step
            outline.append((r * np.cos(t), r * np.sin(t)))
    canvas.polygon(body, outline)
    canvas.disc(detail, (0, 0), 0.52)
    canvas.disc(body, (0, 0), 0.27, 0)


def _spiral(rng, canvas, body, detail):
    turns, width = rng.uniform(2.3, 2.8), rng.uniform(0.17, 0.20)
    t = np.linspace(0.25, 1, 160)
    outline = np.stack([0.9 * t * np.cos(2 * np.pi * turns * t), 0.9 * t * np.sin(2 * np.pi * turns * t)], 1)
    canvas.stroke(body, outline, width)


def _heart(rng, canvas, body, detail):
    t = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) - 2.5
    outline = np.stack([x, y], 1) / 17
    canvas.polygon(body, outline)
    canvas.stroke(detail, outline[58:76] * 0.68, 0.10)


def _arrow(rng, canvas, body, detail):
    shaft, head = rng.uniform(0.19, 0.25), rng.uniform(0.60, 0.70)
    neck = rng.uniform(0.0, 0.15)
    canvas.polygon(body, [(-0.95, -shaft), (neck, -shaft), (neck, -head), (0.98, 0), (neck, head), (neck, shaft),
                          (-0.95, shaft)])
    for x in (-0.72, -0.42):
        canvas.polygon(detail, [(x, -shaft), (x + 0.14, -shaft), (x + 0.14, shaft), (x, shaft)])


def _checkered_square(rng, canvas, body, detail):
    half, cells = 0.76, int(rng.integers(4, 6))
    canvas.polygon(body, [(-half, -half), (half, -half), (half, half), (-half, half)])
    step = 2 * half / cells
    for i in range(cells):
        for j in range(i % 2, cells, 2):
            x, y = -half + i * step, -half + j * step
            canvas.polygon(detail, [(x, y), (x + step, y), (x + step, y + step), (x, y + step)])


def _striped_ball(rng, canvas, body, detail):
    stripes, phase = int(rng.integers(3, 5)), rng.uniform(0, 0.25)
    canvas.disc(body, (0, 0), 0.96)
    step = 1.92 / stripes
    for k in range(stripes + 1):
        x = -0.96 + (k - phase) * step
        canvas.polygon(detail, [(x, -1), (x + step / 2, -1), (x + step / 2, 1), (x, 1)])


def _dotted_triangle(rng, canvas, body, detail):
    t = np.arange(3) * 2 * np.pi / 3 - np.pi / 2
    canvas.polygon(body, np.stack([np.cos(t), np.sin(t)], 1))
    radius = rng.uniform(0.095, 0.115)
    for row in range(4):
        for k in range(row + 1):
            canvas.disc(detail, ((k - row / 2) * 0.36, -0.50 + row * 0.31), radius)


def _flower(rng, canvas, body, detail):
    petals = int(rng.integers(5, 7))
    for k in range(petals):
        t = 2 * np.pi * k / petals
        canvas.disc(body, (0.60 * np.cos(t), 0.60 * np.sin(t)), 0.38 if petals == 5 else 0.34)
    canvas.disc(body, (0, 0), 0.55)
    canvas.disc(detail, (0, 0), 0.28)


_DRAW = dict(zip(CLASSES, (_star, _ring, _cross, _crescent, _gear, _spiral, _heart, _arrow, _checkered_square,
                           _striped_ball, _dotted_triangle, _flower)))

# Classes that a viewer tells by their pattern: the pattern must stand out.
PATTERNED = {"checkered-square", "striped-ball", "dotted-triangle"}


def draw_object(rng, name, side, radius):
    """Coverage of the object and of its second color, two float32 arrays of side x side."""
    canvas = Canvas(side, radius, rng.uniform(0, 2 * np.pi), mirror=rng.random() < 0.5)
    body, detail = canvas.blank(), canvas.blank()
    _DRAW[name](rng, canvas, body, detail)
    detail = cv2.min(detail, body)
    return canvas.finish(body), canvas.finish(detail)


DISTRACTORS = ("disc", "rectangle", "triangle", "ellipse", "blob", "pentagon")


def draw_distractor(rng, kind, side, radius):
    """Coverage of a plain shape that belongs to no class."""
    canvas = Canvas(side, radius, rng.uniform(0, 2 * np.pi))
    body = canvas.blank()
    if kind == "disc":
        canvas.disc(body, (0, 0), 0.85)
    elif kind == "rectangle":
        a, b = 0.85, rng.uniform(0.3, 0.8)
        canvas.polygon(body, [(-a, -b), (a, -b), (a, b), (-a, b)])
    elif kind == "ellipse":
        canvas.polygon(body, _circle() * [0.98, rng.uniform(0.4, 0.75)])
    elif kind == "blob":
        t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
        r = 0.75 + sum(rng.uniform(-0.10, 0.10) * np.cos(k * t + rng.uniform(0, 6.3)) for k in (1, 2, 3))
        canvas.polygon(body, np.stack([r * np.cos(t), r * np.sin(t)], 1))
    else:
        n = 3 if kind == "triangle" else 5
        t = np.arange(n) * 2 * np.pi / n
        canvas.polygon(body, np.stack([np.cos(t), np.sin(t)], 1) * 0.95)
    return canvas.finish(body)
