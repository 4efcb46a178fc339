#!/usr/bin/env python3
"""Tests of the C library: header, symbols, linking, and the programs of this folder.

    swift build -c release --product explaincore ...     (see CMakeLists.txt)
    python3 Tests/c/run.py [--library .build/release/libexplaincore.so] [--valgrind] [unittest's options]
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/explaincore.h"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
OPTIONS = argparse.Namespace(library=ROOT / ".build/release/libexplaincore.so", valgrind=False)

# What the library may need of the machine where it runs: the C and C++ runtimes, OpenBLAS with the Fortran runtime,
# and the picture formats. No Swift, no dispatch.
NEEDED = re.compile(
    r"linux-vdso|ld-linux|(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|libopenblas|libgfortran|libquadmath"
    r"|libpng16|libturbojpeg|libgif|libwebp|libsharpyuv|libz)\.so")


def output(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


def declared():
    """The functions of the header."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\b(xpl_\w+)\s*\(", text))


def compilers():
    """gcc and clang, those of them that are installed, with C++."""
    found = [pair for pair in (("gcc", "g++"), ("clang", "clang++")) if all(map(shutil.which, pair))]
    return found or [("cc", "c++")]


class HeaderTests(unittest.TestCase):
    def test_it_compiles_without_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            for c, cxx in compilers():
                for compiler, suffix, standards in ((c, "c", ("c99", "c11")), (cxx, "cc", ("c++11", "c++17"))):
                    source = pathlib.Path(folder, f"header.{suffix}")
                    source.write_text('#include "explaincore.h"\n#include "explaincore.h"\nint x;\n')
                    for standard in standards:
                        with self.subTest(compiler=compiler, standard=standard):
                            output(
                                compiler, f"-std={standard}", *STRICT, "-I", HEADER.parent, "-c", source, "-o",
                                source.with_suffix(".o"))

    def test_every_declaration_is_documented(self):
        lines = HEADER.read_text().splitlines()
        for number, line in enumerate(lines):
            # Freeing needs no words beyond the conventions.
            if re.match(r"(xpl_status|const char \*|void|typedef (enum|struct)|  xpl_\w+ \w|  (u?int|float|const))", line):
                if "_free(" in line and "xpl_free(" not in line or number and "*/" in lines[number - 1]:
                    continue
                previous = lines[number - 1].strip()
                # A count beside the pointer that its comment names, and parameters on a line of their own.
                self.assertTrue(
                    previous.endswith(";") and "_count;" in line or previous.endswith((",", "(")),
                    f"{HEADER.name}:{number + 1} is not documented: {line}")


class LibraryTests(unittest.TestCase):
    def test_its_symbols_are_the_headers(self):
        symbols = {
            line.split()[-1].split("@")[0]: line.split()[-2]
            for line in output("nm", "-D", "--defined-only", OPTIONS.library).splitlines()}
        version = symbols.pop("EXPLAINCORE_1", None)
        self.assertIn(version, (None, "A"))
        self.assertEqual(set(symbols), declared())
        self.assertEqual(set(symbols.values()), {"T"})

    def test_the_version_script_lists_the_headers(self):
        script = (ROOT / "cmake/explaincore.map").read_text()
        self.assertEqual(re.findall(r"\bxpl_\w+(?=;)", script), sorted(declared()))

    def test_it_needs_nothing_of_swift(self):
        for line in output("ldd", OPTIONS.library).splitlines():
            self.assertRegex(line, NEEDED)

    def test_its_dynamic_section(self):
        section = output("readelf", "-dW", OPTIONS.library)
        self.assertIn("[libexplaincore.so.1]", section)
        self.assertIn("NODELETE", section)
        # swift build adds $ORIGIN unless told not to; a folder of the machine where it was built must not be there.
        self.assertNotRegex(section, r"R(UN)?PATH.*/")
        self.assertNotIn("TEXTREL", section)


class ProgramTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        library = OPTIONS.library.resolve()
        if OPTIONS.valgrind:
            # Valgrind complains about debug information that is newer than itself; the names of functions stay.
            library = cls.folder / "library"
            output("strip", "--strip-debug", "-o", library, OPTIONS.library)
        for name in ("libexplaincore.so", "libexplaincore.so.1"):
            (cls.folder / name).symlink_to(library)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def compiled(self, source, *flags, linked=True):
        program = self.folder / source.stem
        output(
            os.environ.get("CC", "cc"), "-std=c99", "-D_POSIX_C_SOURCE=200809L", *STRICT, "-g", "-O1", "-I",
            HEADER.parent, source, "-o", program, "-L", self.folder, *(["-lexplaincore"] if linked else []), *flags,
            f"-Wl,-rpath,{self.folder}")
        return program

    def run_program(self, program, *arguments):
        command = [program, *arguments]
        if OPTIONS.valgrind:
            # OpenBLAS's newest kernels use instructions that valgrind does not know.
            command = [
                "valgrind", "--quiet", f"--suppressions={ROOT}/Tests/c/valgrind.supp", "--error-exitcode=9",
                "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite", *command]
        result = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=3600,
            env={**os.environ, **({"OPENBLAS_CORETYPE": "Haswell"} if OPTIONS.valgrind else {})})
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def check(self, name, *flags, linked=True):
        work = self.folder / f"{name}.work"
        work.mkdir()
        result = self.run_program(self.compiled(ROOT / f"Tests/c/{name}.c", *flags, "-lm", linked=linked), work)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "")

    def test_library(self):
        self.check("library_test")

    def test_picture(self):
        self.check("picture_test")

    def test_model(self):
        self.check("model_test")

    def test_callback(self):
        self.check("callback_test", "-pthread")

    def test_mask(self):
        self.check("mask_test")

    def test_method(self):
        self.check("method_test")

    def test_null(self):
        self.check("null_test")

    def test_threads(self):
        self.check("threads_test", "-lopenblas", "-pthread")

    def test_unload(self):
        self.check("unload_test", "-ldl", "-pthread", linked=False)

    def test_example(self):
        program = self.compiled(ROOT / "examples/c/explain.c")
        picture = ROOT / "examples/pictures/scene-star-gear.png"
        overlay = self.folder / "overlay.png"
        result = self.run_program(program, picture, overlay, "2")
        self.assertRegex(result.stdout, r"\A(star|gear): probability \d\.\d{4}, \d\.\d{4} without its evidence\nbefore: ")
        self.assertIn("6 of 6", result.stderr)
        self.assertTrue(overlay.read_bytes().startswith(b"\x89PNG"))
        for arguments, status, words in (
                ([], 2, "usage"), (["no.png", overlay], 1, "no.png"), ([picture, overlay, "-1"], 1, "iterations is -1")):
            failed = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True)
            self.assertEqual(failed.returncode, status)
            self.assertIn(words, failed.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--library", type=pathlib.Path, default=OPTIONS.library)
    parser.add_argument("--valgrind", action="store_true")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
