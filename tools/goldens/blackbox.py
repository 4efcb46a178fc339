"""Goldens of the methods that look at scores alone, and of extremal masks.

Occlusion is Captum's; RISE and extremal masks are written here from their papers' equations. The network is a small
VGG with weights from the counter-based generator; its input is made from that generator too, so nothing but results
is stored. Run: python tools/goldens/blackbox.py
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from captum.attr import Occlusion

from common import philox, save, uniform
from vgg import layers, run, weights

STAGES, CLASSES, HEIGHT, WIDTH, SEED, NETWORK_SEED = [[8], [12], [16]], 5, 40, 56, 31, 32


def network():
    tensors = weights(layers(STAGES, CLASSES, None, False), NETWORK_SEED)
    return lambda x: run(x, tensors, STAGES, None, False)


def picture():
    coarse = torch.from_numpy(uniform((1, 3, HEIGHT // 8, WIDTH // 8), SEED, 500, -2, 2))
    fine = torch.from_numpy(uniform((1, 3, HEIGHT, WIDTH), SEED, 501, -0.5, 0.5))
    return F.interpolate(coarse, (HEIGHT, WIDTH), mode="bilinear", align_corners=False) + fine


def occlusion(model, x, target):
    """A patch and strides for which the last position is cut at the edge in both directions."""
    probability = lambda batch: torch.softmax(model(batch), 1)
    mean = x.mean((2, 3), keepdim=True).expand_as(x).contiguous()
    maps = {}
    for name, function, fill, patch, stride in (
        ("occlusion/mean", probability, mean, 9, 4),
        ("occlusion/zero", model, 0, 13, 13),
    ):
        full = Occlusion(function).attribute(
            x, strides=(3, stride, stride), sliding_window_shapes=(3, patch, patch), baselines=fill, target=target
        )
        maps[name] = full[0, 0].float()
    return maps


def rise_masks(count, cells, keep, seed):
    """From the words of one sequence: the cells of a mask, then how far it is shifted down and right."""
    cell_height, cell_width = math.ceil(HEIGHT / cells), math.ceil(WIDTH / cells)
    words = philox(count * (cells * cells + 2), seed, 1).reshape(count, -1)
    unit = (words[:, :-2] >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    grid = torch.from_numpy((unit < np.float32(keep)).astype(np.float32)).reshape(count, 1, cells, cells)
    size = ((cells + 1) * cell_height, (cells + 1) * cell_width)
    large = F.interpolate(grid, size, mode="bilinear", align_corners=False)
    down = (words[:, -2].astype(np.uint64) * np.uint64(cell_height)) >> np.uint64(32)
    right = (words[:, -1].astype(np.uint64) * np.uint64(cell_width)) >> np.uint64(32)
    cut = [m[:, y : y + HEIGHT, x : x + WIDTH] for m, y, x in zip(large, down.astype(int), right.astype(int))]
    return torch.stack(cut)


def rise(model, x, target, count=50, cells=7, keep=0.5):
    masks = rise_masks(count, cells, keep, SEED)
    scores = torch.softmax(model(x * masks), 1)[:, target]
    return (scores.view(-1, 1, 1) * masks[:, 0]).sum(0) / (count * keep)


def main():
    model, x = network(), picture()
    with torch.no_grad():
        probabilities = torch.softmax(model(x), 1)[0]
        target = int(probabilities.argmax())
        print("target", target, probabilities.tolist())
        arrays = {"target": np.array([target], np.int64), "probabilities": probabilities}
        arrays |= occlusion(model, x, target)
        arrays["rise"] = rise(model, x, target)
    save("blackbox", arrays)


if __name__ == "__main__":
    main()
