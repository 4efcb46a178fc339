"""Explaining, and what explanations hold."""

import base64
import gc
import re
import weakref

import numpy
import pytest

import explaincore
from explaincore import explain


def test_facts(star, scene, scenes):
    assert (star.method, star.model, star.target_name, star.targets) == ("mask", "scenes", "star", [0])
    assert star.target_given and not star.interrupted
    assert star.score_before == pytest.approx(dict((c.name, c.probability) for c in scenes.classify(scene))["star"])
    assert star.score_after < star.score_before / 2
    assert star.top_after[0].name == "gear"
    assert star.iterations == 30 and star.seed == 0 and star.seconds > 0
    assert star.warnings == []
    assert "star" in repr(star) and "mask" in repr(star)


def test_the_evidence_is_where_the_star_is(star, scene):
    truth = numpy.asarray(explaincore.Picture.read(scene.with_name("scene-star-gear.star.mask.png")))[:, :, 0] > 127
    assert star.importance[truth].mean() > 4 * star.importance[~truth].mean()
    x, y = star.center
    assert 0 < x < 224 and 0 < y < 224


def test_maps(star):
    assert star.mask.shape == (28, 28)
    assert star.map.shape == star.importance.shape == star.picture_importance.shape == (224, 224)
    for values in (star.mask, star.importance, star.picture_importance):
        assert values.dtype == numpy.float32 and 0 <= values.min() <= values.max() <= 1
    assert star.mask is star.mask  # copied once
    with pytest.raises(ValueError):
        star.mask[0, 0] = 1


def test_history_is_the_librarys_memory_and_keeps_it(scene, scenes):
    explanation = explain(scene, scenes, iterations=3, progress=False)
    assert list(explanation.history) == ["loss", "score", "l1", "tv"]
    loss = explanation.history["loss"]
    assert loss.shape == (3,) and loss.dtype == numpy.float32 and not loss.flags.writeable
    assert not loss.flags.owndata
    expected = loss.copy()
    reference = weakref.ref(explanation)
    del explanation
    assert reference() is None  # at once, without the garbage collector
    gc.collect()
    assert numpy.array_equal(loss, expected)


def test_pictures(star, pixels):
    for picture in (star.overlay(), star.heatmap(), star.mask_picture(), star.perturbed()):
        assert picture.size == (224, 224)
    gray = numpy.asarray(star.mask_picture())
    assert numpy.array_equal(gray[..., 0], gray[..., 2])
    assert not numpy.array_equal(star.perturbed(), pixels)
    assert numpy.array_equal(star.picture, pixels)


def test_saving(star, tmp_path):
    star.save(tmp_path / "why", prefix="scene")
    names = sorted(path.name for path in (tmp_path / "why").iterdir())
    assert names == ["scene-cam.png", "scene-heatmap.png", "scene-mask.png", "scene-perturbated.png"]
    assert numpy.array_equal(explaincore.Picture.read(tmp_path / "why" / "scene-cam.png"), star.overlay())


def test_report(star, scene):
    report = star.report()
    assert report["picture"] == str(scene)
    assert report["options"]["iterations"] == 30
    assert report["score_after"] == pytest.approx(star.score_after)


def test_methods_that_do_not_change_the_picture(scene, scenes):
    explanation = explain(scene, scenes, "grad-cam", progress=False)
    assert explanation.mask is None and explanation.perturbed() is None
    assert numpy.isnan(explanation.score_after) and explanation.top_after == []
    assert "without" not in repr(explanation)


def test_targets(scene, scenes):
    def targets(target):
        return explain(scene, scenes, "grad-cam", target=target, progress=False).targets

    assert targets("star") == targets(0) == targets(numpy.int64(0)) == [0]
    both = explain(scene, scenes, "grad-cam", target=["star", 4], progress=False)
    assert both.targets == [0, 4] and both.target_name == "star+gear"
    best = explain(scene, scenes, "grad-cam", progress=False)
    assert not best.target_given and best.target_name == scenes.classify(scene, 1)[0].name
    for wrong in ("stra", 12, 2**40, -1):
        with pytest.raises(explaincore.InvalidArgumentError):
            targets(wrong)
    names = numpy.array(["star", "gear"])
    for several in ([0, 4], (0, "gear"), {0, 4}, numpy.array([0, 4]), iter([0, 4]), range(0, 8, 4), names):
        assert sorted(targets(several)) == [0, 4], several
    assert targets(numpy.array(4)) == targets(range(4, 5)) == [4]
    for nothing in ([], numpy.array([], int), iter(())):
        with pytest.raises(explaincore.InvalidArgumentError, match="target is .*must name a class"):
            targets(nothing)
    for wrong in (0.5, True, numpy.True_, b"star", [None], [[0]], [True], numpy.array([[0, 4]]), [0.5]):
        with pytest.raises(TypeError, match="target is"):
            targets(wrong)


def test_the_seed_gives_the_same_bits(scene, scenes):
    def mask(seed):
        return explain(scene, scenes, seed=seed, iterations=5, progress=False).mask

    assert numpy.array_equal(mask(7), mask(7))
    assert not numpy.array_equal(mask(7), mask(8))
    with pytest.raises(ValueError, match="seed"):
        mask(-1)


def test_options_by_name(scene, scenes):
    explanation = explain(
        scene, scenes, preset="hybrid", target="star", iterations=2, learning_rate=0.05, l1=[0.3, numpy.float32(0.5)],
        mirrored=False, perturbation=("gaussian", "zero"), mask_width=14, progress=False)
    options = explanation.report()["options"]
    assert options["preset"] == "hybrid"
    assert options["learning_rate"] == pytest.approx(0.05)
    assert options["l1"] == pytest.approx([0.3, 0.5])
    assert options["mirrored"] is False
    assert options["perturbation"] == ["gaussian", "zero"]
    assert explanation.mask.shape == (28, 14)


def test_an_option_that_is_none_is_left_alone(scene, scenes):
    given = explain(scene, scenes, "grad-cam", layer=None, progress=False)
    assert given.report()["options"] == explain(scene, scenes, "grad-cam", progress=False).report()["options"]
    paper = explain(scene, scenes, preset="paper", iterations=1, l1=None, learning_rate=None, progress=False)
    assert paper.report()["options"] == explain(
        scene, scenes, preset="paper", iterations=1, progress=False).report()["options"]
    with pytest.raises(explaincore.InvalidArgumentError, match="layer"):
        explain(scene, scenes, "grad-cam", layr=None, progress=False)


def test_a_second_picture(scene, scenes):
    white = numpy.full((224, 224, 3), 255, numpy.uint8)
    explanation = explain(
        scene, scenes, target="star", perturbation="picture", reference=white, iterations=10, noise=0, progress=False)
    changed = numpy.asarray(explanation.perturbed()).astype(int) - numpy.asarray(explanation.picture)
    assert changed.mean() > 0.1  # brighter
    with pytest.raises(explaincore.InvalidArgumentError, match="picture"):
        explain(scene, scenes, perturbation="picture", progress=False)


@pytest.mark.parametrize("arguments, words", [
    ({"method": "mas"}, "mask"),
    ({"preset": "hybird"}, "hybrid"),
    ({"iteration": 5}, "iterations"),
    ({"iterations": 0}, "iterations"),
    ({"iterations": 1.5}, "iterations"),
    ({"game": "deltion"}, "deletion"),
    ({"mirrored": 2}, "mirrored"),
    ({"l1": "x"}, "l1"),
])
def test_errors_say_what_there_is(scene, scenes, arguments, words):
    with pytest.raises(explaincore.InvalidArgumentError, match=words):
        explain(scene, scenes, progress=False, **arguments)


def test_an_option_of_no_kind(scene, scenes):
    with pytest.raises(TypeError, match="object"):
        explain(scene, scenes, iterations=object())


def test_methods_are_listed_as_explain_takes_them(scene, scenes):
    listed = explaincore.methods()
    assert next(iter(listed)) == "mask"
    assert "hybrid" in listed["mask"].presets
    options = {option.name: option for option in listed["mask"].options}
    assert options["learning_rate"].default == pytest.approx(0.1)
    assert not listed["rise"].needs_gradient
    for name, method in listed.items():
        settings = {option.name: option.default for option in method.options if option.default is not None}
        short = {"iterations": 2, "masks": 4, "steps": 2, "samples": 2, "stride": 32}
        settings.update((option, value) for option, value in short.items() if option in settings)
        assert explain(scene, scenes, name, target="star", progress=False, **settings).method == name


def test_in_a_notebook(star):
    page = star._repr_html_()
    assert "Evidence for <b>star</b>" in page
    assert base64.b64decode(re.search(r"base64,([^\"]+)", page).group(1)) == star._repr_png_() == star.overlay().png()


def test_names_of_a_page_are_text(scene, tmp_path):
    (tmp_path / "names.txt").write_text("".join(f"<b>{number}\n" for number in range(12)))
    model = explaincore.load("scenes", labels=tmp_path / "names.txt")
    page = explain(scene, model, "grad-cam", progress=False)._repr_html_()
    assert "<b>&lt;b&gt;4</b>" in page and "<b>4" not in page


def test_a_figure(star, scene, scenes):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    assert len(star.plot().axes) == 4
    assert len(explain(scene, scenes, "grad-cam", progress=False).plot().axes) == 2


def test_measures_and_figures(scene, scenes):
    explanation = explain(scene, scenes, "fgsm", progress=False)
    assert explanation.measures["linf"] == pytest.approx(8 / 255)
    assert explanation.measures["succeeded"] == 1
    assert explanation.report()["measures"]["l2"] == pytest.approx(explanation.measures["l2"])
    assert list(explanation.figures()) == ["attack", "fooled"]
    assert explanation.figures()["attack"].size > explanation.picture.size
    assert explain(scene, scenes, "grad-cam", progress=False).figures() == {}
