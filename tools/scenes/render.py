"""Renders `scenes`: textured, lit pictures of one or two objects of twelve classes, with each object's exact pixels.

    python render.py --out sheet.png            # a contact sheet of scenes
    python render.py --classes --out sheet.png  # one large example a class

`scene(seed)` is deterministic: the same seed gives the same picture and the same masks.
"""

import argparse

import cv2
import numpy as np

from backdrop import SIZE, backdrop, curves, hsv, lighting, noise
from shapes import CLASSES, DISTRACTORS, PATTERNED, draw_distractor, draw_object

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
MAX_HIDDEN = 0.25   # at most this share of an object may be covered
SHADOW = 0.35


def _window(cx, cy, side):
    """Where a patch of `side` pixels centered on (cx, cy) meets the picture: slices of the picture and of the patch."""
    x0, y0 = int(cx) - side // 2, int(cy) - side // 2
    xa, ya, xb, yb = max(x0, 0), max(y0, 0), min(x0 + side, SIZE), min(y0 + side, SIZE)
    if xa >= xb or ya >= yb:
        return None
    return (slice(ya, yb), slice(xa, xb)), (slice(ya - y0, yb - y0), slice(xa - x0, xb - x0))


def _paste(image, color, alpha, where):
    """Composites a patch over the image in place."""
    place, part = where
    image[place] += (color[part] - image[place]) * alpha[part][..., None]


def _shadow(image, alpha, cx, cy, light, softness):
    """Darkens the image under a patch shifted away from the light."""
    side = alpha.shape[0]
    where = _window(cx - light[0], cy - light[1], side)
    if where:
        soft = cv2.GaussianBlur(alpha, (0, 0), softness)
        image[where[0]] *= 1 - SHADOW * soft[where[1]][..., None]


def _slope(side, light):
    """A light falling across a patch, about [-1, 1]."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side * 2 - 1
    norm = np.hypot(*light) + 1e-6
    return (x * light[0] + y * light[1]) / norm


def _relief(alpha, light):
    """Bright towards the light and dark away from it along a shape's edge, about [-1, 1]."""
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.6)
    norm = np.hypot(*light) + 1e-6
    dx, dy = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=0.5), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=0.5)
    return -(dx * light[0] + dy * light[1]) / norm


def _contrasting(rng, against, gap, saturated=True):
    """A random color whose luma is at least `gap` away from the given one's."""
    target = float(against @ LUMA)
    for _ in range(40):
        color = hsv(rng.random(), rng.uniform(0.45, 0.95) if saturated else rng.uniform(0, 0.5), rng.uniform(0.12, 1.0))
        if abs(float(color @ LUMA) - target) >= gap:
            return color
    return np.full(3, 0.95 if target < 0.5 else 0.08, np.float32)


def _object(rng, image, name, cx, cy, size, light):
    """Draws one object in place; its coverage in the picture."""
    side = int(size) + 16
    body, detail = draw_object(rng, name, side, size / 2)
    where = _window(cx, cy, side)
    under = image[where[0]][body[where[1]] > 0.5]
    below = under.mean(0) if len(under) else image.mean((0, 1))
    color = _contrasting(rng, below, 0.24)
    second = _contrasting(rng, color, 0.34 if name in PATTERNED else 0.18, saturated=rng.random() < 0.6)
    paint = color + (second - color) * detail[..., None]
    shade = 1 + 0.10 * _slope(side, light)
    shade += rng.uniform(0.0, 0.10) * (noise(rng, int(rng.integers(6, 24)), side) - 0.5)
    paint = paint * shade[..., None] + rng.uniform(0.25, 0.55) * _relief(body, light)[..., None]
    _shadow(image, body, cx, cy, light, max(1.5, size / 30))
    _paste(image, np.clip(paint, 0, 1), body, where)
    coverage = np.zeros((SIZE, SIZE), np.float32)
    coverage[where[0]] = body[where[1]]
    return coverage


def _distractor(rng, image, cx, cy, size, light, opacity):
    """Draws one plain shape in place; its coverage in the picture, None when it fell outside."""
    side = int(size) + 16
    kind = DISTRACTORS[rng.integers(len(DISTRACTORS))]
    body = draw_distractor(rng, kind, side, size / 2) * opacity
    where = _window(cx, cy, side)
    if where is None:
        return None
    color = hsv(rng.random(), rng.uniform(0.1, 0.85), rng.uniform(0.15, 0.95)) * (1 + 0.10 * _slope(side, light))[..., None]
    if opacity > 0.9:
        _shadow(image, body, cx, cy, light, 2)
        color = color + 0.35 * _relief(body, light)[..., None]
    _paste(image, np.clip(color, 0, 1), body, where)
    coverage = np.zeros((SIZE, SIZE), np.float32)
    coverage[where[0]] = body[where[1]]
    return coverage


def _places(rng, count):
    """Centers and sizes of the objects, apart from one another."""
    for _ in range(200):
        sizes = rng.uniform(40, 110 if count == 1 else 100, count)
        centers = [rng.uniform(0.46 * s, SIZE - 0.46 * s, 2) for s in sizes]
        if count < 2 or np.hypot(*(centers[0] - centers[1])) >= 0.52 * sizes.sum():
            return centers, sizes
    return _places(rng, count)


def _occlude(rng, image, coverages, centers, sizes, light):
    """Perhaps lays a plain shape over an object's edge; never hides more than MAX_HIDDEN of any object."""
    k = int(rng.integers(len(coverages)))
    turn, size = rng.uniform(0, 2 * np.pi), sizes[k] * rng.uniform(0.35, 0.6)
    distance = sizes[k] * 0.5
    cx, cy = centers[k] + distance * np.array([np.cos(turn), np.sin(turn)])
    trial = image.copy()
    over = _distractor(rng, trial, cx, cy, size, light, 1.0)
    if over is None or any((c * over).sum() > MAX_HIDDEN * c.sum() for c in coverages):
        return
    image[:] = trial
    for c in coverages:
        c *= 1 - over


def scene(seed, count=None, classes=None):
    """One scene: a uint8 RGB picture [224, 224, 3] and its objects, a list of {class, index, box, mask}.

    `count` is the number of objects (0, 1 or 2; drawn when None) and `classes` names them (drawn when None). `box` is
    (x0, y0, x1, y1), exclusive at the end; `mask` is bool [224, 224], true on the object's visible pixels.
    """
    rng = np.random.default_rng(seed)
    if classes is not None:
        count = len(classes)
    if count is None:
        count = int(rng.choice(3, p=[0.08, 0.52, 0.40]))
    if classes is None:
        classes = [CLASSES[k] for k in rng.permutation(len(CLASSES))[:count]]
    angle = rng.uniform(0, 2 * np.pi)
    light = rng.uniform(2, 6) * np.array([np.cos(angle), np.sin(angle)])
    image = backdrop(rng)
    for _ in range(int(rng.integers(2, 6))):   # large, faint shapes
        _distractor(rng, image, *rng.uniform(0, SIZE, 2), rng.uniform(50, 130), light, rng.uniform(0.12, 0.4))
    curves(rng, image, int(rng.integers(1, 7)))
    for _ in range(int(rng.integers(1, 7))):   # plain solid shapes
        _distractor(rng, image, *rng.uniform(0, SIZE, 2), rng.uniform(14, 70), light, 1.0)
    centers, sizes = _places(rng, count)
    coverages = []
    for name, (cx, cy), size in zip(classes, centers, sizes):
        coverage = _object(rng, image, name, cx, cy, size, light)
        for c in coverages:
            c *= 1 - coverage
        coverages.append(coverage)
    if coverages and rng.random() < 0.35:
        _occlude(rng, image, coverages, centers, sizes, light)
    image *= lighting(rng)
    image += rng.normal(0, rng.uniform(0.004, 0.02), (SIZE, SIZE, 1)).astype(np.float32)
    picture = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    return picture, [_record(name, c > 0.5) for name, c in zip(classes, coverages)]


def _record(name, mask):
    ys, xs = np.nonzero(mask)
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return {"class": name, "index": CLASSES.index(name), "box": box, "mask": mask}


def sheet(pictures, columns, gap=4):
    """Pictures side by side on white."""
    side, rows = pictures[0].shape[0], -(-len(pictures) // columns)
    page = np.full((rows * (side + gap) + gap, columns * (side + gap) + gap, 3), 255, np.uint8)
    for k, picture in enumerate(pictures):
        y, x = divmod(k, columns)
        page[gap + y * (side + gap):, gap + x * (side + gap):][:side, :side] = picture
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", action="store_true", help="one example a class instead of random scenes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="sheet.png")
    options = parser.parse_args()
    if options.classes:
        pictures = [scene(options.seed + k, classes=[name])[0] for k, name in enumerate(CLASSES)]
    else:
        pictures = [scene(options.seed + k)[0] for k in range(24)]
    cv2.imwrite(options.out, sheet(pictures, 6)[..., ::-1])


if __name__ == "__main__":
    main()
