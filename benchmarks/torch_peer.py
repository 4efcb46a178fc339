"""What ExplainCore is measured against: the same work in PyTorch; prints milliseconds and memory.

    torch_peer.py mask|rise|explain THREADS contiguous|channels_last vgg19|squeezenet1_1|mobilenet_v2 COUNT [PICTURE]

mask     COUNT iterations of a mask, as pytorch-explain-black-box writes them; prints the median
rise     COUNT masks in batches of 32; prints the time of one
explain  a whole run for PICTURE with COUNT iterations: weights from TORCH_HOME's file, result written as PNG
"""

import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

BATCH = 32


def normalized(picture, layout):
    tensor = torchvision.transforms.functional.to_tensor(picture)[None]
    tensor = torchvision.transforms.functional.normalize(tensor, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    return tensor.to(memory_format=layout)


def total_variation(m):
    rows = (m[..., 1:, :] - m[..., :-1, :]).abs().pow(3).mean()
    return rows + (m[..., 1:] - m[..., :-1]).abs().pow(3).mean()


def mask(model, picture, blurred, target, count):
    mask = torch.ones(1, 1, 28, 28, requires_grad=True)
    optimizer = torch.optim.Adam([mask], lr=0.1)
    times = []
    for _ in range(count):
        start = time.perf_counter()
        upsampled = F.interpolate(mask, size=(224, 224), mode="bilinear", align_corners=True)
        perturbed = picture * upsampled + blurred * (1 - upsampled) + torch.randn_like(picture) * 0.2
        score = torch.softmax(model(perturbed), 1)[0, target]
        loss = 0.01 * (1 - mask).abs().mean() + 0.2 * total_variation(mask) + score
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mask.data.clamp_(0, 1)
        times.append((time.perf_counter() - start) * 1e3)
    return mask, times


def rise(model, picture, count, layout):
    total = torch.zeros(224, 224)
    with torch.no_grad():
        start = time.perf_counter()
        for first in range(0, count, BATCH):
            cells = (torch.rand(min(BATCH, count - first), 1, 7, 7) < 0.5).float()
            masks = F.interpolate(cells, size=(256, 256), mode="bilinear", align_corners=False)[..., :224, :224]
            scores = torch.softmax(model((picture * masks).to(memory_format=layout)), 1)[:, 7]
            total += (scores[:, None, None] * masks[:, 0]).sum(0)
    return (time.perf_counter() - start) * 1e3 / count


def explain(model, path, layout, count):
    from PIL import Image, ImageFilter

    picture = Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR)
    blurred = Image.blend(
        picture.filter(ImageFilter.GaussianBlur(5)), picture.filter(ImageFilter.MedianFilter(11)), 0.5)
    picture, blurred = (normalized(p, layout) for p in (picture, blurred))
    with torch.no_grad():
        target = int(model(picture).argmax())
    learned, _ = mask(model, picture, blurred, target, count)
    heat = F.interpolate(1 - learned.detach(), size=(224, 224), mode="bilinear", align_corners=True)[0, 0]
    Image.fromarray((heat.numpy() * 255).astype(np.uint8)).save("/tmp/torch-mask.png")


def main():
    job, threads, layout, name, count = sys.argv[1:6]
    torch.manual_seed(0)
    torch.set_num_threads(int(threads))
    layout = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    weights = "DEFAULT" if job == "explain" else None
    model = torchvision.models.get_model(name, weights=weights).eval().to(memory_format=layout)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    picture = torch.randn(1, 3, 224, 224).to(memory_format=layout)
    if job == "mask":
        warm = sorted(mask(model, picture, torch.randn_like(picture), 7, int(count))[1][3:])
        milliseconds = warm[len(warm) // 2]
    elif job == "rise":
        rise(model, picture, BATCH, layout)
        milliseconds = rise(model, picture, int(count), layout)
    else:
        start = time.perf_counter()
        explain(model, sys.argv[6], layout, int(count))
        milliseconds = (time.perf_counter() - start) * 1e3
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"ms {milliseconds} resident_mb {memory}")


if __name__ == "__main__":
    main()
