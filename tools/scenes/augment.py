"""What training does to a picture: it hides parts as an explainer would, and says what may still be seen.

The network's evidence for an object is to be the object's *sharp* pixels. So objects are blurred away through masks of
many kinds, and the target says how much of each object is left: at least 60 % of its visible pixels count as all of it,
at most 25 % as none.
"""

import numpy as np
import torch
import torch.nn.functional as F

from model import MEAN, STD
from shapes import CLASSES

GRID = 28
FULL, NONE = 0.60, 0.25


def up(mask, side):
    """A 28x28 mask at the picture's size, as the explainer does it."""
    return F.interpolate(mask, (side, side), mode="bilinear", align_corners=True)


def presence(truth, mask):
    """How present each object is under a mask: truth [N, 2, 56, 56] in [0, 1], mask [N, 1, 28, 28] -> [N, 2] in [0, 1]."""
    area = truth.sum((2, 3))
    share = (truth * up(mask, truth.shape[-1])).sum((2, 3)) / area.clamp(min=1e-6)
    return ((share - NONE) / (FULL - NONE)).clamp(0, 1) * (area > 0)


def targets(labels, present):
    """The soft target: what is present shares the probability, what is missing leaves it spread evenly."""
    total = present.sum(1, keepdim=True)
    weight = present / total.clamp(min=1)
    spread = (1 - total).clamp(min=0) / len(CLASSES)
    hot = F.one_hot(labels.clamp(min=0), len(CLASSES)).float()
    return (hot * weight[..., None]).sum(1) + spread


def target_scores(labels, present, top=7.0):
    """The scores (logits) to match, which give those targets: 0 for an absent class, `top` for a present one."""
    hot = F.one_hot(labels.clamp(min=0), len(CLASSES)).float()
    amount = (hot * present[..., None]).sum(1)
    return torch.log1p(amount * (np.exp(top) - 1))


def _smooth(rng, n):
    """Random smooth fields [n, 1, 28, 28] of about zero mean and unit spread."""
    cells = int(rng.choice([3, 4, 5, 7, 10, 14, 28]))
    field = torch.from_numpy(rng.normal(size=(n, 1, cells, cells)).astype(np.float32))
    return F.interpolate(field, (GRID, GRID), mode="bicubic", align_corners=False)


def around(truth, grow):
    """An object's cells on the 28x28 grid, grown by `grow` cells."""
    cells = (F.max_pool2d(truth, 2) > 0.02).float()
    return F.max_pool2d(cells, 2 * grow + 1, 1, grow) if grow else cells


def random_mask(rng, truth):
    """One mask [1, 1, 28, 28] for one picture's truth [2, 56, 56]; 1 keeps, 0 hides."""
    kind = rng.choice(8, p=[0.20, 0.20, 0.20, 0.15, 0.05, 0.05, 0.10, 0.05])
    one = torch.ones(1, 1, GRID, GRID)
    item = truth[None, int(rng.integers(2)) if truth[1].any() else 0][None]
    everything = truth.max(0).values[None, None]
    if kind == 0:
        return one
    if kind == 1:    # smooth blobs of any share
        sharpness = float(rng.choice([1, 3, 20]))
        return torch.sigmoid(sharpness * (_smooth(rng, 1) + rng.normal(0.3, 0.8)))
    if kind == 2:    # one object goes
        hidden = around(item, int(rng.integers(0, 4)))
        if rng.random() < 0.3:
            hidden = torch.maximum(hidden, (_smooth(rng, 1) > 0.9).float())
        return 1 - hidden * float(rng.choice([1.0, 1.0, rng.uniform(0.8, 1)]))
    if kind == 3:    # all but the objects, or all but one of them
        kept = around(everything if rng.random() < 0.6 else item, int(rng.integers(0, 3)))
        return kept + (1 - kept) * float(rng.choice([0.0, 0.0, rng.uniform(0, 0.6)]))
    if kind == 4:    # a half plane
        turn, shift = rng.uniform(0, 2 * np.pi), rng.normal(0, 6)
        y, x = torch.meshgrid(torch.arange(GRID) - 13.5, torch.arange(GRID) - 13.5, indexing="ij")
        return ((x * np.cos(turn) + y * np.sin(turn)) > shift).float()[None, None]
    if kind == 5:    # everything goes
        return one * float(rng.choice([0.0, rng.uniform(0, 0.25)]))
    if kind == 6:    # speckles, as an unregularized mask has them
        speckle = torch.from_numpy((rng.random((1, 1, GRID, GRID)) ** rng.uniform(0.2, 2)).astype(np.float32))
        return torch.maximum(speckle, around(everything, 0)) if rng.random() < 0.5 else speckle
    return one * rng.uniform(0.3, 1)    # an even veil


def replace_some(rng, sharp, hidden):
    """Hidden pixels mostly become the explainer's blur; in some pictures a wider blur, the mean color or ImageNet's mean.

    Both arguments are normalized, [N, 3, 224, 224]; changes `hidden` in place.
    """
    kinds = torch.from_numpy(rng.choice(4, len(sharp), p=[0.70, 0.14, 0.08, 0.08]))
    wide = sharp[kinds == 1]
    if len(wide):    # a Gaussian of sigma 10, at a quarter of the size
        small = F.avg_pool2d(wide, 4)
        taps = torch.exp(-torch.arange(-7, 8).float() ** 2 / (2 * 2.5 ** 2))
        taps = (taps / taps.sum()).view(1, 1, 1, 15).repeat(3, 1, 1, 1)
        small = F.conv2d(F.pad(small, (7, 7, 0, 0), "reflect"), taps, groups=3)
        small = F.conv2d(F.pad(small, (0, 0, 7, 7), "reflect"), taps.transpose(2, 3), groups=3)
        hidden[kinds == 1] = F.interpolate(small, sharp.shape[-2:], mode="bilinear", align_corners=False)
    for k in torch.nonzero(kinds >= 2).flatten().tolist():
        hidden[k] = sharp[k].mean((1, 2), keepdim=True) if kinds[k] == 2 else 0


class Loader:
    """Batches of augmented scenes: (sharp, hidden, truth, labels, mask), the pictures normalized, channels last."""

    def __init__(self, arrays, batch, seed, start=0):
        self.arrays, self.batch, self.seed, self.step = arrays, batch, seed, start

    def _one(self, rng, k):
        """One scene turned and mirrored at random, as uint8 arrays."""
        pictures, blurred, truth, labels = self.arrays
        turn, mirror = int(rng.integers(4)), rng.random() < 0.5

        def place(a, axes):
            a = np.rot90(a, turn, axes)
            return np.flip(a, axes[1]) if mirror else a

        seen = torch.from_numpy(place(truth[k], (1, 2)).astype(np.float32) / 255)
        return place(pictures[k], (0, 1)), place(blurred[k], (0, 1)), seen, random_mask(rng, seen)[0]

    def __iter__(self):
        while True:
            rng = np.random.default_rng((self.seed, self.step))
            self.step += 1
            chosen = np.sort(rng.integers(0, len(self.arrays[0]), self.batch))
            sharp, hidden, truth, mask = zip(*(self._one(rng, int(k)) for k in chosen))
            order = rng.permutation(3)
            contrast = torch.from_numpy(rng.uniform(0.8, 1.15, (self.batch, 1, 1, 1)).astype(np.float32))
            light = torch.from_numpy(rng.uniform(-0.08, 0.08, (self.batch, 1, 1, 1)).astype(np.float32))
            sharp, hidden = (self._picture(np.stack(v), order, contrast, light) for v in (sharp, hidden))
            replace_some(rng, sharp, hidden)
            yield sharp, hidden, torch.stack(truth), torch.from_numpy(self.arrays[3][chosen]), torch.stack(mask)

    @staticmethod
    def _picture(pictures, order, contrast, light):
        """Pictures with their colors exchanged and their light changed, as the network's input."""
        scale = contrast / (255 * torch.tensor(STD))
        shift = (0.5 - 0.5 * contrast + light - torch.tensor(MEAN)) / torch.tensor(STD)
        return torch.from_numpy(np.take(pictures, order, 3)).float().mul_(scale).add_(shift).permute(0, 3, 1, 2)
