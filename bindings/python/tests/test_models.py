"""Loading, classes, classification."""

import concurrent.futures
import copy
import gc
import logging
import os
import pickle
import signal
import sys
import weakref

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
    ({"scale": numpy.nan}, "scale is nan"),  # which C takes for none given
    ({"mean": [numpy.nan] * 3}, "mean is nan"),
    ({"size": [1, 2, 3]}, r"size is \[1, 2, 3\]: it must be 2 numbers"),
])
def test_options_that_do_not_fit(options, words):
    with pytest.raises(explaincore.ExplainError, match=words):
        explaincore.load("scenes", **options)


@pytest.mark.parametrize("options, words", [
    ({"bgr": "no"}, "bgr is 'no': it must be True or False"),
    ({"bgr": 0}, "bgr is 0"),
    ({"antialias": numpy.zeros(2)}, "antialias is"),
    ({"scale": "1"}, "scale is '1': it must be a number"),
    ({"mean": 0.5}, "mean is 0.5: it must be a list"),
    ({"mean": "123"}, "mean is '123': it must be a list"),
    ({"deviation": (1, None, 1)}, "deviation is None"),
    ({"size": "64"}, "size is '64'"),
    ({"size": 64.0}, "size is 64.0"),
])
def test_options_of_another_type(options, words):
    with pytest.raises(TypeError, match=words):
        explaincore.load("scenes", **options)


def test_numpys_numbers_are_numbers():
    model = explaincore.load(
        "scenes", size=numpy.array([200, 160]), scale=numpy.float32(0.5), bgr=numpy.True_, mean=numpy.ones(3))
    assert (model.preprocessing.size, model.preprocessing.scale, model.preprocessing.bgr) == ((200, 160), 0.5, True)
    assert explaincore.load("scenes", size=numpy.int64(64)).input_size == (64, 64)


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


def test_memory_of_batches(scene, scenes):
    assert explaincore.batch_memory() == 512 << 20
    together = scenes.classify_batch([scene] * 3, top=1)
    try:
        explaincore.set_batch_memory(1)
        assert explaincore.batch_memory() == 1
        # One picture at a time: roundings of float32 may differ.
        alone = scenes.classify_batch([scene] * 3, top=1)
        assert [row[0].index for row in alone] == [row[0].index for row in together]
        assert alone[0][0].probability == pytest.approx(together[0][0].probability, abs=1e-5)
    finally:
        explaincore.set_batch_memory(0)
    assert explaincore.batch_memory() == 512 << 20
    with pytest.raises(explaincore.InvalidArgumentError, match="-1"):
        explaincore.set_batch_memory(-1)


def test_copies_are_refused(scene, scenes, star):
    for thing in (scenes, explaincore.Picture.read(scene), star):
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=f"{type(thing).__name__} cannot be copied or pickled"):
                copying(thing)
    # What is made of them can be.
    kept = pickle.loads(pickle.dumps((star.importance, star.report(), scenes.classify(scene), scenes.preprocessing)))
    assert kept[1:] == (star.report(), scenes.classify(scene), scenes.preprocessing)
    error = pickle.loads(pickle.dumps(explaincore.FileError("no file")))
    assert isinstance(error, explaincore.FileError) and str(error) == "no file"


def test_instruction_sets(scene, scenes):
    expected = scenes.classify(scene)
    try:
        explaincore.set_cpu_level("baseline")
        found = explaincore.load("scenes").classify(scene)
    finally:
        explaincore.set_cpu_level(None)
    assert [entry.index for entry in found[:2]] == [entry.index for entry in expected[:2]]
    assert found[0].probability == pytest.approx(expected[0].probability, rel=1e-4)  # roundings of float32
    with pytest.raises(explaincore.InvalidArgumentError, match="avx2"):
        explaincore.set_cpu_level("sse9")


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


def test_batches(scene, scenes):
    other = scene.with_name("scene-crescent.png")
    small = numpy.asarray(explaincore.Picture.read(scene))[:100, :120]
    together = scenes.classify_batch([scene, other, small], top=3)
    for classes, picture in zip(together, (scene, other, small)):
        alone = scenes.classify(picture, top=3)
        assert [entry.index for entry in classes] == [entry.index for entry in alone]
        # Roundings of float32, which differ with the batch.
        assert [e.probability for e in classes] == pytest.approx([e.probability for e in alone], rel=1e-4)
    assert scenes.classify_batch([]) == []
    assert len(scenes.classify_batch([scene], top=100)[0]) == 12
    assert len(scenes.classify_batch(iter([scene, small]))) == 2
    for single in (scene, str(scene), str(scene).encode(), explaincore.Picture.read(scene), small):
        with pytest.raises(TypeError, match="pictures is .*: it must be a list"):
            scenes.classify_batch(single)


def test_what_the_network_sees(scene, scenes):
    preprocessing = scenes.preprocessing
    assert preprocessing.size == (224, 224) and preprocessing.resize == "stretch" and not preprocessing.bgr
    pixels = numpy.asarray(explaincore.Picture.read(scene)).transpose(2, 0, 1).astype(numpy.float32)
    shape = (3, 1, 1)
    expected = (pixels * preprocessing.scale - numpy.reshape(preprocessing.mean, shape)) / numpy.reshape(
        preprocessing.deviation, shape)
    assert numpy.allclose(scenes.input(scene), expected, atol=1e-5)


def test_layers_and_weights(scenes):
    assert scenes.is_differentiable
    assert scenes.default_layer in scenes.layers
    tensors = scenes.tensors
    assert sum(values.size for values in tensors.values()) < 500_000
    kernel = next(values for values in tensors.values() if values.ndim == 4)
    assert kernel.shape[1:] == (3, 3, 3) and kernel.any() and not kernel.flags.owndata
    with pytest.raises(ValueError):
        kernel[0] = 0


def test_weights_in_16_bits(scene, scenes):
    usual = [entry.probability for entry in scenes.classify(scene, top=12)]
    # The embedded weights have 16 bits in their file: kept in as many, they are the same.
    half = explaincore.load("scenes", weight_precision="float16", memory="small")
    assert [entry.probability for entry in half.classify(scene, top=12)] == usual
    assert all(numpy.array_equal(values, scenes.tensors[name]) for name, values in half.tensors.items())
    brain = explaincore.load("scenes", weight_precision="bfloat16", memory="fast")
    rounded = [entry.probability for entry in brain.classify(scene, top=12)]
    # Weights rounded to 8 bits move logits by some thousandths of their size.
    assert rounded != usual and numpy.allclose(rounded, usual, atol=0.02)
    kernel = brain.tensors["classifier.0.weight"]
    bits = numpy.ascontiguousarray(kernel).view(numpy.uint32)
    assert not (bits & 0xFFFF).any() and (bits >> 16).any()
    del brain
    gc.collect()
    assert numpy.array_equal(kernel.view(numpy.uint32), bits)
    for wrong in {"weight_precision": "int8"}, {"memory": "tiny"}:
        with pytest.raises(explaincore.InvalidArgumentError, match="must be one of"):
            explaincore.load("scenes", **wrong)


def test_weights_keep_their_model():
    model = explaincore.load("scenes")
    kernel = next(iter(model.tensors.values()))
    expected = kernel.copy()
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is not None and numpy.array_equal(kernel, expected)
    del kernel
    gc.collect()
    assert reference() is None


def test_other_names(scene, scenes):
    renamed = scenes.with_class_names([f"thing {number}" for number in range(12)])
    assert renamed.class_index("thing 4") == 4 and scenes.class_name(4) == "gear"
    assert renamed.classify(scene, 1)[0].name == "thing 4"
    with pytest.raises(explaincore.InvalidArgumentError):
        scenes.with_class_names(["one"])
    with pytest.raises(TypeError, match="names is 'abcdefghijkl': it must be a list"):
        scenes.with_class_names("abcdefghijkl")
    assert scenes.with_class_names(str(number) for number in range(12)).class_name(11) == "11"


def test_onnx_from_memory(scene):
    with pytest.raises(explaincore.ExplainError, match="mine"):
        explaincore.load_onnx(b"\x00 is no network", name="mine")
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    helper = onnx.helper
    weights = numpy.random.default_rng(0).normal(size=(5, 3, 3, 3)).astype(numpy.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "w"], ["y"], name="first"),
            helper.make_node("GlobalAveragePool", ["y"], ["z"]),
            helper.make_node("Flatten", ["z"], ["scores"]),
        ], "small", [helper.make_tensor_value_info("x", 1, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("scores", 1, ["n", 5])], [onnx.numpy_helper.from_array(weights, "w")])
    file = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    model = explaincore.load_onnx(file.SerializeToString(), name="small")
    assert (model.name, model.class_count, model.input_size) == ("small", 5, (32, 32))
    assert explaincore.explain(scene, model, "saliency", progress=False).model == "small"


def test_messages(scene, scenes, caplog):
    logger = logging.getLogger("explaincore.test")
    with caplog.at_level(logging.INFO, logger.name):
        explaincore.log_to(logger)
        try:
            explaincore.explain(scene, scenes, "grad-cam", progress=False)
            with pytest.raises(explaincore.FileError):
                explaincore.Picture.read("no.png")
        finally:
            explaincore.log_to(None)
        explaincore.explain(scene, scenes, "grad-cam", progress=False)
    levels = [record.levelno for record in caplog.records]
    assert levels.count(logging.ERROR) == 1 and levels.count(logging.INFO) == 1
    assert "no.png" in caplog.text


def test_a_logger_is_needed(scenes):
    for wrong in ("explaincore", 3, print):
        with pytest.raises(TypeError, match="logging.Logger"):
            explaincore.log_to(wrong)


class TestControlCWhileMessagesAreLogged:
    """The listener is the first of Python to run: an exception that is raised there is lost."""

    @pytest.fixture(autouse=True)
    def listening(self, caplog, monkeypatch):
        ignored = []
        monkeypatch.setattr(sys, "unraisablehook", ignored.append)
        logger = logging.getLogger("explaincore.interrupted")
        logger.addFilter(interrupt)
        with caplog.at_level(logging.INFO, logger.name):
            explaincore.log_to(logger)
            yield
        explaincore.log_to(None)
        logger.removeFilter(interrupt)
        assert ignored == []

    @pytest.mark.parametrize("call", [
        lambda path: explaincore.load("scenes"),
        lambda path: explaincore.load(path / "none.onnx"),
        lambda path: explaincore.load_onnx(b"none"),
        lambda path: explaincore.Picture.read(path / "none.png"),
        lambda path: explaincore.Picture.decode(b"none"),
        lambda path: explaincore.Picture.from_array(numpy.zeros((4, 4))).save(path / "none" / "none.png"),
    ])
    def test_of_calls(self, call, tmp_path):
        with pytest.raises(KeyboardInterrupt):
            call(tmp_path)

    def test_of_saving(self, star, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(KeyboardInterrupt):
            star.save(tmp_path / "file")


def interrupt(record):
    signal.raise_signal(signal.SIGINT)
    return False
