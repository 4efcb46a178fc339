"""PyTorch's modules as models, explained where they are: nothing is exported, nothing is copied but pictures."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional, Tuple, Union

from . import _arguments
from .callbacks import Array, Pass, model_of
from .loading import Size
from .models import Model
from .transforms import preprocessing_of

if TYPE_CHECKING:
    import torch

# Passes of which a module's intermediate results are kept: methods walk back soon, or not at all.
KEPT = 4


def torch_model(
    module: torch.nn.Module,
    preprocess: Union[str, Callable[[Any], Any]] = "torch",
    *,
    classes: Optional[Iterable[str]] = None,
    name: Optional[str] = None,
    size: Optional[Size] = None,
    batch_limit: int = 0,
    **preprocessing: Any,
) -> Model:
    """Makes a model of a PyTorch module that maps pictures `[n, 3, height, width]` to logits `[n, classes]`.

    Args:
        module: in evaluation mode, on any device, of any floating-point type. It stays as it is: its parameters get no
            gradients.
        preprocess: what the module expects of a pixel, "torch", "caffe", "tf" or "none" as in `load`; or the
            transforms that it was evaluated with, such as torchvision's, of which size and normalization are taken.
        classes: the classes' names; by default ImageNet's for 1000 classes, otherwise numbers.
        name: what reports call the model; by default the module's class.
        size: the module's input, a number or (width, height); by default 224, or what the transforms make.
        batch_limit: the most pictures in a pass; 0 is no limit. A limit saves memory.
        preprocessing: `mean`, `deviation`, `scale`, `bgr`, `resize`, `antialias` as in `load`.
    """
    if callable(preprocess):
        found = preprocessing_of(preprocess)
        found_size = found.pop("size")
        size = found_size if size is None else size
        preprocessing = {**found, **preprocessing}
    else:
        preprocessing = {"preprocess": preprocess, **preprocessing}
    size = 224 if size is None else size
    passes = Passes(module)
    return model_of(
        passes.forward, passes.backward, classes if classes is not None else passes.class_count(size),
        name=name if name is not None else type(module).__name__.lower(), size=size, batch_limit=batch_limit,
        **preprocessing)


class Passes:
    """Runs a module, and keeps the graphs of passes that may be walked back."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = module
        self.kept: OrderedDict[int, Tuple[torch.Tensor, torch.Tensor]] = OrderedDict()

    def class_count(self, size: Size) -> int:
        """The number of scores that the module gives for an input of that size."""
        import torch

        width, height = _arguments.size(size, "size")
        with torch.no_grad():
            return int(self._scores(torch.zeros(1, 3, height, width)).shape[1])

    def forward(self, entry: Pass) -> Array:
        import torch

        if not entry.differentiable:
            with torch.no_grad():
                return _numpy(self._scores(torch.from_numpy(entry.batch)))
        pictures, scores = self._traced(entry)
        self.kept[entry.number] = (pictures, scores)
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return _numpy(scores)

    def backward(self, entry: Pass, weights: Array) -> Array:
        import torch

        kept = entry.number in self.kept
        pictures, scores = self.kept.pop(entry.number) if kept else self._traced(entry)
        # Not `scores.backward()`, which would add to the gradients of the module's parameters.
        weighted = torch.from_numpy(weights).to(scores)
        return _numpy(torch.autograd.grad(scores, pictures, weighted)[0])

    def _traced(self, entry: Pass) -> Tuple[torch.Tensor, torch.Tensor]:
        import torch

        with torch.inference_mode(False), torch.enable_grad():
            pictures = torch.from_numpy(entry.batch).requires_grad_()
            return pictures, self._scores(pictures)

    def _scores(self, pictures: torch.Tensor) -> torch.Tensor:
        if self.module.training:
            raise ValueError("the module is in training mode, where scores are random: call its eval() first")
        weight = next(self.module.parameters(), pictures)
        output: Any = self.module(pictures.to(weight.device, weight.dtype))
        scores: Any = getattr(output, "logits", output)  # as the models of transformers have them
        if getattr(scores, "ndim", None) != 2 or len(scores) != len(pictures):
            found = list(scores.shape) if hasattr(scores, "shape") else type(scores).__name__
            raise ValueError(f"the module's output is {found}: it must be [{len(pictures)}, classes]")
        result: torch.Tensor = scores
        return result


def _numpy(tensor: torch.Tensor) -> Array:
    import torch

    values: Array = tensor.detach().to("cpu", torch.float32).numpy()
    return values
