#!/usr/bin/env python3
"""Compares the header with abi/explaincore.abi, what programs that are compiled already rely on.

    python3 Tests/c/abi.py              fails if such a program would not fit the header any more
    python3 Tests/c/abi.py --record     writes the snapshot anew, after a change that is meant

The compiler holds the Swift functions to the header, so that a C library of empty functions made from the header has
the same binary interface; libabigail sees its types, where of the Swift library it would see the names alone.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/explaincore.h"
SNAPSHOT = ROOT / "abi/explaincore.abi"
ALLOWED = ROOT / "abi/allowed.ini"


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def functions(header):
    """Result, name and parameters of each function that the header declares."""
    code = re.sub(r"/\*.*?\*/|^\s*#.*?$", "", header, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^(?!typedef)([\w ]+?[ *])(xpl_\w+)\(([^;]*?)\);", code, flags=re.MULTILINE)


def stubs(header):
    """C source with an empty function for each one that the header declares."""
    source = ['#include "explaincore.h"']
    for result, name, parameters in functions(header):
        body = "" if result.strip() == "void" else "return 0;"
        source.append(f"{result}{name}({parameters}) {{ {body} }}")
    return "\n".join(source) + "\n"


def dump(header, folder, name):
    """The binary interface of a header's text as libabigail writes it; the path of the file."""
    place = pathlib.Path(folder, name)
    place.mkdir()
    (place / "explaincore.h").write_text(header)
    (place / "stubs.c").write_text(stubs(header))
    subprocess.run(
        ["cc", "-std=c99", "-g", "-w", "-shared", "-fPIC", "-fno-eliminate-unused-debug-types",
         "-Wl,-soname,libexplaincore.so.1", "stubs.c", "-o", "libexplaincore.so"],
        check=True, cwd=place)
    subprocess.run(
        ["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--short-locs", "--headers-dir", ".",
         "--out-file", f"../{name}.abi", "libexplaincore.so"], check=True, cwd=place)
    return pathlib.Path(folder, f"{name}.abi")


def difference(before, after):
    """What a program compiled against `before` would trip over; empty if it fits."""
    # The types of the header are the same on every 64-bit architecture.
    result = run("abidiff", "--no-architecture", "--no-added-syms", "--suppressions", ALLOWED, before, after)
    return result.stdout + result.stderr if result.returncode else ""


class SnapshotTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.header = HEADER.read_text()

    def changed(self, before, after):
        """What abidiff says of the header with one change."""
        self.assertIn(before, self.header)
        original = dump(self.header, self.folder, "original")
        return difference(original, dump(self.header.replace(before, after, 1), self.folder, "changed"))

    def test_programs_that_are_compiled_still_fit(self):
        found = difference(SNAPSHOT, dump(self.header, self.folder, "now"))
        self.assertEqual(found, "", f"\n{found}\nIf this is meant: see docs/abi.md, then {sys.argv[0]} --record")

    def test_the_snapshot_knows_every_function(self):
        names = set(re.findall(r"elf-symbol name='(\w+)'", SNAPSHOT.read_text()))
        declared = {name for _, name, _ in functions(self.header)}
        self.assertEqual(names, declared, f"functions were added: {sys.argv[0]} --record")

    def test_a_function_that_goes_is_noticed(self):
        self.assertIn("xpl_free", self.changed("void xpl_free(void *memory);", ""))

    def test_another_parameter_is_noticed(self):
        self.assertIn(
            "xpl_set_threads",
            self.changed("xpl_status xpl_set_threads(int32_t threads);", "xpl_status xpl_set_threads(int64_t threads);"))

    def test_a_field_amid_a_struct_is_noticed(self):
        self.assertIn("xpl_mask_options", self.changed("  float sigma;\n", "  float inserted;\n  float sigma;\n"))

    def test_growth_of_a_struct_that_stands_in_arrays_is_noticed(self):
        self.assertIn(
            "xpl_scored_class",
            self.changed("  const char *name;\n} xpl_scored_class;", "  const char *name;\n  int a;\n} xpl_scored_class;"))

    def test_a_changed_constant_is_noticed(self):
        self.assertIn("XPL_BAD_FILE", self.changed("XPL_BAD_FILE = 3", "XPL_BAD_FILE = 13"))

    def test_what_may_be_added_is_not(self):
        for before, after in (
                ("void xpl_free(void *memory);", "void xpl_free(void *memory);\nvoid xpl_more(int a);"),
                ("  size_t figure_count;\n}", "  size_t figure_count;\n  double added;\n}"),
                ("  XPL_INTERNAL = 8\n", "  XPL_INTERNAL = 8,\n  XPL_ADDED = 9\n")):
            with self.subTest(after):
                with tempfile.TemporaryDirectory() as self.folder:
                    self.assertEqual(self.changed(before, after), "")


if __name__ == "__main__":
    if "--record" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            SNAPSHOT.write_text(dump(HEADER.read_text(), folder, "now").read_text())
    else:
        unittest.main()
