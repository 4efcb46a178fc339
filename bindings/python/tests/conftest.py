"""What the tests share."""

import os
import pathlib

import numpy
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILT = ROOT / ".build" / "release" / "libexplaincore.so"

# Without an installed package the sources are tested, with the library that `swift build` made.
if BUILT.exists() and "EXPLAINCORE_INSTALLED" not in os.environ:
    os.environ.setdefault("EXPLAINCORE_LIBRARY", str(BUILT))


@pytest.fixture(scope="session")
def scene():
    """A picture with a gear and a star."""
    return ROOT / "examples" / "pictures" / "scene-star-gear.png"


@pytest.fixture(scope="session")
def pixels(scene):
    import explaincore

    return numpy.asarray(explaincore.Picture.read(scene))


@pytest.fixture(scope="session")
def scenes():
    import explaincore

    return explaincore.load("scenes")


@pytest.fixture(scope="session")
def star(scene, scenes):
    """Why the star: a short run."""
    import explaincore

    return explaincore.explain(scene, scenes, target="star", iterations=30, progress=False)
