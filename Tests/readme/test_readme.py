"""Runs every snippet of the user's documentation as it stands there.

Shell snippets run in one folder after the other, with a picture `photo.png` in it and `xpl` on the path; C snippets are
compiled against the library and run there too. A document's Python snippets are one program. A snippet that shows output,
or needs a download, is fenced as text.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "release"
DOCUMENTS = [ROOT / "README.md"] + sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


# A program that uses the library by path, as the README says.
PACKAGE = """// swift-tools-version:6.0
import PackageDescription
let package = Package(
  name: "snippet", dependencies: [.package(path: "%(root)s")],
  targets: [
    .executableTarget(name: "snippet", dependencies: [.product(name: "ExplainCore", package: "%(name)s")])
  ])
"""


# Runs a document's snippets in turn, but for those that use PyTorch where it is not installed.
PYTHON = """
import importlib.util, json, re, sys
has_torch = importlib.util.find_spec("torch") is not None
names = {"__name__": "snippets"}
for name, code in json.load(sys.stdin):
    if has_torch or not re.search(r"\\btorch\\.", code):
        exec(compile(code, name, "exec"), names)
    else:
        print(f"skipped, needs PyTorch: {name}", file=sys.stderr)
"""


# Where a C snippet that is no program of its own stands: functions before it, and what it finds at hand.
FRAME = """#include <explaincore.h>
#include <stdio.h>
#include <stdlib.h>

%s
int main(void) {
  xpl_model *model = NULL;
  xpl_picture *picture = NULL;
  xpl_mask_options quick;
  xpl_explanation *explanation = NULL;
  xpl_mask_options_init(&quick, sizeof quick, XPL_MASK_PRESET_BLACKBOX);
  quick.iterations = 2;
  if (xpl_model_load("scenes", NULL, &model) || xpl_picture_read("photo.png", &picture)
      || xpl_explain_mask(model, picture, &quick, NULL, NULL, &explanation))
    return 1;
  {
%s
  }
  xpl_explanation_free(explanation);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
"""


def program(fragment):
    """A C program of a fragment: what ends in a brace at the beginning of a line is a function."""
    functions, brace, statements = fragment.rpartition("\n}\n\n")
    # A loop or a condition of the statements ends like a function does.
    return FRAME % (functions + brace, statements) if functions.startswith("static ") else FRAME % ("", fragment)


def snippets(language):
    for document in DOCUMENTS:
        for number, (name, code) in enumerate(FENCE.findall(document.read_text()), start=1):
            if name == language:
                yield f"{document.name}, snippet {number}", code


class SnippetTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copy(ROOT / "examples" / "pictures" / "scene-star-gear.png", self.folder / "photo.png")
        # The names that an installed library has.
        library = self.folder / "lib"
        library.mkdir()
        for name in ("libexplaincore.so", "libexplaincore.so.1"):
            (library / name).symlink_to(BUILD / "libexplaincore.so")
        self.environment = os.environ | {
            "PATH": f"{BUILD}:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": str(library),
            "C_INCLUDE_PATH": str(ROOT / "include"),
            "LIBRARY_PATH": str(library),
        }

    def run_in_folder(self, *command, **settings):
        result = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=600, **settings)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}\n{result.stderr}")
        return result

    def test_shell(self):
        found = list(snippets("sh"))
        self.assertTrue(found)
        for name, code in found:
            with self.subTest(name):
                self.run_in_folder("bash", "-euc", code)

    def test_c(self):
        found = list(snippets("c"))
        self.assertTrue(found)
        for name, code in found:
            with self.subTest(name):
                (self.folder / "snippet.c").write_text(code if "int main(" in code else program(code))
                self.run_in_folder(
                    "cc", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "snippet.c", "-lexplaincore", "-o",
                    "snippet")
                self.run_in_folder("./snippet", "photo.png")
                for file in re.findall(r'xpl_picture_save\(\w+, "(.+?)"\)', code):
                    self.assertTrue((self.folder / file).exists(), file)
                for folder, prefix in re.findall(r'xpl_explanation_write\(\w+, "(.+?)", (?:NULL|"(.+?)")\)', code):
                    self.assertTrue((self.folder / folder / f"{prefix and prefix + '-'}cam.png").exists(), code)

    def test_python(self):
        python = ROOT / ".venv" / "bin" / "python"
        self.environment.update(
            PYTHONPATH=str(ROOT / "bindings" / "python"), EXPLAINCORE_LIBRARY=str(BUILD / "libexplaincore.so"),
            MPLBACKEND="agg")
        documents = {}
        for name, code in snippets("python"):
            documents.setdefault(name.split(",")[0], []).append((name, code))
        self.assertIn("README.md", documents)
        for document, found in documents.items():
            with self.subTest(document):
                errors = self.run_in_folder(python, "-c", PYTHON, input=json.dumps(found)).stderr
                for line in errors.splitlines():
                    if line.startswith("skipped"):
                        print(line)
        self.assertTrue((self.folder / "why-star.png").exists())

    def test_swift(self):
        found = list(snippets("swift"))
        self.assertTrue(found)
        for name, code in found:
            with self.subTest(name):
                sources = self.folder / "Sources" / "snippet"
                sources.mkdir(parents=True)
                (sources / "main.swift").write_text(code)
                (self.folder / "Package.swift").write_text(PACKAGE % {"root": ROOT, "name": ROOT.name})
                scratch = ROOT / ".build" / "readme"  # kept, so that a second run is quick
                self.run_in_folder("swift", "run", "-c", "release", "--scratch-path", str(scratch), "snippet")
                self.assertTrue((self.folder / "why" / "cam.png").exists())

    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
                with self.subTest(f"{document.name}: {target}"):
                    self.assertTrue((document.parent / target).exists())


if __name__ == "__main__":
    unittest.main()
