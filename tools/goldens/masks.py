"""Goldens of mask learning: the first 20 iterations as PyTorch computes them, on identical tensors.

The network is a small VGG with weights from the counter-based generator; its input and the perturbed input are
stored, so that no difference of a blur takes part. The mask optimization is chaotic over hundreds of iterations, so
only the beginning is compared. Run: python tools/goldens/masks.py
"""

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from common import save, uniform
from vgg import layers, run, weights

STAGES, CLASSES, SIZE, CELLS, SEED = [[8], [12], [16]], 5, 48, 12, 21
ITERATIONS = 20


def network():
    tensors = weights(layers(STAGES, CLASSES, None, False), SEED)
    # Logits far enough apart that softmax has something to lose.
    tensors["classifier.0.weight"] = tensors["classifier.0.weight"] * 4
    return lambda x: run(x, tensors, STAGES, None, False)


def picture():
    noise = uniform((SIZE // 4, SIZE // 4, 3), SEED, 500, 0, 1)
    smooth = cv2.resize(noise, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    x = (smooth + uniform((SIZE, SIZE, 3), SEED, 501, -0.2, 0.2) - 0.5) * 4
    blurred = cv2.GaussianBlur(x, (11, 11), 5)
    to_tensor = lambda a: torch.from_numpy(np.ascontiguousarray(a.transpose(2, 0, 1)[None], dtype=np.float32))
    return to_tensor(x), to_tensor(blurred)


def smoothed(mask):
    """Nearest by a whole factor, then a Gaussian of 5/224 of the width, edges replicated."""
    up = F.interpolate(mask, size=(SIZE, SIZE), mode="nearest")
    sigma = 5 * SIZE / 224
    radius = (int(round(8 * sigma + 1)) | 1) // 2
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = kernel / kernel.sum()
    up = F.pad(up, (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(up, kernel.view(1, 1, -1, 1)), kernel.view(1, 1, 1, -1))


def total_variation(mask, beta, norm, coupled):
    rows, columns = mask[..., 1:, :] - mask[..., :-1, :], mask[..., 1:] - mask[..., :-1]
    reduce = torch.mean if norm == "mean" else torch.sum
    if coupled:
        rows, columns = F.pad(rows, (0, 0, 0, 1)), F.pad(columns, (0, 1))
        squared = rows**2 + columns**2
        # The root has no finite slope at 0; a zero there is the limit.
        return reduce(torch.where(squared > 0, squared.clamp_min(1e-30) ** (beta / 2), squared * 0))
    return reduce(rows.abs() ** beta) + reduce(columns.abs() ** beta)


def learn(model, x, blurred, target, *, game, up, norm, l1, tv, beta, coupled, lr, beta2, start, relative):
    mask = torch.full((1, 1, CELLS, CELLS), start, requires_grad=True)
    optimizer = torch.optim.Adam([mask], lr=lr, betas=(0.9, beta2))
    score = lambda batch: torch.softmax(model(batch), 1)[:, target]
    with torch.no_grad():
        divisor = float(score(x)[0]) if relative else 1.0
    reduce = torch.mean if norm == "mean" else torch.sum
    losses, scores = [], []
    for _ in range(ITERATIONS):
        upsampled = up(mask)
        removed = score(x * upsampled + blurred * (1 - upsampled))[0] / divisor
        cost = reduce((mask if game == "preservation" else 1 - mask).abs())
        loss = l1 * cost + tv * total_variation(mask, beta, norm, coupled)
        if game == "deletion":
            loss = loss + removed
        elif game == "preservation":
            loss = loss - removed
        else:
            loss = loss + removed - score(x * (1 - upsampled) + blurred * upsampled)[0] / divisor
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mask.data.clamp_(0, 1)
        losses.append(float(loss))
        scores.append(float(removed) * divisor)
    return losses, scores, mask.detach()


def main():
    model = network()
    x, blurred = picture()
    with torch.no_grad():
        probabilities = torch.softmax(model(x), 1)[0]
    target = int(probabilities.argmax())
    print("target", target, probabilities.tolist(), torch.softmax(model(blurred), 1)[0].tolist())
    aligned = lambda m: F.interpolate(m, size=(SIZE, SIZE), mode="bilinear", align_corners=True)
    half = lambda m: F.interpolate(m, size=(SIZE, SIZE), mode="bilinear", align_corners=False)
    common = dict(norm="mean", coupled=False, lr=0.1, beta2=0.999, start=1.0, relative=False)
    cases = {
        "blackbox": common | dict(game="deletion", up=aligned, l1=0.01, tv=0.2, beta=3),
        "paper": common | dict(game="deletion", up=smoothed, norm="sum", coupled=True, l1=1e-4, tv=1e-2, beta=3, start=0.5),
        "preservation": common | dict(game="preservation", up=aligned, l1=0.2, tv=0.2, beta=2),
        "hybrid": common | dict(game="hybrid", up=half, l1=0.6, tv=1.0, beta=2, lr=0.2, beta2=0.99, relative=True),
    }
    arrays = {"input": x, "blurred": blurred, "target": np.array([target], np.int64)}
    for name, options in cases.items():
        losses, scores, mask = learn(model, x, blurred, target, **options)
        print(name, losses[:3], losses[-1])
        arrays |= {f"{name}/loss": np.float32(losses), f"{name}/score": np.float32(scores), f"{name}/mask": mask}
    save("masks/history", arrays)


if __name__ == "__main__":
    main()
