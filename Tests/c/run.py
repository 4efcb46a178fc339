#!/usr/bin/env python3
"""Tests of the C library: header, symbols, linking, and the programs of this folder.

    swift build -c release --product explaincore ...     (see CMakeLists.txt)
    python3 Tests/c/run.py [--library .build/release/libexplaincore.so] [unittest's options]
    python3 Tests/c/run.py --valgrind ProgramTests
    python3 Tests/c/run.py --address ProgramTests

With --valgrind the programs run under its memcheck, with --address they are compiled with AddressSanitizer.
"""

import argparse
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import abi

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/explaincore.h"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
OPTIONS = argparse.Namespace(library=ROOT / ".build/release/libexplaincore.so", valgrind=False, address=False)
CC = os.environ.get("CC", "cc")

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


def called(source):
    """Name and arguments of each call of the library's functions in C source."""
    source = re.sub(r'"(\\.|[^"\\])*"', '""', source)
    for match in re.finditer(r"\b(xpl_\w+)\(", source):
        arguments, depth = [""], 1
        for character in source[match.end():]:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                break
            if character == "," and depth == 1:
                arguments.append("")
            else:
                arguments[-1] += character
        yield match[1], [argument.strip() for argument in arguments]


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


class SourceTests(unittest.TestCase):
    """What the programs of this folder claim to try."""

    def test_null_is_tried_in_every_position(self):
        calls = {}
        for path in sorted((ROOT / "Tests/c").glob("*.[ch]")):
            for name, arguments in called(path.read_text()):
                calls.setdefault(name, []).append(arguments)
        for _, name, parameters in abi.functions(HEADER.read_text()):
            for position, parameter in enumerate(parameters.split(",")):
                # The name of a type that is a pointer to a function says so.
                if "*" in parameter or "_callback " in parameter:
                    with self.subTest(f"{name}, {parameter.strip()}"):
                        self.assertIn("NULL", [arguments[position] for arguments in calls.get(name, [])])


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

    def test_it_holds_no_regular_expressions(self):
        # Two megabytes that one `contains` brings in. (A stripped library has no names to look at.)
        self.assertNotIn("_StringProcessing", output("nm", OPTIONS.library))

    def test_its_dynamic_section(self):
        section = output("readelf", "-dW", OPTIONS.library)
        self.assertIn("[libexplaincore.so.1]", section)
        self.assertIn("NODELETE", section)
        # swift build adds $ORIGIN unless told not to; a folder of the machine where it was built must not be there.
        self.assertNotRegex(section, r"R(UN)?PATH.*/")
        self.assertNotIn("TEXTREL", section)


class Programs(unittest.TestCase):
    """Compiles programs against the library, as it would be installed, and runs them."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        library = OPTIONS.library.resolve()
        if OPTIONS.valgrind:
            # Valgrind complains about debug information that is newer than itself; the names of functions stay.
            library = cls.folder / "library"
            output("strip", "--strip-debug", "-o", library, OPTIONS.library)
        for name in ("libexplaincore.so", "libexplaincore.so.1"):
            (cls.folder / name).symlink_to(library)

    def compiled(self, source, *flags, name=None):
        """The program's path; linked to the library unless there are flags that say otherwise."""
        program = self.folder / (name or source.stem)
        sanitizer = ["-fsanitize=address", "-fno-omit-frame-pointer"] if OPTIONS.address else []
        output(
            CC, "-std=c99", "-D_POSIX_C_SOURCE=200809L", *STRICT, "-g", "-O1", *sanitizer, "-I", HEADER.parent, source,
            "-o", program, "-L", self.folder, *(flags or ["-lexplaincore"]), f"-Wl,-rpath,{self.folder}")
        return program

    def run_program(self, program, *arguments, status=0):
        command = [program, *arguments]
        environment = dict(os.environ)
        if OPTIONS.valgrind:
            command = [
                "valgrind", "--quiet", f"--suppressions={ROOT}/Tests/c/valgrind.supp", "--error-exitcode=99",
                "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
                # Suppressions name functions of the programs, which are that deep.
                "--num-callers=40", *command]
            # Valgrind knows nothing of AVX-512, and computes AVX2's fused multiplications one by one: code without them
            # runs many times as fast. EXPLAINCORE_CPU=avx2 has those kernels checked too.
            level = environment.setdefault("EXPLAINCORE_CPU", "baseline")
            environment["OPENBLAS_CORETYPE"] = "Nehalem" if level == "baseline" else "Haswell"
        result = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=3600, env=environment)
        self.assertEqual(result.returncode, status, result.stderr)
        return result


class ProgramTests(Programs):
    def check(self, name, *arguments, linked=("-lexplaincore", "-lm", "-pthread")):
        program = self.compiled(ROOT / f"Tests/c/{name}.c", *linked)
        work = self.folder / f"{name}.work"
        work.mkdir()
        result = self.run_program(program, *(arguments or [work]))
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "")

    def test_library(self):
        self.check("library_test")

    def test_picture(self):
        self.check("picture_test")

    def test_model(self):
        self.check("model_test")

    def test_callback(self):
        self.check("callback_test")

    def test_mask(self):
        self.check("mask_test")

    def test_method(self):
        self.check("method_test")

    def test_null(self):
        self.check("null_test")

    def test_size(self):
        self.check("size_test")

    def test_threads(self):
        self.check("threads_test", linked=("-lexplaincore", "-lopenblas", "-lm", "-pthread"))

    def test_fork(self):
        self.check("fork_test")

    def test_small_stack(self):
        if OPTIONS.address:
            self.skipTest("the sanitizer needs more of the stack than it has")
        plugin = self.compiled(
            ROOT / "Tests/c/stack_plugin.c", "-shared", "-fPIC", "-lexplaincore", "-lm", name="plugin.so")
        self.check("stack_host", plugin, linked=("-ldl", "-pthread"))

    def test_unload(self):
        self.check("unload_test", linked=("-ldl", "-pthread"))


class ExampleTests(Programs):
    """The programs of examples/c, compiled and used as their first lines say."""

    PICTURE = ROOT / "examples/pictures/scene-star-gear.png"

    def example(self, name, *flags):
        source = ROOT / f"examples/c/{name}.c"
        self.assertLess(len(source.read_text().splitlines()), 80)
        return self.compiled(source, "-lexplaincore", *flags)

    def assert_picture(self, path):
        self.assertTrue(path.read_bytes().startswith(b"\x89PNG"))

    def test_explain(self):
        program, overlay = self.example("explain"), self.folder / "overlay.png"
        result = self.run_program(program, self.PICTURE, overlay, "2")
        self.assertRegex(
            result.stdout, r"\A(star|gear): probability \d\.\d{4}, \d\.\d{4} without its evidence\nbefore: ")
        self.assertIn("6 of 6", result.stderr)
        self.assert_picture(overlay)
        for arguments, status, words in (
                ([], 2, "usage"), (["no.png", overlay], 1, "no.png"),
                ([self.PICTURE, overlay, "-1"], 1, "iterations is -1")):
            self.assertIn(words, self.run_program(program, *arguments, status=status).stderr)

    def test_classify_pixels(self):
        program, bitmap = self.example("classify_pixels"), self.folder / "picture.ppm"
        bitmap.write_bytes(ppm(self.PICTURE))
        result = self.run_program(program, bitmap)
        self.assertEqual({line.split()[0] for line in result.stdout.splitlines()[:2]}, {"star", "gear"})
        self.run_program(program, self.PICTURE, status=2)

    def test_own_model(self):
        program, overlay = self.example("own_model"), self.folder / "own.png"
        self.run_program(program, self.PICTURE, overlay)
        self.assert_picture(overlay)
        self.assertIn("no.png", self.run_program(program, "no.png", overlay, status=1).stderr)

    def test_progress(self):
        program, overlay = self.example("progress"), self.folder / "progress.png"
        result = self.run_program(program, self.PICTURE, overlay, "1")
        self.assertRegex(result.stdout, r"\Astopped after [1-9]\d* steps\n\Z")
        self.assert_picture(overlay)

    def test_progress_stops_at_an_interrupt(self):
        program, overlay = self.example("progress"), self.folder / "interrupted.png"
        running = subprocess.Popen(
            [program, self.PICTURE, overlay, "600"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with running:
            running.stderr.read(len("\rstep 1 of"))
            running.send_signal(signal.SIGINT)
            result, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 0)
        self.assertIn("stopped after", result)
        self.assert_picture(overlay)

    def test_many_pictures(self):
        program, pictures = self.example("many_pictures", "-pthread"), []
        for source in sorted((ROOT / "examples/pictures").glob("scene-*.png"))[:6]:
            pictures.append(self.folder / source.name)
            shutil.copy(source, pictures[-1])
        self.run_program(program, *pictures)
        for picture in pictures:
            self.assert_picture(picture.with_name(picture.name + ".cam.png"))
        self.assertIn("no.png", self.run_program(program, "no.png", *pictures, status=1).stderr)

    def test_all_are_tested(self):
        names = {path.stem for path in (ROOT / "examples/c").glob("*.c")}
        self.assertEqual(names, {name[len("test_"):] for name in dir(self) if name[len("test_"):] in names})


def ppm(path):
    """A picture as a PPM file, by the library itself."""
    library = ctypes.CDLL(str(OPTIONS.library.resolve()))
    picture, width, height = ctypes.c_void_p(), ctypes.c_int32(), ctypes.c_int32()
    assert library.xpl_picture_read(str(path).encode(), ctypes.byref(picture)) == 0
    assert library.xpl_picture_size(picture, ctypes.byref(width), ctypes.byref(height)) == 0
    pixels = (ctypes.c_uint8 * (3 * width.value * height.value))()
    assert library.xpl_picture_copy_pixels(picture, pixels, ctypes.c_size_t(len(pixels))) == 0
    library.xpl_picture_free(picture)
    return b"P6\n%d %d\n255\n" % (width.value, height.value) + bytes(pixels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--library", type=pathlib.Path, default=OPTIONS.library)
    parser.add_argument("--valgrind", action="store_true")
    parser.add_argument("--address", action="store_true")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
