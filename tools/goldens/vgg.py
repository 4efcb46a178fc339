"""Goldens of the VGG family: logits, activations and gradients as PyTorch computes them.

Weights come from the counter-based generator, which exists in Swift too, so that no weight file is needed. The
input gradient of VGG19 is stored at every seventh pixel, to keep the file small. Run: python tools/goldens/vgg.py
"""

import numpy as np
import torch
import torch.nn.functional as F

from common import save, uniform

STAGES = {
    "vgg11": [1, 1, 2, 2, 2],
    "vgg19": [2, 2, 4, 4, 4],
}


def layers(stages, classes, head, normalized):
    """Names and shapes in the order in which Swift's `VGG.tensors` lists them."""
    result, index, channels = [], 0, 3
    for stage in stages:
        for width in stage:
            result += [(f"features.{index}.weight", (width, channels, 3, 3)), (f"features.{index}.bias", (width,))]
            if normalized:
                for part in ("weight", "bias", "running_mean", "running_var"):
                    result.append((f"features.{index + 1}.{part}", (width,)))
            index += 3 if normalized else 2
            channels = width
        index += 1
    if head is None:
        return result + [("classifier.0.weight", (classes, channels)), ("classifier.0.bias", (classes,))]
    for layer, inputs, outputs in ((0, channels * 49, head), (3, head, head), (6, head, classes)):
        result += [(f"classifier.{layer}.weight", (outputs, inputs)), (f"classifier.{layer}.bias", (outputs,))]
    return result


def weights(names, seed):
    """Uniform with the variance that keeps activations of ReLU networks alive; factors and variances near 1."""
    tensors = {}
    for stream, (name, shape) in enumerate(names, start=1):
        if name.endswith("running_var") or (len(shape) == 1 and name.endswith(".weight")):
            low, high = 0.5, 1.5
        else:
            fan = int(np.prod(shape[1:])) if len(shape) > 1 else 64
            high = float(np.sqrt(np.float32(6) / np.float32(fan)))
            low = -high
        tensors[name] = torch.from_numpy(uniform(shape, seed, stream, low, high))
    return tensors


def run(x, tensors, stages, head, normalized, keep=None):
    """The forward pass, written out; `keep` collects what each convolution's ReLU gave."""
    index = 0
    for stage in stages:
        for _ in stage:
            x = F.conv2d(x, tensors[f"features.{index}.weight"], tensors[f"features.{index}.bias"], padding=1)
            if normalized:
                parts = [tensors[f"features.{index + 1}.{p}"] for p in ("running_mean", "running_var", "weight", "bias")]
                x = F.batch_norm(x, *parts, eps=1e-5)
                index += 1
            x = F.relu(x)
            index += 2
            if keep is not None:
                keep.append(x)
                x.retain_grad()
        x = F.max_pool2d(x, 2)
        index += 1
    if head is None:
        return F.linear(x.mean((2, 3)), tensors["classifier.0.weight"], tensors["classifier.0.bias"])
    x = F.adaptive_avg_pool2d(x, 7).flatten(1)
    for layer in (0, 3):
        x = F.relu(F.linear(x, tensors[f"classifier.{layer}.weight"], tensors[f"classifier.{layer}.bias"]))
    return F.linear(x, tensors["classifier.6.weight"], tensors["classifier.6.bias"])


def small(name, stages, classes, head, normalized, size, batch, seed):
    tensors = weights(layers(stages, classes, head, normalized), seed)
    x = torch.from_numpy(uniform((batch, 3, *size), seed, 0, -1, 1)).requires_grad_(True)
    keep = []
    logits = run(x, tensors, stages, head, normalized, keep)
    direction = torch.from_numpy(uniform(tuple(logits.shape), seed, 1000, -1, 1))
    logits.backward(direction)
    save(
        f"vgg/{name}",
        {
            "logits": logits.detach(),
            "input_gradient": x.grad,
            "last_activation": keep[-1].detach(),
            "last_activation_gradient": keep[-1].grad,
        },
    )


def vgg19():
    stages = [[w] * n for w, n in zip((64, 128, 256, 512, 512), STAGES["vgg19"])]
    tensors = weights(layers(stages, 1000, 4096, False), 19)
    x = torch.from_numpy(uniform((1, 3, 224, 224), 19, 0, -1, 1)).requires_grad_(True)
    logits = run(x, tensors, stages, 4096, False)
    logits[0, 7].backward()
    double = {name: tensor.double() for name, tensor in tensors.items()}
    x64 = x.detach().double().requires_grad_(True)
    logits64 = run(x64, double, stages, 4096, False)
    logits64[0, 7].backward()
    relative = lambda a, b: float((a.double() - b).norm() / b.norm())
    print("PyTorch against float64: logits", relative(logits.detach(), logits64.detach()))
    print("PyTorch against float64: gradient", relative(x.grad, x64.grad))
    save(
        "vgg/vgg19",
        {
            "logits": logits.detach(),
            "logits_float64": logits64.detach(),
            "input_gradient_sample": x.grad[:, :, ::7, ::7],
            "input_gradient_sample_float64": x64.grad[:, :, ::7, ::7],
        },
    )


if __name__ == "__main__":
    torch.manual_seed(0)
    small("plain", [[8, 8], [16], [24, 24]], 5, None, False, (32, 40), 2, 3)
    small("normalized", [[8], [16, 16]], 5, None, True, (20, 24), 2, 4)
    small("connected", [[8], [16], [16], [24], [24]], 6, 20, False, (96, 64), 1, 5)
    vgg19()
