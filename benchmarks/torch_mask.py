"""One mask iteration of VGG19 in PyTorch, as pytorch-explain-black-box writes it; prints its time and memory.

Usage: torch_mask.py THREADS contiguous|channels_last
"""

import resource
import sys
import time

import torch
import torch.nn.functional as F
import torchvision

torch.manual_seed(0)
torch.set_num_threads(int(sys.argv[1]))
layout = torch.channels_last if sys.argv[2] == "channels_last" else torch.contiguous_format

model = torchvision.models.vgg19(weights=None).eval().to(memory_format=layout)
for parameter in model.parameters():
    parameter.requires_grad_(False)
picture = torch.randn(1, 3, 224, 224).to(memory_format=layout)
blurred = torch.randn(1, 3, 224, 224).to(memory_format=layout)
mask = torch.ones(1, 1, 28, 28, requires_grad=True)
optimizer = torch.optim.Adam([mask], lr=0.1)


def total_variation(m):
    rows = (m[..., 1:, :] - m[..., :-1, :]).abs().pow(3).mean()
    return rows + (m[..., 1:] - m[..., :-1]).abs().pow(3).mean()


times = []
for _ in range(12):
    start = time.perf_counter()
    upsampled = F.interpolate(mask, size=(224, 224), mode="bilinear", align_corners=True)
    perturbed = picture * upsampled + blurred * (1 - upsampled) + torch.randn_like(picture) * 0.2
    score = torch.softmax(model(perturbed), 1)[0, 7]
    loss = 0.01 * (1 - mask).abs().mean() + 0.2 * total_variation(mask) + score
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    mask.data.clamp_(0, 1)
    times.append((time.perf_counter() - start) * 1e3)

warm = sorted(times[3:])
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"iteration_ms {warm[len(warm) // 2]} resident_mb {memory}")
