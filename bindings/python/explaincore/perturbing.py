"""The function that was published as `perturb`, by this library's means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Union

from . import _arguments
from .explanations import Explanation, explain
from .models import Model
from .pictures import Picture, PictureLike
from .torch import torch_model

if TYPE_CHECKING:
    import torch


def perturb(
    image: PictureLike,
    model: Union[torch.nn.Module, Model],
    out_dir: _arguments.Path,
    transforms: Union[str, Callable[[Any], Any]] = "torch",
    tv_beta: float = 3,
    lr: float = 0.2,
    max_iter: int = 100,
    l1_coeff: float = 0.01,
    tv_coeff: float = 0.02,
    plot: bool = True,
    **options: Any,
) -> Explanation:
    """Learns which pixels of a picture must be blurred for its class to vanish, and writes pictures of that.

    Arguments, constants and files follow the function of that name in public PyTorch implementations of Fong & Vedaldi
    2017: a 28x28 mask, a Gaussian blur of 5 pixels, noise of deviation 1 on the normalized picture.

    Args:
        image: a path, a PIL image, or an array.
        model: a PyTorch module in evaluation mode, which is explained as it is.
        out_dir: where mask.png, heatmap.png, cam.png and perturbated.png go; a file's name stands before theirs.
        transforms: those that the module was evaluated with, such as torchvision's, or "torch", "caffe", "tf", "none".
            (The order `transforms, out_dir` is understood as well.)
        tv_beta, lr, max_iter, l1_coeff, tv_coeff: the method's `beta`, `learning_rate`, `iterations`, `l1`, `tv`.
        plot: shows a figure of matplotlib, too.
        options: what `explain` takes, such as `target`, `seed` and the other options of the method mask.
    """
    if callable(out_dir) and not callable(transforms):
        out_dir, transforms = transforms, out_dir
    if plot:
        import matplotlib.pyplot
    if not isinstance(model, Model):
        model = torch_model(model, transforms)
    picture = Picture.of(image)
    settings = {
        "perturbation": "gaussian", "sigma": 5, "noise": 1, "upsampling": "bilinear", "beta": tv_beta,
        "learning_rate": lr, "iterations": max_iter, "l1": l1_coeff, "tv": tv_coeff,
    }
    explanation = explain(picture, model, "mask", **{**settings, **options})
    explanation.save(out_dir, prefix=Path(picture.name).stem or None)
    if plot:
        explanation.plot()
        matplotlib.pyplot.show()
    return explanation
