"""Trains the `scenes` network on a rendered set and writes its weights.

    python dataset.py --out DATA/train --count 24000
    python dataset.py --out DATA/val --count 1000 --seed 50000000
    python train.py --data DATA --out DATA/scenes.safetensors

Two stages. The first trains with batch normalization, then folds it. The second goes on without it, and replays every
batch a few times while the hiding masks move against the network: each mask takes the step that makes the answer
most wrong for what may still be seen, so that no speckle besides an object can do away with it.
"""

import argparse
import os
import queue
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F

from augment import Loader, around, presence, target_scores, targets, up
from dataset import load
from model import Scenes, folded, normalize, save


def prefetched(batches, depth=6):
    """The same batches, prepared by a thread."""
    box = queue.Queue(depth)

    def work():
        for item in batches:
            box.put(item)

    threading.Thread(target=work, daemon=True).start()
    while True:
        yield box.get()


def blend(sharp, hidden, mask, noise):
    """The picture that the explainer would show under a mask."""
    m = up(mask, sharp.shape[-1])
    return (hidden + m * (sharp - hidden) + noise).contiguous(memory_format=torch.channels_last)


def loss_of(model, x, target, wanted=None):
    """Cross-entropy of each picture, less what no answer could avoid; plus, given scores to match, the distance to them.

    Softmax alone lets one object's score make up for another's: a mask could then lower A by clearing the view of B.
    Scores that depend on their own object only leave an explanation of A nothing to find at B.
    """
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(x).float()
    losses = (target * (target.clamp(min=1e-9).log() - F.log_softmax(scores, 1))).sum(1)
    if wanted is not None:
        losses = losses + F.smooth_l1_loss(scores, wanted, reduction="none").mean(1)
    return losses


class Average:
    """A running mean of the weights, which is what gets saved."""

    def __init__(self, model, decay):
        self.decay, self.steps = decay, 0
        self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model):
        self.steps += 1
        keep = min(self.decay, self.steps / (self.steps + 10))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - keep)
            else:
                self.state[name].copy_(value)


@torch.no_grad()
def accuracy(model, arrays):
    """(share of single-object scenes named right, share of two-object scenes with both in the top two)."""
    pictures, _, _, labels = arrays
    model.eval()
    right = [[], []]
    for k in range(0, len(pictures), 50):
        top = model(normalize(pictures[k:k + 50].copy())).topk(2).indices
        for answer, truth in zip(top.tolist(), labels[k:k + 50].tolist()):
            if truth[1] >= 0:
                right[1].append(set(answer) == set(truth))
            elif truth[0] >= 0:
                right[0].append(answer[0] == truth[0])
    return tuple(sum(r) / max(1, len(r)) for r in right)


def fit(model, options, arrays, validation, steps, rate, replays, name, seed):
    """One stage of training; the averaged model."""
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=2e-4 if replays > 1 else 1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.12, div_factor=10,
                                                   final_div_factor=50)
    average, shadow = Average(model, 0.995), Scenes(normalized=replays == 1)
    generator = torch.Generator().manual_seed(seed)
    batches, begun, shown, step = prefetched(Loader(arrays, options.batch, seed)), time.time(), [], 0
    model.train()
    while step < steps:
        sharp, hidden, truth, labels, mask = next(batches)
        n = len(sharp)
        moves = (torch.rand(n, 1, 1, 1, generator=generator) < 0.8).float()
        pace = moves * (0.1 + 0.3 * torch.rand(n, 1, 1, 1, generator=generator))
        # Most of the moving masks may only move where no object is: whatever they do there, the answer must stay.
        bound = torch.rand(n, 1, 1, 1, generator=generator) < 0.6
        reach = pace * (1 - bound * around(truth.amax(1, keepdim=True), 1)) if replays > 1 else None
        smooth = torch.rand(n, 1, 1, 1, generator=generator) < 0.5
        sigma = 0.25 * torch.rand(n, 1, 1, 1, generator=generator)
        sigma = torch.where(torch.rand(n, 1, 1, 1, generator=generator) < 0.3, torch.zeros(()), sigma)
        for replay in range(replays):
            noise = torch.randn(sharp.shape, generator=generator) * sigma
            moving = replays > 1 and replay + 1 < replays
            mask.requires_grad_(moving)
            present = presence(truth, mask.detach())
            wanted = target_scores(labels, present) if replays > 1 else None
            losses = loss_of(model, blend(sharp, hidden, mask, noise), targets(labels, present), wanted)
            optimizer.zero_grad(set_to_none=True)
            losses.mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update(model)
            if moving:
                slope = torch.where(smooth, F.avg_pool2d(mask.grad, 3, 1, 1), mask.grad)
                mask = (mask.detach() + reach * slope.sign()).clamp(0, 1)
            shown.append(losses.detach().mean().item())
            step += 1
            if step % options.report == 0 or step == steps:
                shadow.load_state_dict(average.state)
                one, two = accuracy(shadow.to(memory_format=torch.channels_last), validation)
                print(f"{name} step {step}/{steps} loss {sum(shown) / len(shown):.4f} one {one:.4f} two {two:.4f} "
                      f"{options.batch * step / (time.time() - begun):.0f} pictures/s", flush=True)
                shown.clear()
                torch.save(average.state, options.out + f".{name}.pt")
                save(folded(shadow), options.out)
            if step >= steps:
                break
    return shadow.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=2000, help="of the first stage")
    parser.add_argument("--hard-steps", type=int, default=2400, help="of the second stage, replays counted")
    parser.add_argument("--replays", type=int, default=5)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--hard-rate", type=float, default=1e-3)
    parser.add_argument("--from", dest="start", help="weights to begin the second stage with, instead of the first stage")
    parser.add_argument("--report", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(os.cpu_count())
    # Held in memory: batches are drawn at random.
    arrays = tuple(np.array(a) for a in load(os.path.join(options.data, "train")))
    validation = load(os.path.join(options.data, "val"))
    if options.start:
        from model import load as read
        model = read(options.start)
    else:
        model = Scenes(normalized=True).to(memory_format=torch.channels_last)
        model = folded(fit(model, options, arrays, validation, options.steps, options.rate, 1, "plain", options.seed))
    if options.hard_steps:
        model = model.to(memory_format=torch.channels_last)
        fit(model, options, arrays, validation, options.hard_steps, options.hard_rate, options.replays, "hard",
            options.seed + 1000)


if __name__ == "__main__":
    main()
