"""Loading, classes, classification."""

import concurrent.futures
import os

import numpy
import pytest

import explaincore


def test_the_embedded_model(scenes):
    assert scenes.name == "scenes"
    assert scenes.class_count == len(scenes.class_names) == 12
    assert scenes.class_names[:2] == ["star", "ring"]
    assert scenes.input_size == (224, 224)
    assert scenes.class_index("STA") == 0
    assert scenes.class_index("3") == 3
    assert "12 classes" in repr(scenes)


def test_classification(scene, scenes):
    classes = explaincore.classify(scene, scenes)
    assert len(classes) == 5
    assert {classes[0].name, classes[1].name} == {"star", "gear"}
    assert classes[0].probability > classes[1].probability > 0.2
    assert scenes.class_names[classes[0].index] == classes[0].name
    assert explaincore.classify(scene, top=2) == classes[:2]
    everything = scenes.classify(scene, top=1000)
    assert len(everything) == 12
    assert sum(entry.probability for entry in everything) == pytest.approx(1, abs=1e-5)  # 12 roundings of float32
    with pytest.raises(explaincore.InvalidArgumentError, match="top is 0"):
        scenes.classify(scene, top=0)


def test_errors_name_what_is_near(scenes):
    with pytest.raises(explaincore.InvalidArgumentError, match="vgg11, vgg13"):
        explaincore.load("vgg91")
    with pytest.raises(ValueError, match="star"):  # the same, as Python knows it
        scenes.class_index("stra")
    with pytest.raises(explaincore.InvalidArgumentError):
        scenes.class_name(12)
    with pytest.raises(explaincore.InvalidArgumentError, match="2147483648"):
        scenes.class_name(2**31)
    with pytest.raises(explaincore.FileError, match="none.onnx"):
        explaincore.load("none.onnx")


def test_options_reach_the_model(scene, scenes):
    usual = scenes.classify(scene, top=12)
    same = explaincore.load(
        "scenes", preprocess="torch", scale=1 / 255, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225),
        bgr=False, size=224, resize="stretch", antialias=True)
    assert numpy.allclose(
        [entry.probability for entry in same.classify(scene, top=12)], [entry.probability for entry in usual],
        atol=1e-4)  # 1/255 in float32
    for change in (
            {"preprocess": "caffe"}, {"scale": 1 / 128}, {"mean": (0, 0, 0)}, {"deviation": (1, 1, 1)}, {"bgr": True},
            {"size": (200, 160)}):
        assert explaincore.load("scenes", **change).classify(scene, top=12) != usual, change
    assert explaincore.load("scenes", size=(200, 160)).input_size == (200, 160)
    wide = numpy.asarray(explaincore.Picture.read(scene))[:150]
    assert explaincore.load("scenes", resize="crop").classify(wide) != scenes.classify(wide)
    assert explaincore.load("scenes", antialias=False).classify(wide[:, :, :]) != scenes.classify(wide[::2, ::2])


def test_labels(scene, tmp_path):
    (tmp_path / "names.txt").write_text("".join(f"thing {number}\n" for number in range(12)))
    model = explaincore.load("scenes", labels=tmp_path / "names.txt")
    assert model.class_names[11] == "thing 11"


@pytest.mark.parametrize("options, words", [
    ({"preprocess": "trch"}, "torch, caffe, tf, none"),
    ({"resize": "pad"}, "stretch, crop"),
    ({"mean": (1, 2)}, "3"),
    ({"deviation": (0, 1, 1)}, "deviation"),
    ({"scale": 0}, "scale"),
    ({"size": -1}, "-1"),
    ({"labels": "none.txt"}, "none.txt"),
])
def test_options_that_do_not_fit(options, words):
    with pytest.raises(explaincore.ExplainError, match=words):
        explaincore.load("scenes", **options)


def test_many_threads_use_one_model(scene, scenes):
    expected = scenes.classify(scene)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(classes == expected for classes in pool.map(lambda _: scenes.classify(scene), range(32)))


def test_threads_of_the_library(scene, scenes):
    before = explaincore.threads()
    try:
        explaincore.set_threads(1)
        assert explaincore.threads() == 1
        one = scenes.classify(scene)
        explaincore.set_threads(3)
        assert scenes.classify(scene) == one
    finally:
        explaincore.set_threads(before)
    with pytest.raises(explaincore.InvalidArgumentError, match="1025"):
        explaincore.set_threads(1025)


def test_facts():
    facts = explaincore.info()
    assert facts["version"] == explaincore.__version__
    assert "scenes" in facts["models"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_can_go_on(scene, scenes):
    """As multiprocessing on Linux starts its workers."""
    expected = scenes.classify(scene)
    child = os.fork()
    if child == 0:
        os._exit(0 if scenes.classify(scene) == expected else 1)
    assert os.waitpid(child, 0)[1] == 0
