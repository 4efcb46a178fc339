"""Textured, lit backgrounds and the clutter of lines on them."""

import cv2
import numpy as np

SIZE = 224


def noise(rng, cells, size=SIZE):
    """Smooth noise in [0, 1] with about `cells` bumps a side."""
    grid = rng.random((cells + 3, cells + 3), np.float32)
    return np.clip(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC), 0, 1)


def fractal(rng, cells, octaves=4, fall=0.55):
    """Noise summed over octaves, stretched to [0, 1]."""
    total, weight = np.zeros((SIZE, SIZE), np.float32), 1.0
    for k in range(octaves):
        total += weight * noise(rng, min(cells << k, SIZE - 3))
        weight *= fall
    total -= total.min()
    return total / max(total.max(), 1e-6)


def hsv(h, s, v):
    """One color, float32 RGB in [0, 1]."""
    k = (np.array([5.0, 3.0, 1.0]) + (h % 1.0) * 6) % 6
    return (v - v * s * np.clip(np.minimum(k, 4 - k), 0, 1)).astype(np.float32)


def _grid(rng):
    angle = rng.uniform(0, np.pi)
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _cloud(rng):
    return fractal(rng, int(rng.integers(2, 7)))


def _wood(rng):
    u, v = _grid(rng)
    warp = fractal(rng, 2, 3) * rng.uniform(10, 40)
    rings = 0.5 + 0.5 * np.sin((u + warp) * (2 * np.pi / rng.uniform(8, 26)))
    return 0.75 * rings.astype(np.float32) + 0.25 * fractal(rng, 24, 2)


def _weave(rng):
    u, v = _grid(rng)
    k = 2 * np.pi / rng.uniform(5, 12)
    pattern = 0.5 + 0.25 * (np.sin(u * k) + np.sin(v * k))
    return 0.65 * pattern.astype(np.float32) + 0.35 * fractal(rng, 4)


def _grain(rng):
    return 0.45 * fractal(rng, 3, 2) + 0.55 * noise(rng, int(rng.integers(70, 200)))


def _gradient(rng):
    u, _ = _grid(rng)
    u = (u - u.min()) / (u.max() - u.min())
    return 0.85 * u + 0.15 * fractal(rng, 30, 2)


def _marble(rng):
    veins = 1 - np.abs(2 * fractal(rng, 3, 4) - 1)
    return 0.8 * veins ** 3 + 0.2 * fractal(rng, 40, 2)


_TEXTURES = (_cloud, _wood, _weave, _grain, _gradient, _marble)


def backdrop(rng):
    """A textured surface, float32 RGB in [0, 1]."""
    texture = _TEXTURES[rng.integers(len(_TEXTURES))](rng)[..., None]
    hue, value = rng.random(), rng.uniform(0.25, 0.9)
    spread = rng.uniform(0.08, 0.30) * (1 if value < 0.55 else -1)
    first = hsv(hue, rng.uniform(0.05, 0.55), value)
    second = hsv(hue + rng.normal(0, 0.06), rng.uniform(0.05, 0.55), np.clip(value + spread, 0.08, 0.97))
    return first + (second - first) * texture


def curves(rng, image, count):
    """Draws thin, soft-colored curves (cubic Bezier) over the image in place."""
    t = np.linspace(0, 1, 40)[:, None]
    for _ in range(count):
        p = rng.uniform(-30, SIZE + 30, (4, 2))
        if rng.random() < 0.4:  # straight
            p[1], p[2] = p[0] + (p[3] - p[0]) / 3, p[0] + (p[3] - p[0]) * 2 / 3
        path = (1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1] + 3 * t * t * (1 - t) * p[2] + t ** 3 * p[3]
        layer = np.zeros((SIZE, SIZE), np.uint8)
        cv2.polylines(layer, [np.round(path * 16).astype(np.int32)], False, 255, int(rng.integers(1, 5)), cv2.LINE_AA, 4)
        alpha = (layer.astype(np.float32) * (rng.uniform(0.35, 0.9) / 255))[..., None]
        image += (hsv(rng.random(), rng.uniform(0, 0.6), rng.uniform(0.15, 0.95)) - image) * alpha


def lighting(rng):
    """A multiplicative light field, [224, 224, 1]: a slope across the picture, a soft pool of light, a vignette."""
    u, _ = _grid(rng)
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    cx, cy = rng.uniform(40, SIZE - 40, 2)
    pool = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * rng.uniform(70, 140) ** 2))
    slope = (u - u.mean()) / SIZE * rng.uniform(0, 0.35)
    return (0.86 + slope + rng.uniform(0.05, 0.28) * pool)[..., None].astype(np.float32)
