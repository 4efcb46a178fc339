"""The Python package's wheel: made, completed by auditwheel, and used where there is neither Swift nor this tree."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
PICTURE = ROOT / "examples" / "pictures" / "scene-star-gear.png"
VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
# Pictures, a model, a method, and a Python function that C calls back.
PROGRAM = """
import os, sys
import numpy, explaincore
why = explaincore.explain(sys.argv[1], target="star", iterations=20)
assert why.score_after < why.score_before / 2, why
assert numpy.asarray(why.overlay()).shape == (224, 224, 3)
model = explaincore.callback_model(lambda batch: batch.mean((2, 3)), 3)
assert len(model.classify(sys.argv[1])) == 3
import platform
print(platform.python_version(), explaincore.__version__, explaincore.__file__)
print(*sorted({line.split(maxsplit=5)[-1].strip() for line in open("/proc/self/maps") if ".so" in line}), sep="\\n")
"""


def run(*command, **settings):
    result = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200, **settings)
    if result.returncode:
        raise AssertionError(f"{command}\n{result.stdout}")
    return result.stdout


def interpreters():
    """The Pythons of this machine, by version: on the path, or beside it where pyenv keeps them."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in VERSIONS:
        candidates = [shutil.which(f"python{version}")]
        pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
        candidates = sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python"))) + candidates
        for candidate in filter(None, candidates):
            check = subprocess.run([candidate, "-m", "venv", "--help"], capture_output=True)
            if check.returncode == 0:
                found.setdefault(version, candidate)
    return dict(sorted(found.items(), key=lambda entry: VERSIONS.index(entry[0]) if entry[0] in VERSIONS else 99))


class WheelTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        run(ROOT / "scripts" / "wheel")
        cls.plain, = (ROOT / ".build" / "wheel").glob("*.whl")
        cls.wheel, = (ROOT / "dist").glob("*.whl")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def environment(self, name, interpreter):
        """A new virtual environment's Python, to be run without anything of this machine's but the system."""
        run(interpreter, "-m", "venv", self.folder / name)
        return self.folder / name / "bin" / "python"

    def run_outside(self, *command):
        return run(*command, cwd=self.folder, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)})

    def test_its_name(self):
        self.assertRegex(self.plain.name, r"^explaincore-\d+\.\d+\.\d+-py3-none-linux_\w+\.whl$")
        self.assertRegex(self.wheel.name, r"^explaincore-\d+\.\d+\.\d+-py3-none-manylinux_2_\d+_\w+\.whl$")
        print(f"{self.wheel.name}: {self.wheel.stat().st_size / 1e6:.1f} MB, "
              f"without what it links to {self.plain.stat().st_size / 1e6:.1f} MB")

    def test_auditwheel_is_content(self):
        platform = re.search(r"manylinux_2_\d+_\w+", self.wheel.name).group()
        environment = {**os.environ, "PATH": f"{PYTHON.parent}:{os.environ['PATH']}"}
        self.assertIn(platform, run(PYTHON, "-m", "auditwheel", "show", self.wheel, env=environment))

    def test_what_is_in_it(self):
        with zipfile.ZipFile(self.wheel) as archive:
            names = archive.namelist()
        sources = {path.name for path in (ROOT / "bindings/python/explaincore").iterdir() if path.is_file()}
        package = {name.split("/")[1] for name in names if re.match("explaincore/.", name)}
        self.assertEqual(package, sources | {"libexplaincore.so.1"})
        self.assertIn("py.typed", sources)
        libraries = [name for name in names if name.startswith("explaincore.libs/")]
        self.assertTrue(any("openblas" in name for name in libraries))
        self.assertFalse([name for name in names if re.search("swift|dispatch", name, re.IGNORECASE)])

    def test_it_works_alone_on_every_python(self):
        found = interpreters()
        for version, interpreter in found.items():
            with self.subTest(version):
                python = self.environment(f"python{version}", interpreter)
                run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", self.wheel)
                output = self.run_outside(python, "-c", PROGRAM, PICTURE)
                self.assertTrue(output.startswith(version + "."), output)
                loaded = output.splitlines()[1:]
                self.assertTrue(any("explaincore.libs/libopenblas" in path for path in loaded), output)
                # Everything is the wheel's own, or the C library's and Python's.
                for path in loaded:
                    self.assertFalse(path.startswith(str(ROOT)) or "swift" in path, path)
                    if re.search("openblas|gfortran|png|jpeg|gif|webp", path):
                        self.assertIn(str(self.folder), path)
        print("works with Python " + ", ".join(found))

    def test_its_tests_pass_where_it_is_installed(self):
        """With the oldest Python, and the oldest numpy that pip gives it."""
        version, interpreter = next(iter(interpreters().items()))
        python = self.environment("tested", interpreter)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{self.wheel}[all]", "pytest")
        tests = self.folder / "repository" / "bindings" / "python" / "tests"
        shutil.copytree(ROOT / "bindings" / "python" / "tests", tests)
        for part in ("examples", "include"):
            shutil.copytree(ROOT / part, self.folder / "repository" / part)
        output = self.run_outside(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)
        print(f"Python {version}: {output.splitlines()[-1]}")
        self.assertRegex(output, r"\d+ passed")

    def test_an_editable_install(self):
        python = self.environment("editable", sys.executable)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ROOT)
        output = self.run_outside(python, "-c", PROGRAM, PICTURE)
        self.assertIn(str(ROOT / "bindings/python/explaincore/__init__.py"), output)
        self.assertTrue(any(str(self.folder) in line and "libexplaincore" in line for line in output.splitlines()))


if __name__ == "__main__":
    unittest.main()
