"""What the tests share."""

import os
import pathlib
import signal

import numpy
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILT = ROOT / ".build" / "release" / "libexplaincore.so"

# Where the library was built the sources are tested with it, in child processes too; elsewhere what is installed.
if BUILT.exists():
    os.environ.setdefault("EXPLAINCORE_LIBRARY", str(BUILT))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT / "bindings" / "python"), os.environ.get("PYTHONPATH")]))

# A shell starts background jobs with interrupts ignored, which Python and its children inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
