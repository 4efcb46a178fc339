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


def smooth_max(parameters, step, sigma, coldness=20):
    """Masks of [K, 1, rows, columns] parameters, pixel by pixel after the equation in SmoothMaxConvolution.swift."""
    reach = math.ceil(sigma / step)
    radius, padding = 1 + reach, 1 + 2 * reach
    extents = [step * (n + 2 * (padding - radius) - 1) + 1 for n in parameters.shape[2:]]
    padded = F.pad(parameters[:, 0], (padding + step,) * 4)
    down, right = (torch.arange(extent) for extent in extents)
    values = []
    for tap_down in range(2 * radius + 1):
        for tap_right in range(2 * radius + 1):
            # The parameter's row and column for each pixel, and how far it is from the pixel.
            row, column = down // step + tap_down - padding, right // step + tap_right - padding
            distance_down, distance_right = down - (sigma + step * row), right - (sigma + step * column)
            distance = (distance_down[:, None] ** 2 + distance_right[None, :] ** 2).float().sqrt()
            kernel = torch.exp(-2 * (distance / sigma - 0.5).clamp(min=0) ** 2)
            values.append(kernel * padded[:, row + padding + step][:, :, column + padding + step])
    values = torch.stack(values, 1)
    return (values * (coldness * values).softmax(1)).sum(1, keepdim=True)


def blurred(x, sigma):
    if sigma == 0:
        return x
    radius = math.ceil(4 * sigma)
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    rows = F.conv2d(x, kernel, padding=(0, radius), groups=3)
    return F.conv2d(rows, kernel.transpose(2, 3), padding=(radius, 0), groups=3)


def blended(pyramid, mask):
    """Linear interpolation between levels as a sum of hats: only the two nearest levels have a weight."""
    position = mask * (len(pyramid) - 1)
    return sum((1 - (position - level).abs()).clamp(min=0) * y for level, y in enumerate(pyramid))


def extremal(model, x, target, *, variant, contrastive, areas=(0.1, 0.3), iterations=20, step=4, sigma=8, blur=6.0):
    pyramid = [blurred(x, blur * (7 - level) / 7) for level in range(8)]
    # The method starts from ones, which makes pixels equal whose order in the sorted mask is then arbitrary; a random
    # start has none.
    shape = (len(areas), 1, -(-HEIGHT // step), -(-WIDTH // step))
    parameters = torch.from_numpy(uniform(shape, SEED, 504, 0.5, 1)).requires_grad_(True)
    optimizer = torch.optim.SGD([parameters], lr=0.01, momentum=0.9, dampening=0.9)
    cut = lambda whole: whole[:, :, sigma : sigma + HEIGHT, sigma : sigma + WIDTH]

    def score(pictures):
        logits = model(pictures)
        if not contrastive:
            return logits[:, target]
        others = torch.cat([logits[:, :target], logits[:, target + 1 :]], 1)
        return logits[:, target] - others.amax(1)

    weight, losses, rewards = 300.0, [], []
    for iteration in range(iterations):
        whole = smooth_max(parameters, step, sigma).clamp(0, 1)
        mask = cut(whole)
        flip = (lambda p: p.flip(3)) if iteration % 2 == 0 else (lambda p: p)
        reward = 0
        if variant in ("preserve", "dual"):
            reward = reward + score(flip(blended(pyramid, mask)))
        if variant in ("delete", "dual"):
            reward = reward - score(flip(blended(pyramid, 1 - mask)))
        ordered = whole.flatten(1).sort(1)[0]
        count = ordered.shape[1]
        wanted = torch.stack([(torch.arange(count) >= round(count * (1 - area))).float() for area in areas])
        penalty = weight * ((ordered - wanted) ** 2).mean(1)
        loss = (penalty - reward).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        parameters.data.clamp_(0, 1)
        weight *= 1.0035
        losses.append(float(loss.detach()))
        rewards.append(reward.detach().tolist())
    with torch.no_grad():
        mask = cut(smooth_max(parameters, step, sigma).clamp(0, 1))
    return {"loss": np.float32(losses), "reward": np.float32(rewards), "parameters": parameters.detach(), "mask": mask}


def smooth_max_case():
    """Values and gradients of the operation alone, for a kernel that is no whole number of steps wide."""
    parameters = torch.from_numpy(uniform((2, 1, 4, 5), SEED, 502)).requires_grad_(True)
    mask = smooth_max(parameters, 3, 5)
    direction = torch.from_numpy(uniform(tuple(mask.shape), SEED, 503, 0.5, 1.5))
    (mask * direction).sum().backward()
    return {"smooth_max/mask": mask.detach(), "smooth_max/gradient": parameters.grad}


def main():
    model, x = network(), picture()
    with torch.no_grad():
        probabilities = torch.softmax(model(x), 1)[0]
        target = int(probabilities.argmax())
        print("target", target, probabilities.tolist())
        arrays = {"target": np.array([target], np.int64), "probabilities": probabilities}
        arrays |= occlusion(model, x, target)
        arrays["rise"] = rise(model, x, target)
    arrays |= smooth_max_case()
    for name, options in {
        "preserve": dict(variant="preserve", contrastive=False),
        "delete": dict(variant="delete", contrastive=False),
        "dual": dict(variant="dual", contrastive=True),
    }.items():
        result = extremal(model, x, target, **options)
        print(name, result["loss"][[0, 1, -1]], float(result["mask"].min()), float(result["mask"].max()))
        arrays |= {f"extremal/{name}/{key}": value for key, value in result.items()}
    save("blackbox", arrays)


if __name__ == "__main__":
    main()
