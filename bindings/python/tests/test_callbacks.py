"""Models of Python functions: what they see, what they return, and how they fail."""

import gc
import threading
import weakref

import numpy
import pytest

import explaincore
from explaincore import callback_model, explain


def mean_of_red(batch):
    """Two classes: how red the upper half is, and the lower."""
    half = batch.shape[2] // 2
    return numpy.stack([batch[:, 0, :half].mean((1, 2)), batch[:, 0, half:].mean((1, 2))], axis=1) * 4


def gradient_of_red(batch, weights):
    half = batch.shape[2] // 2
    gradient = numpy.zeros_like(batch)
    gradient[:, 0, :half] = weights[:, :1, None] * 4 / (half * batch.shape[3])
    gradient[:, 0, half:] = weights[:, 1:, None] * 4 / ((batch.shape[2] - half) * batch.shape[3])
    return gradient


@pytest.fixture()
def red():
    return callback_model(mean_of_red, ["above", "below"], backward=gradient_of_red, size=(40, 30), name="red")


@pytest.fixture()
def redness():
    pixels = numpy.full((30, 40, 3), 100, numpy.uint8)
    pixels[2:12, 5:20, 0] = 255
    return pixels


def test_the_model(red):
    assert (red.name, red.class_count, red.class_names, red.input_size) == ("red", 2, ["above", "below"], (40, 30))
    assert callback_model(mean_of_red, 2).input_size == (224, 224)
    assert len(callback_model(lambda batch: numpy.zeros((len(batch), 1000)), 1000).class_name(0)) > 1  # ImageNet's


def test_what_a_function_sees(redness):
    seen = []

    def forward(batch):
        seen.append(batch)
        return numpy.zeros((len(batch), 3))

    model = callback_model(forward, 3, size=(40, 30), preprocess="none")
    classes = model.classify(redness)
    assert [entry.probability for entry in classes] == pytest.approx([1 / 3] * 3)
    assert seen[0].shape == (1, 3, 30, 40) and seen[0].dtype == numpy.float32
    assert numpy.array_equal(seen[0][0].transpose(1, 2, 0), redness)
    # Its own copy, which it may keep and change.
    seen[0][:] = 0
    assert numpy.array_equal(redness[2:12, 5:20, 0], numpy.full((10, 15), 255))


def test_classification_is_a_softmax(red, redness):
    normalized = (redness.transpose(2, 0, 1)[None] / 255 - 0.485) / 0.229
    scores = mean_of_red(normalized)[0]
    expected = numpy.exp(scores) / numpy.exp(scores).sum()
    classes = red.classify(redness)
    assert [entry.name for entry in classes] == ["above", "below"]
    assert [entry.probability for entry in classes] == pytest.approx(sorted(expected)[::-1], rel=1e-5)


def test_a_gradient_is_the_functions(red, redness):
    explanation = explain(redness, red, "saliency", target="above", progress=False)
    expected = numpy.zeros((30, 40))
    expected[:15] = 4 / (15 * 40)
    assert numpy.allclose(explanation.map, expected, rtol=1e-6)


def test_methods_that_need_no_gradient(redness):
    model = callback_model(mean_of_red, ["above", "below"], size=(40, 30))
    explanation = explain(redness, model, "occlusion", target="above", patch=8, stride=4, progress=False)
    assert explanation.importance[2:12, 5:20].mean() > 3 * explanation.importance[15:].mean()
    with pytest.raises(explaincore.UnsupportedError, match="gradient"):
        explain(redness, model, "mask", progress=False)
    with pytest.raises(explaincore.UnsupportedError):
        explain(redness, model, "grad-cam", progress=False)


def test_a_mask(red, redness):
    explanation = explain(redness, red, "mask", target="above", iterations=60, noise=0, progress=False)
    assert explanation.score_after < explanation.score_before
    assert explanation.importance[4:10, 7:18].mean() > 3 * explanation.importance[18:].mean()


def test_batches_can_be_limited(redness):
    counts = []

    def forward(batch):
        counts.append(len(batch))
        return mean_of_red(batch)

    model = callback_model(forward, 2, size=(40, 30), batch_limit=3)
    explain(redness, model, "occlusion", patch=8, stride=4, progress=False)
    assert max(counts) == 3


class Mine(Exception):
    pass


def broken(*arguments):
    raise Mine("it broke") from ZeroDivisionError("why")


def test_exceptions_come_out_as_they_are(redness):
    model = callback_model(broken, 2, size=(40, 30))
    for call in (lambda: model.classify(redness), lambda: explain(redness, model, "rise", progress=False)):
        with pytest.raises(Mine, match="it broke") as caught:
            call()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert caught.traceback[-1].name == "broken"
    model = callback_model(mean_of_red, 2, backward=broken, size=(40, 30))
    with pytest.raises(Mine):
        explain(redness, model, "mask", progress=False)
    assert model.classify(redness)  # the scores still come


@pytest.mark.parametrize("result, words", [
    (numpy.zeros((1, 3)), r"\[1, 3\]: it must be \[1, 2\]"),
    (numpy.zeros(2), r"\[2\]"),
    (None, r"\[\]"),
])
def test_results_of_another_shape(redness, result, words):
    model = callback_model(lambda batch: result, 2, size=(40, 30))
    with pytest.raises((ValueError, TypeError), match=words):
        model.classify(redness)


def test_scores_that_are_not_finite(redness):
    model = callback_model(lambda batch: numpy.full((len(batch), 2), numpy.nan), 2, size=(40, 30))
    with pytest.raises(explaincore.ExplainError, match="finite"):
        model.classify(redness)


def test_control_c_in_a_function(redness):
    def forward(batch):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        callback_model(forward, 2, size=(40, 30)).classify(redness)


def test_each_thread_has_its_own_exceptions(redness):
    def forward(batch):
        if batch[0, 0, 0, 0] == 1:
            raise Mine
        return mean_of_red(batch)

    model = callback_model(forward, 2, size=(40, 30), preprocess="none")
    failures, successes = [], []

    def work(value):
        pixels = numpy.full((30, 40, 3), value, numpy.uint8)
        for _ in range(20):
            try:
                successes.append((value, model.classify(pixels)))
            except Mine:
                failures.append(value)

    threads = [threading.Thread(target=work, args=(number % 2,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [1] * 60 and {value for value, _ in successes} == {0} and len(successes) == 60


def test_a_model_within_a_model(scene, scenes):
    """A function may use the library, but not the model that it is part of."""
    outer = callback_model(
        lambda batch: [[entry.probability for entry in sorted(scenes.classify(scene, 12), key=lambda e: e.index)]], 12)
    assert outer.classify(scene)[0].name == scenes.classify(scene)[0].index.__str__()
    models = []
    models.append(callback_model(lambda batch: models[0].classify(scene), 2))
    with pytest.raises(explaincore.ExplainError):
        models[0].classify(scene)


def test_functions_live_as_long_as_their_model(redness):
    class Forward:
        def __call__(self, batch):
            return mean_of_red(batch)

    forward = Forward()
    reference = weakref.ref(forward)
    model = callback_model(forward, 2, size=(40, 30))
    del forward
    gc.collect()
    assert model.classify(redness)
    explanation = explain(redness, model, "rise", masks=8, progress=False)
    del model
    gc.collect()
    assert reference() is None
    assert explanation.overlay().size == (40, 30)  # explanations do not need their model


@pytest.mark.parametrize("settings, words", [
    ({"classes": 0}, "class"), ({"classes": 2**31}, "2147483648"), ({"classes": ["a\0", "b"]}, "zero byte"),
    ({"size": 0}, None), ({"batch_limit": -1}, "batch_limit"), ({"preprocess": "x"}, "torch"),
])
def test_settings_that_do_not_fit(settings, words):
    if words is None:
        assert callback_model(mean_of_red, 2, size=0).input_size == (224, 224)  # left to the library
        return
    with pytest.raises(explaincore.InvalidArgumentError, match=words):
        callback_model(mean_of_red, **{"classes": 2, **settings})


def test_lists_of_classes():
    for classes in (("a", "b"), numpy.array(["a", "b"]), {"a": 1, "b": 2}.keys()):
        assert callback_model(mean_of_red, classes).class_names == ["a", "b"]
    for settings in ({"classes": "ab"}, {"classes": [1, 2]}, {"classes": 2.0}, {"thread_safe": "no"}):
        with pytest.raises(TypeError, match="|".join(["class", "thread_safe"])):
            callback_model(mean_of_red, **{"classes": 2, **settings})
