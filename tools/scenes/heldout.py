"""Writes held-out scenes with their truth masks and an index: what explanations are scored against.

    python heldout.py --one 48 --two 48 --out DIR

Every scene NAME.jpg (or .png with --png) has one mask an object, NAME.CLASS.mask.png: 1 bit, white on the object's
visible pixels. `index.json` lists them: {"file", "seed", "objects": [{"class", "index", "box", "mask"}]}.
"""

import argparse
import json
import os

import numpy as np
from PIL import Image

from dataset import HELDOUT_SEED
from render import scene
from shapes import CLASSES

TWO_OFFSET = 1_000_000    # two-object scenes have seeds of their own


def heldout(kind, k):
    """Held-out scene number k with one or two objects; the classes take turns."""
    seed = HELDOUT_SEED + k + (TWO_OFFSET if kind == 2 else 0)
    names = [CLASSES[k % len(CLASSES)]]
    if kind == 2:
        names.append(CLASSES[(k + 1 + (k // len(CLASSES)) % (len(CLASSES) - 1)) % len(CLASSES)])
    return (seed,) + scene(seed, classes=names)


def write(folder, name, picture, objects, png=True):
    """Writes one scene and its masks; its entry of the index."""
    file = name + (".png" if png else ".jpg")
    Image.fromarray(picture).save(os.path.join(folder, file), **({"optimize": True} if png else {"quality": 92, "subsampling": 0}))
    entry = {"file": file, "objects": []}
    for item in objects:
        mask = f"{name}.{item['class']}.mask.png"
        Image.fromarray(item["mask"].astype(np.uint8) * 255).convert("1", dither=0).save(os.path.join(folder, mask),
                                                                                       optimize=True)
        entry["objects"].append({"class": item["class"], "index": item["index"], "box": list(item["box"]), "mask": mask})
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one", type=int, default=48, help="scenes with one object")
    parser.add_argument("--two", type=int, default=48, help="scenes with two objects")
    parser.add_argument("--out", required=True)
    parser.add_argument("--png", action="store_true", help="lossless pictures (larger)")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    index = []
    for kind, count in ((1, options.one), (2, options.two)):
        for k in range(count):
            seed, picture, objects = heldout(kind, k)
            entry = write(options.out, f"{'one' if kind == 1 else 'two'}-{k:03d}", picture, objects, options.png)
            index.append({"file": entry["file"], "seed": seed, "objects": entry["objects"]})
    with open(os.path.join(options.out, "index.json"), "w") as file:
        json.dump({"classes": list(CLASSES), "scenes": index}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
