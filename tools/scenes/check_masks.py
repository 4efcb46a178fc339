"""Learns deletion masks (the explainer's preset `blackbox`) on held-out two-object scenes and scores them by the truth.

    python check_masks.py --weights scenes.safetensors --scenes 12 --sheet sheet.png

For both objects of each scene: the share of the importance that lies in the object grown by 8 pixels, and whether the
most important place does (the pointing game). The sheet shows picture, importance for A, importance for B.
"""

import argparse
import json

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from dataset import hide
from heldout import heldout
from model import load, normalize
from render import sheet

RATE, L1, TV, BETA, SIGMA = 0.1, 0.01, 0.2, 3, 0.2


def learn_masks(model, pictures, classes, iterations=500, seed=0):
    """One mask a picture, all of a batch at once (they do not depend on one another); importance [N, 28, 28]."""
    torch.manual_seed(seed)
    sharp, hidden = normalize(np.stack(pictures)), normalize(np.stack([hide(p) for p in pictures]))
    n, rows = len(pictures), torch.arange(len(pictures))
    mask = torch.ones(n, 1, 28, 28, requires_grad=True)
    optimizer = torch.optim.Adam([mask], RATE)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for _ in range(iterations):
        m = F.interpolate(mask, sharp.shape[-2:], mode="bilinear", align_corners=True)
        x = hidden + m * (sharp - hidden) + SIGMA * torch.randn(sharp.shape)
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(x.contiguous(memory_format=torch.channels_last))
        p = torch.softmax(scores.float(), 1)[rows, torch.as_tensor(classes)]
        dy, dx = (mask[:, :, 1:] - mask[:, :, :-1]).abs(), (mask[..., 1:] - mask[..., :-1]).abs()
        tv = (dy ** BETA).mean((1, 2, 3)) + (dx ** BETA).mean((1, 2, 3))
        loss = L1 * (1 - mask).abs().mean((1, 2, 3)) + TV * tv + p
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        mask.data.clamp_(0, 1)
    return (1 - mask.detach())[:, 0].numpy()


def heat(picture, importance):
    color = cv2.applyColorMap((importance * 255).clip(0, 255).astype(np.uint8), cv2.COLORMAP_JET)[..., ::-1]
    return (picture * 0.45 + color * 0.55).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--first", type=int, default=0, help="number of the first held-out scene")
    parser.add_argument("--iterations", type=int, default=500)
    parser.add_argument("--sheet", help="write a contact sheet here")
    options = parser.parse_args()
    model, shares, hits, tiles, areas = load(options.weights), [[], []], [[], []], [], []
    for start in range(options.first, options.first + options.scenes, 6):
        scenes = [heldout(2, k)[1:] for k in range(start, min(start + 6, options.first + options.scenes))]
        jobs = [(p, o, j) for p, o in scenes for j in range(2)]
        found = learn_masks(model, [p for p, _, _ in jobs], [o[j]["index"] for _, o, j in jobs], options.iterations)
        for (picture, objects, j), importance in zip(jobs, found):
            full = F.interpolate(torch.from_numpy(importance)[None, None], (224, 224), mode="bilinear",
                                 align_corners=True)[0, 0].numpy()
            inside = cv2.dilate(objects[j]["mask"].astype(np.uint8), np.ones((17, 17), np.uint8)) > 0
            shares[j].append(float(full[inside].sum() / max(full.sum(), 1e-9)))
            hits[j].append(bool(inside.flat[cv2.GaussianBlur(full, (0, 0), 4).argmax()]))
            areas.append(float(importance.mean()))
            tiles += ([picture] if j == 0 else []) + [heat(picture, full)]
    print(json.dumps({"scenes": options.scenes, "share_a": round(np.mean(shares[0]), 4), "share_b": round(np.mean(shares[1]), 4),
                      "pointing_a": round(np.mean(hits[0]), 4), "pointing_b": round(np.mean(hits[1]), 4),
                      "mean_importance": round(np.mean(areas), 4),
                      "shares": [[round(v, 2) for v in s] for s in shares]}))
    if options.sheet:
        cv2.imwrite(options.sheet, sheet(tiles, 6)[..., ::-1])


if __name__ == "__main__":
    main()
