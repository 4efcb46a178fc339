"""Writes the example pictures with their truth masks, and the model card's contact sheet of the classes.

    python examples.py --out examples/pictures --sheet docs/images/scenes-classes.png --weights scenes.safetensors

With --weights every example must be classified right, or nothing more is written.
"""

import argparse
import os

import cv2
import numpy as np
from PIL import Image

from heldout import write
from render import scene, sheet
from shapes import CLASSES

EXAMPLES = (
    (70_000_003, ("star", "gear")),
    (70_000_000, ("heart", "spiral")),
    (70_000_002, ("checkered-square", "striped-ball")),
    (70_000_004, ("arrow", "ring")),
    (80_000_035, ("flower",)),
    (80_000_040, ("gear",)),
    (80_000_003, ("crescent",)),
)
SHEET_BASE = 80_000_000
SHEET_SEEDS = (36, 25, 2, 27, 40, 29, 30, 43, 32, 45, 34, 59)    # one a class, in the order of CLASSES


def check(weights):
    """The example pictures that the network gets wrong."""
    import torch
    from model import load, normalize
    model, wrong = load(weights), []
    for seed, names in EXAMPLES:
        with torch.no_grad():
            scores = torch.softmax(model(normalize(scene(seed, classes=names)[0][None])), 1)[0]
        top = [CLASSES[k] for k in scores.topk(len(names)).indices]
        print("-".join(names), " ".join(f"{name} {scores[CLASSES.index(name)]:.3f}" for name in top))
        if set(top) != set(names):
            wrong.append(names)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", help="folder of the examples")
    parser.add_argument("--sheet", help="file of the contact sheet")
    parser.add_argument("--weights")
    options = parser.parse_args()
    if options.weights and (wrong := check(options.weights)):
        raise SystemExit(f"classified wrong: {wrong}")
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        for seed, names in EXAMPLES:
            write(options.out, "scene-" + "-".join(names), *scene(seed, classes=names))
    if options.sheet:
        os.makedirs(os.path.dirname(options.sheet) or ".", exist_ok=True)
        tiles = [scene(SHEET_BASE + s, classes=[name])[0] for s, name in zip(SHEET_SEEDS, CLASSES)]
        small = [cv2.resize(tile, (128, 128), interpolation=cv2.INTER_AREA) for tile in tiles]
        page = Image.fromarray(np.ascontiguousarray(sheet(small, 6)))
        page.quantize(256, dither=Image.Dither.NONE).save(options.sheet, optimize=True)


if __name__ == "__main__":
    main()
