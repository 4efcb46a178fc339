"""Held-out accuracy of a weights file, and whether evidence vanishes with the sharp pixels.

    python evaluate.py --weights scenes.safetensors --scenes 2400

Prints one JSON object. Scenes are rendered on the fly from held-out seeds, as they are (no augmentation).
"""

import argparse
import json

import cv2
import numpy as np
import torch

from dataset import hide
from heldout import heldout
from model import load, normalize
from shapes import CLASSES


def _grown(mask, pixels=6):
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1,) * 2)
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(np.float32)


def hidden_where(picture, mask):
    """The picture with the explainer's blur inside a mask."""
    soft = cv2.GaussianBlur(mask, (0, 0), 2)[..., None]
    return picture * (1 - soft) + hide(picture) * soft


@torch.no_grad()
def probabilities(model, pictures):
    return torch.softmax(model(normalize(np.stack(pictures))), 1).numpy()


def batches(kind, count, size=40):
    for start in range(0, count, size):
        yield [heldout(kind, k)[1:] for k in range(start, min(start + size, count))]


def one_object(model, count):
    """Accuracy by class, and the mean score of the true class: as it is, object hidden, all but the object hidden."""
    right = np.zeros((len(CLASSES), 2), int)
    scores = []
    for scenes in batches(1, count):
        truth = np.array([objects[0]["index"] for _, objects in scenes])
        masks = [_grown(objects[0]["mask"]) for _, objects in scenes]
        plain = probabilities(model, [p for p, _ in scenes])
        without = probabilities(model, [hidden_where(p, m) for (p, _), m in zip(scenes, masks)])
        alone = probabilities(model, [hidden_where(p, 1 - m) for (p, _), m in zip(scenes, masks)])
        for label, hit in zip(truth, plain.argmax(1) == truth):
            right[label] += (hit, 1)
        rows = np.arange(len(truth))
        scores.append(np.stack([v[rows, truth] for v in (plain, without, alone)], 1))
    scores = np.concatenate(scores).astype(float).mean(0).round(4).tolist()
    by_class = {name: round(hits / n, 4) for name, (hits, n) in zip(CLASSES, right)}
    return {"scenes": count, "accuracy": round(right[:, 0].sum() / right[:, 1].sum(), 4), "by_class": by_class,
            "mean_score": dict(zip(("as_is", "object_hidden", "all_else_hidden"), scores))}


def two_objects(model, count):
    """Share with both classes on top, and the mean score of each object's class before and after it is hidden."""
    both, scores = 0, []
    for scenes in batches(2, count):
        plain = probabilities(model, [p for p, _ in scenes])
        for j in range(2):
            truth = np.array([objects[j]["index"] for _, objects in scenes])
            other = np.array([objects[1 - j]["index"] for _, objects in scenes])
            after = probabilities(model, [hidden_where(p, _grown(o[j]["mask"])) for p, o in scenes])
            rows = np.arange(len(truth))
            scores.append(np.stack([plain[rows, truth], after[rows, truth], after[rows, other]], 1))
            if j == 0:
                top = np.sort(np.argsort(plain, 1)[:, -2:], 1)
                both += int((top == np.sort(np.stack([truth, other], 1), 1)).all(1).sum())
    scores = np.concatenate(scores).astype(float).mean(0).round(4).tolist()
    return {"scenes": count, "both_in_top_two": round(both / count, 4),
            "mean_score": dict(zip(("as_is", "object_hidden", "other_one_then"), scores))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--scenes", type=int, default=2400, help="single-object scenes; half as many two-object ones")
    options = parser.parse_args()
    model = load(options.weights)
    print(json.dumps({"one": one_object(model, options.scenes), "two": two_objects(model, options.scenes // 2)}, indent=1))


if __name__ == "__main__":
    main()
