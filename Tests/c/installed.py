#!/usr/bin/env python3
"""Installs a CMake build into a new folder, moves that, and builds the example against it in both ways.

    python3 Tests/c/installed.py BUILD_FOLDER
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/c/explain.c"
CMAKE = os.environ.get("CMAKE", "cmake")
BUILD = None

PROJECT = f"""
cmake_minimum_required(VERSION 3.20)
project(User C)
find_package(ExplainCore 0.1 REQUIRED)
add_executable(explain {EXAMPLE})
target_link_libraries(explain ExplainCore::explaincore)
"""


def output(*command, **environment):
    return subprocess.run(
        list(map(str, command)), check=True, capture_output=True, text=True,
        env={**os.environ, **environment}).stdout


class InstalledTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        output(CMAKE, "--install", BUILD, "--prefix", cls.folder / "installed")
        cls.prefix = cls.folder / "moved"
        (cls.folder / "installed").rename(cls.prefix)
        cls.library = next(cls.prefix.rglob("libexplaincore.so"))

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def check(self, program):
        result = subprocess.run(
            [str(program)], capture_output=True, text=True,
            env={**os.environ, "LD_LIBRARY_PATH": str(self.library.parent)})
        self.assertEqual((result.returncode, result.stderr[:6]), (2, "usage:"))

    def test_links(self):
        links = [path.name for path in sorted(self.library.parent.glob("libexplaincore.so*")) if path.is_symlink()]
        self.assertEqual(links, ["libexplaincore.so", "libexplaincore.so.1"])
        self.assertTrue(os.access(self.library, os.X_OK))

    def test_pkg_config(self):
        path = str(self.library.parent / "pkgconfig")
        flags = output("pkg-config", "--cflags", "--libs", "explaincore", PKG_CONFIG_PATH=path).split()
        output("cc", EXAMPLE, *flags, "-o", self.folder / "by-pkg-config")
        self.check(self.folder / "by-pkg-config")

    def test_cmake_package(self):
        source = self.folder / "user"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT)
        output(CMAKE, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        output(CMAKE, "--build", source / "build")
        self.check(source / "build/explain")


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
