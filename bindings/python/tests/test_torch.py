"""PyTorch's modules: a small convolutional network and a small Vision Transformer, trained here.

A picture shows a red square, a green disc, or both; the classes are "red" and "green".
"""

import copy

import numpy
import pytest

import explaincore
from explaincore import explain, perturb, torch_model

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
from torch import nn  # noqa: E402

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def picture(generator, red, green):
    """A noisy gray picture of 48x48 with what is asked for."""
    pixels = generator.integers(90, 150, (48, 48, 3)).astype(numpy.uint8)
    if red:
        y, x = generator.integers(0, 34, 2)
        pixels[y:y + 14, x:x + 14] = (220, 30, 40)
    if green:
        center = generator.integers(8, 40, 2)
        rows, columns = numpy.mgrid[:48, :48]
        pixels[(rows - center[0]) ** 2 + (columns - center[1]) ** 2 < 50] = (30, 190, 60)
    return pixels


def transforms(image):
    """As torchvision's ToTensor and Normalize."""
    values = torch.from_numpy(numpy.array(image)).permute(2, 0, 1) / 255
    return (values - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]


class Convolutional(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, padding=1),
            nn.ReLU(), nn.Dropout(0.1), nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(72, 2))


class Attention(nn.Module):
    """Patches of 8x8 pixels, two layers of attention, a class token."""

    def __init__(self, width=32, patches=36):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, stride=8)
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.places = nn.Parameter(torch.randn(1, patches + 1, width) * 0.02)
        layer = nn.TransformerEncoderLayer(width, 4, 64, activation="gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.places
        return self.head(self.layers(x)[:, 0])


def trained(module):
    generator = numpy.random.default_rng(0)
    optimizer = torch.optim.Adam(module.parameters(), lr=3e-3)
    torch.set_num_threads(1)  # small tensors
    for _ in range(60):
        classes = generator.integers(0, 2, 16)
        batch = torch.stack([transforms(picture(generator, c == 0, c == 1)) for c in classes])
        loss = nn.functional.cross_entropy(module(batch), torch.from_numpy(classes))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    return module.eval()


@pytest.fixture(scope="module", params=[Convolutional, Attention])
def module(request):
    torch.manual_seed(0)
    return trained(request.param())


@pytest.fixture()
def both():
    return picture(numpy.random.default_rng(1), True, True)


def relative(a, b):
    return numpy.linalg.norm(a - b) / numpy.linalg.norm(b)


def test_scores_are_the_modules(module, both):
    model = torch_model(module, transforms, classes=["red", "green"], size=48)
    assert model.name == type(module).__name__.lower() and model.input_size == (48, 48)
    with torch.no_grad():
        expected = torch.softmax(module(transforms(both)[None]), 1)[0].numpy()
    found = sorted(model.classify(both), key=lambda entry: entry.index)
    # The pixels are normalized by other roundings of float32.
    assert numpy.allclose([entry.probability for entry in found], expected, atol=1e-5)


def test_the_gradient_is_pytorchs_own(module, both):
    model = torch_model(module, transforms, classes=["red", "green"], size=48)
    for target in (0, 1):
        pictures = transforms(both)[None].requires_grad_()
        module(pictures)[0, target].backward()
        expected = pictures.grad[0].abs().amax(0).numpy()
        saliency = explain(both, model, "saliency", target=target, progress=False)
        # Roundings of the pixels go through the network twice; no ReLU or maximum of this picture is near a tie.
        assert relative(saliency.map, expected) < 1e-4
    module.zero_grad()


def test_each_pass_through_callbacks_is_pytorchs_to_the_bit(module, both, monkeypatch):
    from explaincore.torch import Passes

    recorded = []
    backward = Passes.backward

    def recording(self, entry, weights):
        gradient = backward(self, entry, weights)
        recorded.append((entry.batch.copy(), weights, gradient.copy()))
        return gradient

    monkeypatch.setattr(Passes, "backward", recording)
    model = torch_model(module, transforms, size=48)
    explain(both, model, "mask", preset="hybrid", iterations=2, progress=False)
    assert len(recorded) >= 6
    for batch, weights, gradient in recorded:
        pictures = torch.from_numpy(batch).requires_grad_()
        expected, = torch.autograd.grad((module(pictures) * torch.from_numpy(weights)).sum(), pictures)
        assert numpy.array_equal(gradient, expected.numpy())


def test_the_evidence_is_where_the_target_is(module):
    generator = numpy.random.default_rng(5)
    pixels = picture(generator, False, False)
    pixels[4:18, 4:18] = (220, 30, 40)
    rows, columns = numpy.mgrid[:48, :48]
    disc = (rows - 34) ** 2 + (columns - 34) ** 2 < 50
    pixels[disc] = (30, 190, 60)
    square = numpy.zeros_like(disc)
    square[4:18, 4:18] = True
    model = torch_model(module, transforms, classes=["red", "green"], size=48)
    for target, inside, other in (("red", square, disc), ("green", disc, square)):
        explanation = explain(pixels, model, "mask", preset="hybrid", target=target, progress=False)
        importance = explanation.importance
        assert importance[inside].mean() > 2 * importance[other].mean(), target


def test_the_module_stays_as_it_is(module, both):
    before = {name: value.clone() for name, value in module.state_dict().items()}
    parameter = next(module.parameters())
    required = [entry.requires_grad for entry in module.parameters()]
    explain(both, torch_model(module, transforms, size=48), "mask", iterations=3, progress=False)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert [entry.requires_grad for entry in module.parameters()] == required
    assert parameter.grad is None or not parameter.grad.any()


def test_frozen_parameters_and_callers_that_compute_no_gradients(module, both):
    frozen = torch_model(module, transforms, size=48)
    expected = explain(both, frozen, "saliency", target=0, progress=False).map
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    try:
        with torch.no_grad():
            assert numpy.array_equal(explain(both, frozen, "saliency", target=0, progress=False).map, expected)
        with torch.inference_mode():
            assert numpy.array_equal(explain(both, frozen, "saliency", target=0, progress=False).map, expected)
    finally:
        for parameter in module.parameters():
            parameter.requires_grad_(True)


def test_other_precisions(module, both):
    single = torch_model(module, transforms, size=48).classify(both)
    double_module = copy.deepcopy(module).double()
    double = torch_model(double_module, transforms, size=48).classify(both)
    assert [entry.index for entry in single] == [entry.index for entry in double]
    assert single[0].probability == pytest.approx(double[0].probability, abs=1e-4)
    saliency = explain(both, torch_model(double_module, transforms, size=48), "saliency", progress=False)
    expected = explain(both, torch_model(module, transforms, size=48), "saliency", progress=False)
    assert relative(saliency.map, expected.map) < 1e-3  # roundings of float32 through the whole network


def test_the_same_run_again(module, both):
    model = torch_model(module, transforms, size=48)
    masks = [explain(both, model, iterations=10, seed=3, progress=False).mask for _ in range(2)]
    assert numpy.array_equal(*masks)


def test_graphs_are_made_again_when_they_are_gone(both):
    from explaincore.callbacks import Pass
    from explaincore.torch import KEPT, Passes

    torch.manual_seed(0)
    passes = Passes(Convolutional().eval())
    batch = transforms(both)[None].numpy()
    weights = numpy.ones((1, 2), numpy.float32)
    for number in range(KEPT + 2):
        passes.forward(Pass(batch.copy(), number, True))
    assert len(passes.kept) == KEPT
    gradients = [passes.backward(Pass(batch.copy(), number, True), weights) for number in (0, KEPT + 1)]
    assert numpy.array_equal(*gradients)
    assert len(passes.kept) == KEPT - 1


class Output:
    def __init__(self, logits):
        self.logits = logits


class Wrapped(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return Output(self.module(x))


def test_outputs_with_logits(module, both):
    expected = torch_model(module, transforms, size=48).classify(both)
    assert torch_model(Wrapped(module).eval(), transforms, size=48).classify(both) == expected


def test_modules_that_do_not_fit(both):
    with pytest.raises(ValueError, match="eval"):
        torch_model(Convolutional(), size=48)
    with pytest.raises(ValueError, match=r"\[1, 3, 48, 48\]: it must be \[1, classes\]"):
        torch_model(nn.Identity().eval(), size=48)
    module = Convolutional().eval()
    model = torch_model(module, size=48)
    module.train()
    with pytest.raises(ValueError, match="eval"):
        model.classify(both)


@pytest.mark.parametrize("size", [48, numpy.int64(48), numpy.array([48, 48]), [48, 48]])
def test_sizes(size):
    assert torch_model(Convolutional().eval(), size=size).input_size == (48, 48)


class Failing(nn.Module):
    """Fails once it is used in earnest."""

    def forward(self, x):
        if x.any():
            raise IndexError("deep inside")
        return x.mean((2, 3))


def test_exceptions_of_a_module(both):
    with pytest.raises(IndexError, match="deep inside") as caught:
        torch_model(Failing().eval(), size=48).classify(both)
    assert caught.traceback[-1].name == "forward"


class TestTransforms:
    def found(self, function):
        from explaincore.transforms import preprocessing_of

        return preprocessing_of(function)

    def test_normalization(self):
        found = self.found(transforms)
        assert found["size"] == (224, 224) and found["bgr"] is False
        assert found["mean"] == pytest.approx(MEAN, abs=1e-6)
        assert found["deviation"] == pytest.approx(DEVIATION, rel=1e-6)

    def test_bytes_and_reversed_channels(self):
        caffe = numpy.array((103.939, 116.779, 123.68))

        def function(image):
            return numpy.array(image, float)[..., ::-1].transpose(2, 0, 1) - caffe[:, None, None]

        found = self.found(function)
        assert found["bgr"] is True
        assert numpy.array(found["mean"]) / found["deviation"] == pytest.approx(caffe)
        # What the library makes of it is what the transforms make.
        pixels = picture(numpy.random.default_rng(2), True, True)
        seen = []

        class Seeing(nn.Module):
            def forward(self, x):
                seen.append(x)
                return x.mean((2, 3))

        torch_model(Seeing().eval(), function, size=48).classify(pixels)
        assert numpy.allclose(seen[-1][0].numpy(), function(pixels), atol=1e-3)

    def test_arrays_alone(self):
        def function(array):
            assert isinstance(array, numpy.ndarray)
            return torch.from_numpy(array).permute(2, 0, 1)[None, :, :100, :80] / 127.5 - 1

        found = self.found(function)
        assert found["size"] == (80, 100)
        assert found["mean"] == pytest.approx([0.5] * 3) and found["deviation"] == pytest.approx([0.5] * 3)

    @pytest.mark.parametrize("function", [
        lambda image: transforms(image).mean(0, keepdim=True).expand(3, -1, -1),  # gray
        lambda image: transforms(image) ** 2,
        lambda image: transforms(image) * 0,
        lambda image: transforms(image) + torch.arange(224.0),
        lambda image: transforms(image)[0],
        lambda image: torch.zeros(4, 3, 8, 8),
    ])
    def test_what_is_more_than_that(self, function):
        with pytest.raises(explaincore.InvalidArgumentError, match="transforms"):
            self.found(function)

    def test_torchvisions(self, both):
        torchvision = pytest.importorskip("torchvision.transforms", reason="torchvision is not installed")
        evaluation = torchvision.Compose([
            torchvision.Resize(256), torchvision.CenterCrop(224), torchvision.ToTensor(),
            torchvision.Normalize(MEAN, DEVIATION)])
        found = self.found(evaluation)
        assert found["size"] == (224, 224)
        assert found["mean"] == pytest.approx(MEAN, abs=1e-6)
        assert found["deviation"] == pytest.approx(DEVIATION, rel=1e-6)


class TestPerturb:
    def test_files_and_result(self, module, both, tmp_path):
        explaincore.Picture.from_array(both).save(tmp_path / "both.png")
        model = torch_model(module, transforms, classes=["red", "green"], size=48)
        explanation = perturb(
            tmp_path / "both.png", model, tmp_path / "out", transforms, plot=False, progress=False, target="red",
            score="logit")  # probabilities near 1 have hardly a gradient
        assert explanation.method == "mask" and explanation.iterations == 100
        assert explanation.score_after < explanation.score_before
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "both-cam.png", "both-heatmap.png", "both-mask.png", "both-perturbated.png"]

    def test_a_module_as_it_is_in_either_order(self, both, tmp_path):
        torch.manual_seed(0)
        module = Convolutional().eval()

        def large(image):
            return transforms(image)

        first = perturb(both, module, tmp_path / "a", large, max_iter=2, plot=False, progress=False)
        second = perturb(both, module, large, tmp_path / "b", max_iter=2, plot=False, progress=False)
        assert numpy.array_equal(first.mask, second.mask)
        assert (tmp_path / "a" / "cam.png").read_bytes() == (tmp_path / "b" / "cam.png").read_bytes()
        assert first.importance.shape == (224, 224) and first.picture_importance.shape == (48, 48)
        options = first.report()["options"]
        assert (options["l1"], options["tv"], options["beta"]) == (pytest.approx([0.01]), pytest.approx(0.02), 3)

    def test_its_plot(self, module, both, tmp_path, monkeypatch):
        pyplot = pytest.importorskip("matplotlib.pyplot")
        pyplot.switch_backend("agg")
        shown = []
        monkeypatch.setattr(pyplot, "show", lambda: shown.append(len(pyplot.gcf().axes)))
        model = torch_model(module, transforms, size=48)
        perturb(both, model, tmp_path, transforms, max_iter=3, progress=False)
        assert shown == [4]
