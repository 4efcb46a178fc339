"""Finding the library, and its failures as exceptions."""

import os
import subprocess
import sys
import typing

import pytest

import explaincore
from explaincore import _library, errors
from explaincore._structs import Status


def test_every_status_has_an_exception():
    assert set(errors.BY_STATUS) == {int(status) for status in Status} - {0}
    for status in Status:
        assert _library.library.xpl_status_name(status).decode() == f"XPL_{status.name}"
    assert isinstance(_library.failure(99), explaincore.ExplainError)
    assert issubclass(explaincore.FileError, OSError)
    assert issubclass(explaincore.InvalidArgumentError, ValueError)
    assert issubclass(explaincore.OutOfMemoryError, MemoryError)


def test_a_library_that_is_not_there():
    result = subprocess.run(
        [sys.executable, "-c", "import explaincore"], capture_output=True, text=True,
        env={**os.environ, "EXPLAINCORE_LIBRARY": "/no/such.so"})
    assert result.returncode == 1
    assert "ImportError" in result.stderr and "/no/such.so" in result.stderr and "EXPLAINCORE_LIBRARY" in result.stderr


def test_everything_public_is_listed_and_documented():
    aliases = {"ModelLike", "PictureLike", "ProgressLike", "Size", "Target"}  # for annotations
    for name in explaincore.__all__:
        assert name in aliases or getattr(explaincore, name).__doc__, name
    for name in aliases:
        assert name in explaincore.__all__ and typing.get_origin(getattr(explaincore, name)) is typing.Union, name


def test_only_numpy_is_imported():
    """Pillow, tqdm, matplotlib and torch are for those who use them."""
    script = (
        "import sys, explaincore; "
        "print({'PIL', 'tqdm', 'matplotlib', 'torch', 'IPython'} & {m.split('.')[0] for m in sys.modules})")
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


@pytest.mark.parametrize("value, text", [
    (True, "true"), (False, "false"), (1, "1"), (0.1, "0.1"), (1e-5, "1e-05"), ("x", "x"), ([1, 2.5], "1,2.5"),
    ((True, "a"), "true,a"),
])
def test_option_values(value, text):
    from explaincore.methods import as_text

    assert as_text(value) == text
