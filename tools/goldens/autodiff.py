"""Values and gradients of the tape's operations, and optimizer trajectories, by PyTorch.

Each case has its inputs, the weights of the projection sum(w * f(inputs)), the value of f and the gradient of the
projection with respect to each input. Cases named `tie_...` stand on kinks, where finite differences mean nothing.
"""

import numpy as np
import torch
import torch.nn.functional as F

from common import save, uniform

arrays = {}
seed = 0


def plain(*shape, low=-1.0, high=1.0):
    global seed
    seed += 1
    return uniform(shape, seed, low=low, high=high)


def spaced(*shape):
    """Values in -1...1 in random order, at least 2 / (n + 1) from each other and half of that from zero.

    That is beyond the step of the finite differences, so no kink lies within it.
    """
    n = int(np.prod(shape))
    n += n % 2
    values = ((np.arange(n) + 0.5) / n * 2 - 1).astype(np.float32)
    return values[np.argsort(plain(n))][: int(np.prod(shape))].reshape(shape)


def case(name, function, *inputs):
    global seed
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    value = function(*tensors)
    seed += 1
    w = torch.tensor(uniform(tuple(value.shape), seed, low=0.5, high=1.5)).reshape(value.shape)
    gradients = torch.autograd.grad((w * value).sum(), tensors)
    for i, (x, g) in enumerate(zip(inputs, gradients)):
        arrays[f"{name}.input{i}"] = x
        arrays[f"{name}.gradient{i}"] = g.numpy()
    arrays[f"{name}.weights"] = w.numpy()
    arrays[f"{name}.value"] = value.detach().numpy()


small = (2, 3, 4)
positive = dict(low=0.4, high=2.0)
case("add", lambda a, b: a + b, plain(*small), plain(3, 1))
case("subtract", lambda a, b: a - b, plain(3, 4), plain(*small))
case("multiply", lambda a, b: a * b, plain(1, 1, 3, 5), plain(2, 3, 3, 5))
case("divide", lambda a, b: a / b, plain(*small), plain(2, 1, 4, **positive))
case("scalars", lambda a: 2 - (3 * (a + 1) - 0.5) / 4 + 1 / a, plain(*small, **positive))
case("negate", lambda a: -a, plain(*small))
case("maximum", torch.maximum, spaced(*small), spaced(2, 1, 4) + np.float32(0.02))
case("minimum", torch.minimum, spaced(*small), spaced(2, 1, 4) + np.float32(0.02))
case("tie_maximum", torch.maximum, np.float32([1, 2, 3]), np.float32([1, 3, 2]))
case("absolute", torch.abs, spaced(*small))
case("tie_absolute", torch.abs, np.float32([-1, 0, 2]))
case("power2.5", lambda a: a**2.5, plain(*small, **positive))
case("power3", lambda a: a**3, plain(*small))
case("power0", lambda a: a**0, plain(*small))
case("square", torch.square, plain(*small))
case("squareRoot", torch.sqrt, plain(*small, **positive))
case("exp", torch.exp, plain(*small))
case("log", torch.log, plain(*small, **positive))
case("relu", torch.relu, spaced(*small))
case("tie_relu", torch.relu, np.float32([-1, 0, 2]))
case("sigmoid", torch.sigmoid, plain(*small, low=-4, high=4))
case("clamp", lambda a: a.clamp(-0.3, 0.4), np.float32([-0.5, -0.35, -0.2, 0.1, 0.35, 0.45, 2]))
case("tie_clamp", lambda a: a.clamp(-0.25, 0.5), np.float32([-0.25, 0.5, 0.75]))

case("sum", lambda a: a.sum(), plain(*small))
case("sum1", lambda a: a.sum(1), plain(2, 3, 19))
case("sum02keep", lambda a: a.sum((0, 2), keepdim=True), plain(2, 3, 4, 5))
case("mean", lambda a: a.mean(), plain(*small))
case("mean-1", lambda a: a.mean(-1), plain(*small))
case("max", lambda a: a.amax((0, 1, 2)), spaced(*small))
case("max02", lambda a: a.amax((0, 2)), spaced(2, 3, 6))
case("min1keep", lambda a: a.amin(1, keepdim=True), spaced(2, 3, 6))
case("tie_max", lambda a: a.max(), np.float32([[1, 5, 2], [5, 0, 5]]))
case("dot", lambda a, b: (a * b).sum(), plain(*small), plain(*small))
case("norm", lambda a: a.norm(), plain(*small))
case("tie_norm", lambda a: a.norm(), np.zeros(3, np.float32))

case("reshape", lambda a: a.reshape(4, 6), plain(*small))
case("permute", lambda a: a.permute(2, 0, 3, 1), plain(2, 3, 4, 2))
case("transpose", lambda a: a.transpose(-1, -2), plain(*small))
case("concatenate", lambda a, b, c: torch.cat([a, b, c], 1), plain(2, 1, 3), plain(2, 2, 3), plain(2, 3, 3))
case("broadcast", lambda a: a.expand(2, 3, 4), plain(3, 1))
case("slice", lambda a: a[:, 1:3], plain(2, 4, 3))
case("sliceLast", lambda a: a[..., 2:], plain(2, 2, 5))
case("select", lambda a: a[:, [2, 0, 2]], plain(2, 4))
case("flip", lambda a: a.flip(0, 2), plain(2, 2, 5))
case("roll", lambda a: a.roll((2, -3), (-2, -1)), plain(1, 2, 5, 7))
pads = (2, 3, 1, 2)
case("padZero", lambda a: F.pad(a, pads), plain(1, 2, 4, 5))
case("padReflect", lambda a: F.pad(a, pads, mode="reflect"), plain(1, 2, 4, 5))
case("padReplicate", lambda a: F.pad(a, pads, mode="replicate"), plain(1, 2, 4, 5))
case("differences", lambda a: a.diff(dim=-2), plain(1, 4, 3))

case("matrixProduct", lambda a, b: a @ b, plain(3, 5), plain(5, 18))
conv = lambda **o: lambda x, w, b: F.conv2d(x, w, b, **o)
case("convolve", conv(padding=1), plain(2, 3, 4, 19), plain(2, 3, 3, 3), plain(2))
case("convolveNarrow", conv(padding=2), plain(1, 2, 5, 6), plain(3, 2, 5, 3), plain(3))
case("convolveStride", conv(stride=2, padding=1), plain(1, 2, 6, 7), plain(2, 2, 3, 3), plain(2))
case("convolveStride3", conv(stride=3, padding=2), plain(1, 1, 8, 10), plain(2, 1, 2, 2), plain(2))

case("bilinearAligned", lambda a: F.interpolate(a, (9, 20), mode="bilinear", align_corners=True), plain(1, 2, 3, 5))
case("bilinear", lambda a: F.interpolate(a, (9, 20), mode="bilinear", align_corners=False), plain(1, 2, 3, 5))
case("bilinearDown", lambda a: F.interpolate(a, (3, 5), mode="bilinear", align_corners=False), plain(1, 1, 8, 21))
case("bilinearAlignedOne", lambda a: F.interpolate(a, (1, 4), mode="bilinear", align_corners=True), plain(1, 1, 3, 1))
case("nearest", lambda a: F.interpolate(a, (6, 10), mode="nearest"), plain(1, 2, 3, 5))
case("nearestOdd", lambda a: F.interpolate(a, (7, 4), mode="nearest"), plain(1, 1, 3, 6))
case("averagePool", lambda a: F.avg_pool2d(a, 2), plain(1, 2, 4, 6))
case("averagePoolPadded", lambda a: F.avg_pool2d(a, 3, 2, 1), plain(1, 1, 7, 8))


def blurred(sigma, size, mode):
    distance = torch.arange(size, dtype=torch.float64) - size // 2
    kernel = torch.exp(-0.5 * (distance / sigma) ** 2)
    kernel = (kernel / kernel.sum()).float()
    r = size // 2

    def function(x):
        padded = F.pad(x, (r, r, r, r), mode=mode)
        rows = F.conv2d(padded, kernel.reshape(1, 1, -1, 1))
        return F.conv2d(rows, kernel.reshape(1, 1, 1, -1))

    return function


case("blurReflect", blurred(5, 11, "reflect"), plain(1, 1, 7, 18))
case("blurReplicate", blurred(1.5, 5, "replicate"), plain(1, 1, 6, 18))
case("blurZero", blurred(0.75, 7, "constant"), plain(1, 1, 6, 7))

case("softmax", lambda a: a.softmax(-1), plain(3, 5, low=-3, high=3))
case("logSoftmax", lambda a: a.log_softmax(-1), plain(3, 5, low=-3, high=3))
case("logSumExp", lambda a: a.logsumexp(-1), plain(3, 5, low=-3, high=3))
case("probability", lambda a: a.softmax(1)[:, 3], plain(2, 5, low=-3, high=3))
case("probabilities", lambda a: a.softmax(1)[:, [3, 1]].sum(1), plain(2, 5, low=-3, high=3))
case("logProbability", lambda a: a.log_softmax(1)[:, 3], plain(2, 5, low=-3, high=3))
case("logProbabilities", lambda a: a.softmax(1)[:, [3, 1]].sum(1).log(), plain(2, 5, low=-3, high=3))
case("logit", lambda a: a[:, [0, 4]].sum(1), plain(2, 5))
case("gather", lambda a: a.gather(1, torch.tensor([[1], [4]]))[:, 0], plain(2, 5))
case("crossEntropy", lambda a: F.cross_entropy(a, torch.tensor([1, 4, 0])), plain(3, 5, low=-3, high=3))


def variation(beta, reduce, coupled=False):
    def function(m):
        rows, columns = m.diff(dim=-2), m.diff(dim=-1)
        if not coupled:
            return reduce(rows.abs() ** beta) + reduce(columns.abs() ** beta)
        rows, columns = F.pad(rows, (0, 0, 0, 1)), F.pad(columns, (0, 1, 0, 0))
        # The last corner has no difference: PyTorch's derivative there would be NaN for beta below 2.
        squared = (rows**2 + columns**2).flatten()[:-1]
        return reduce(torch.cat([squared ** (beta / 2), torch.zeros(1)]))

    return function


case("variation3", variation(3, torch.mean), plain(1, 1, 4, 6))
case("variation2Sum", variation(2, torch.sum), plain(1, 1, 4, 6))
case("variation1", variation(1, torch.mean), spaced(1, 1, 4, 6))
case("variationCoupled3", variation(3, torch.sum, True), plain(1, 1, 4, 6))
case("variationCoupled1.5", variation(1.5, torch.mean, True), plain(1, 1, 4, 6))
case("smoothness", lambda m: (m.diff(dim=-2) ** 2).mean() + (m.diff(dim=-1) ** 2).mean(), plain(1, 1, 4, 6))
case("sort", lambda a: a.sort(-1)[0], spaced(2, 8))
case("sortDescending", lambda a: a.sort(-1, descending=True)[0], spaced(2, 8))


def trajectory(name, make):
    """Twenty steps down 0.5 * sum((p - target)^2) + cos, the parameter after each."""
    parameter = torch.tensor(plain(7), requires_grad=True)
    target = torch.tensor(plain(7))
    arrays[f"trajectory.{name}.start"] = parameter.detach().numpy().copy()
    optimizer, gradients, path = make([parameter]), [], []
    for _ in range(20):
        optimizer.zero_grad()
        (0.5 * ((parameter - target) ** 2).sum() + torch.cos(5 * parameter).sum()).backward()
        gradients.append(parameter.grad.numpy().copy())
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    arrays[f"trajectory.{name}.gradients"] = np.stack(gradients)
    arrays[f"trajectory.{name}.path"] = np.stack(path)


trajectory("adam", lambda p: torch.optim.Adam(p, lr=0.1))
trajectory("adamFast", lambda p: torch.optim.Adam(p, lr=0.2, betas=(0.9, 0.99), eps=1e-6))
trajectory("sgd", lambda p: torch.optim.SGD(p, lr=0.05))
trajectory("momentum", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9))
trajectory("dampened", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, dampening=0.5))

save("autodiff", arrays, torch=torch.__version__)
