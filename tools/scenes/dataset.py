"""Scenes rendered ahead of training: memory-mapped arrays in a folder, filled by several processes.

    python dataset.py --out DIR --count 24000

`pictures.npy` uint8 [N, 224, 224, 3]; `blurred.npy` the same pictures as the explainer hides them; `truth.npy` uint8
[N, 2, 56, 56], how much of each 4x4 block each object covers (255 = all of it); `labels.npy` int64 [N, 2], -1 = no object.
"""

import argparse
import multiprocessing
import os

import cv2
import numpy as np

from backdrop import SIZE
from render import scene

TRAINING_SEED = 1_000_000    # scene k of the training set has the seed TRAINING_SEED + k
VALIDATION_SEED = 50_000_000  # watched while training
HELDOUT_SEED = 60_000_000    # reported numbers: neither trained on nor watched
CELLS = 56


def hide(picture):
    """The picture as the explainer hides it: the mean of an 11x11 Gaussian (sigma 5) and an 11x11 median blur."""
    gaussian = cv2.GaussianBlur(picture, (11, 11), 5)
    median = cv2.medianBlur(picture, 11)
    return cv2.addWeighted(gaussian, 0.5, median, 0.5, 0)


def _open(folder, name, shape=None, dtype=None):
    path = os.path.join(folder, name + ".npy")
    if shape:
        return np.lib.format.open_memmap(path, "w+", dtype, shape)
    return np.load(path, mmap_mode="r+")


def _fill(job):
    folder, start, stop, seed = job
    cv2.setNumThreads(1)
    pictures, blurred, truth, labels = load(folder)
    for k in range(start, stop):
        picture, objects = scene(seed + k)
        pictures[k], blurred[k] = picture, hide(picture)
        for j, item in enumerate(objects):
            labels[k, j] = item["index"]
            truth[k, j] = cv2.resize(item["mask"].astype(np.uint8) * 255, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    return stop - start


def load(folder):
    """The four arrays of a rendered set."""
    return tuple(_open(folder, name) for name in ("pictures", "blurred", "truth", "labels"))


def render_set(folder, count, seed=TRAINING_SEED, processes=None):
    """Renders `count` scenes into a folder."""
    os.makedirs(folder, exist_ok=True)
    _open(folder, "pictures", (count, SIZE, SIZE, 3), np.uint8)
    _open(folder, "blurred", (count, SIZE, SIZE, 3), np.uint8)
    _open(folder, "truth", (count, 2, CELLS, CELLS), np.uint8)
    _open(folder, "labels", (count, 2), np.int64)[:] = -1
    jobs = [(folder, k, min(k + 200, count), seed) for k in range(0, count, 200)]
    done = 0
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for n in pool.imap(_fill, jobs):
            done += n
            if done % 2000 == 0:
                print(f"{done} of {count} scenes rendered", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--count", type=int, default=24_000)
    parser.add_argument("--seed", type=int, default=TRAINING_SEED)
    parser.add_argument("--processes", type=int, default=None)
    options = parser.parse_args()
    render_set(options.out, options.count, options.seed, options.processes)


if __name__ == "__main__":
    main()
