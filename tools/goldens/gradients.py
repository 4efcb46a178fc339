"""Goldens of the gradient and class-activation methods: Captum's, pytorch-grad-cam's, or plain PyTorch's maps.

The network is a small VGG with weights from the counter-based generator, and so is its input. Where a package has the
method, its result is stored; Grad-CAM and its like are written out too, and compared with the package's scaled map.
Run: python tools/goldens/gradients.py (needs captum and grad-cam)
"""

import captum.attr as captum
import numpy as np
import pytorch_grad_cam as gradcam
import torch
import torch.nn.functional as F
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from common import philox, save, uniform
from vgg import layers, weights

STAGES, CLASSES, HEIGHT, WIDTH, SEED = [[8], [12], [16]], 5, 32, 40, 41
SAMPLES, SIGMA, STEPS = 50, 0.15, 50


def network():
    """As Swift's `VGG(stages: [[8], [12], [16]], head: .globalAverage)`, the last layer's weights times 4."""
    tensors = weights(layers(STAGES, CLASSES, None, False), SEED)
    tensors["classifier.0.weight"] = tensors["classifier.0.weight"] * 4
    modules, channels = [], 3
    for stage in STAGES:
        for width in stage:
            modules += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.ReLU()]
            channels = width
        modules.append(torch.nn.MaxPool2d(2))
    model = torch.nn.Sequential()
    model.add_module("features", torch.nn.Sequential(*modules))
    model.add_module("avgpool", torch.nn.AdaptiveAvgPool2d(1))
    model.add_module("flatten", torch.nn.Flatten())
    model.add_module("classifier", torch.nn.Sequential(torch.nn.Linear(channels, CLASSES)))
    model.load_state_dict(tensors)
    return model.eval().requires_grad_(False)


def picture():
    smooth = F.interpolate(
        torch.from_numpy(uniform((1, 3, 5, 7), SEED, 500, -2, 2)), size=(HEIGHT, WIDTH), mode="bilinear"
    )
    return smooth + torch.from_numpy(uniform((1, 3, HEIGHT, WIDTH), SEED, 501, -0.5, 0.5))


def normal(shape, seed, block, deviation):
    """The floats of `Random(seed:).normal(shape, deviation:)` from a block on, but for the last bits of libm."""
    count = int(np.prod(shape))
    words = philox((count + 3) // 4 * 4, seed, 0, block).reshape(-1, 2)
    unit = (words >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    radius = np.sqrt(np.float32(-2) * np.log(np.float32(1) - unit[:, 0]))
    angle = np.float32(2 * np.pi) * unit[:, 1]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return torch.from_numpy((pairs.reshape(-1)[:count] * np.float32(deviation)).reshape(shape))


def attributions(model, x, target):
    gradient = captum.Saliency(model)
    bases = {
        "saliency": lambda batch: gradient.attribute(batch, target=target, abs=False),
        "input-x-gradient": lambda batch: captum.InputXGradient(model).attribute(batch, target=target),
        "guided-backprop": lambda batch: captum.GuidedBackprop(model).attribute(batch, target=target),
        "deconvnet": lambda batch: captum.Deconvolution(model).attribute(batch, target=target),
    }
    arrays = {name: method(x) for name, method in bases.items()}
    deviation = np.float32(SIGMA) * np.float32(x.max() - x.min())
    noise = normal((SAMPLES, 3, HEIGHT, WIDTH), SEED, 0, deviation)
    for name, method in bases.items():
        arrays[f"smoothgrad/{name}"] = method(x + noise).mean(0, keepdim=True)

    # Black is (0 - mean) / deviation of ImageNet.
    mean, scale = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    black = (-mean / scale).view(1, 3, 1, 1).expand_as(x)
    integrated = captum.IntegratedGradients(model)
    for name, baseline, rule, steps in (
        ("black", black, "riemann_middle", STEPS),
        # With 50 steps, two pixels of a window are so nearly equal in one of them that roundings decide.
        ("zero", torch.zeros_like(x), "riemann_middle", 40),
        ("right", black, "riemann_right", STEPS),
    ):
        shares, delta = integrated.attribute(
            x, baseline, target=target, n_steps=steps, method=rule, return_convergence_delta=True
        )
        print(f"integrated gradients, {name}: gap {abs(float(delta)):.3g} of {float(shares.sum()):.4g}")
        arrays[f"integrated-gradients/{name}"] = shares
        arrays[f"integrated-gradients/{name}/gap"] = np.float32([abs(float(delta))])
    return arrays


def features(model, x, target, layer):
    """A layer's output and the gradient of the target's logit there."""
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    score = model(x.clone().requires_grad_(True))[0, target]
    handle.remove()
    (gradient,) = torch.autograd.grad(score, kept[0])
    return kept[0].detach()[0], gradient[0]


def written_out(name, A, g, model, x, target):
    """The map before it is scaled, `[h, w]`."""
    if name == "grad-cam":
        return F.relu((g.mean((1, 2), keepdim=True) * A).sum(0))
    if name == "grad-cam-plus-plus":
        alpha = g**2 / (2 * g**2 + A.sum((1, 2), keepdim=True) * g**3 + 1e-6)
        alpha = torch.where(g != 0, alpha, 0)
        return F.relu(((F.relu(g) * alpha).sum((1, 2), keepdim=True) * A).sum(0))
    if name == "layer-cam":
        return F.relu((F.relu(g) * A).sum(0))
    if name == "eigen-cam":
        flat = A.flatten(1).T.double()
        flat = flat - flat.mean(0)
        projection = (flat @ torch.linalg.svd(flat)[2][0]).float().view(A.shape[1:])
        # The sign of a principal component is arbitrary.
        return projection * torch.sign((projection * A.sum(0)).sum())
    up = F.interpolate(A[None], size=x.shape[2:], mode="bilinear", align_corners=True)[0]
    low, high = up.amin((1, 2), keepdim=True), up.amax((1, 2), keepdim=True)
    up = (up - low) / (high - low + 1e-8)
    scores = model(x * up[:, None])[:, target]
    return F.relu((torch.softmax(scores, 0)[:, None, None] * A).sum(0))


def as_packaged(cam, size):
    """pytorch-grad-cam scales a map to 0...1 before it resizes it, and afterwards again."""
    scale = lambda a: (a - a.min()) / (1e-7 + (a - a.min()).max())
    return scale(F.interpolate(scale(F.relu(cam))[None, None], size=size, mode="bilinear")[0, 0])


def distance(a, b):
    return float((a - b).norm() / b.norm())


def activation_maps(model, x, target):
    packages = {
        "grad-cam": gradcam.GradCAM,
        "grad-cam-plus-plus": gradcam.GradCAMPlusPlus,
        "layer-cam": gradcam.LayerCAM,
        "eigen-cam": gradcam.EigenCAM,
        "score-cam": gradcam.ScoreCAM,
    }
    arrays = {}
    model.requires_grad_(True)
    for place, index in (("last", 7), ("convolution", 3)):
        layer = model.features[index]
        A, g = features(model, x, target, layer)
        for name, package in packages.items():
            with torch.no_grad():
                own = written_out(name, A, g, model, x, target)
            resized = F.interpolate(own[None, None], size=x.shape[2:], mode="bilinear")[0, 0]
            arrays[f"{name}/{place}"] = resized
            theirs = torch.from_numpy(package(model, [layer])(x, [ClassifierOutputTarget(target)])[0])
            errors = [distance(as_packaged(sign * own, x.shape[2:]), theirs) for sign in (1, -1)]
            # The package leaves the sign of a principal component to the SVD.
            error = min(errors) if name == "eigen-cam" else errors[0]
            print(f"{name} at {place}: largest {float(own.max()):.4g}, differs from pytorch-grad-cam by {error:.2g}")
            assert error < 1e-4, name
    guided = captum.GuidedGradCam(model, model.features[7])
    arrays["guided-grad-cam"] = guided.attribute(x, target=target, interpolate_mode="bilinear")
    return arrays


def main():
    model, x = network(), picture()
    target = int(model(x).argmax())
    print("target", target, torch.softmax(model(x), 1)[0].tolist())
    arrays = {"input": x, "logits": model(x)}
    arrays |= attributions(model, x, target)
    arrays |= activation_maps(model, x, target)
    save("gradients", {name: torch.as_tensor(value).detach().numpy() for name, value in arrays.items()})


if __name__ == "__main__":
    main()
