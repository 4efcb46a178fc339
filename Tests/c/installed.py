#!/usr/bin/env python3
"""Installs a CMake build and its Debian packages into new folders, and builds programs against them in every way.

    python3 Tests/c/installed.py BUILD_FOLDER

Nothing is downloaded, and nothing outside of temporary folders is written.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/c/explain.c"
PICTURE = ROOT / "examples/pictures/scene-gear.png"
CMAKE = os.environ.get("CMAKE", "cmake")
CPACK = str(pathlib.Path(shutil.which(CMAKE) or CMAKE).resolve().with_name("cpack"))
BUILD = None

BY_PACKAGE = f"""
cmake_minimum_required(VERSION 3.20)
project(User C)
find_package(ExplainCore 0.1 REQUIRED)
add_executable(explain {EXAMPLE})
target_link_libraries(explain ExplainCore::explaincore)
"""

BY_SUBDIRECTORY = f"""
cmake_minimum_required(VERSION 3.20)
project(User C)
add_subdirectory({ROOT} explaincore)
add_executable(explain {EXAMPLE})
target_link_libraries(explain ExplainCore::explaincore)
"""


def output(*command, **environment):
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env={**os.environ, **environment})
    if result.returncode:
        raise AssertionError(f"{command}\n{result.stdout}\n{result.stderr}")
    return result.stdout


class Installed(unittest.TestCase):
    """Programs against an installation: `prefix` is its folder."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)

    def check(self, program, *library_folder):
        """The program finds the library and explains a picture."""
        overlay = self.folder / "overlay.png"
        overlay.unlink(missing_ok=True)
        words = output(program, PICTURE, overlay, "2", LD_LIBRARY_PATH=":".join(map(str, library_folder)))
        self.assertRegex(words, r"\Agear: probability 0\.\d{4}")
        self.assertTrue(overlay.read_bytes().startswith(b"\x89PNG"))

    def configured(self, name, project, *arguments):
        source, build = self.folder / name, self.folder / f"{name}.build"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(project)
        output(CMAKE, "-S", source, "-B", build, *arguments)
        output(CMAKE, "--build", build)
        return build / "explain"

    def check_pkg_config(self, library):
        path = str(library / "pkgconfig")
        flags = output("pkg-config", "--cflags", "--libs", "explaincore", PKG_CONFIG_PATH=path).split()
        program = self.folder / "by-pkg-config"
        output("cc", EXAMPLE, *flags, "-o", program)
        self.check(program, library)


class PrefixTests(Installed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        output(CMAKE, "--install", BUILD, "--prefix", cls.folder / "installed")
        # It may be moved.
        cls.prefix = (cls.folder / "installed").rename(cls.folder / "moved")
        cls.library = next(cls.prefix.rglob("libexplaincore.so")).parent

    def test_links(self):
        links = [path.name for path in sorted(self.library.glob("libexplaincore.so*")) if path.is_symlink()]
        self.assertEqual(links, ["libexplaincore.so", "libexplaincore.so.1"])

    def test_pkg_config(self):
        self.check_pkg_config(self.library)

    def test_pkg_config_knows_the_version(self):
        path = str(self.library / "pkgconfig")
        version = output("pkg-config", "--modversion", "explaincore", PKG_CONFIG_PATH=path).strip()
        self.assertIn(f'#define XPL_VERSION "{version}"', (self.prefix / "include/explaincore.h").read_text())

    def test_find_package(self):
        self.check(self.configured("found", BY_PACKAGE, f"-DCMAKE_PREFIX_PATH={self.prefix}"))

    def test_find_package_refuses_another_version(self):
        with self.assertRaisesRegex(AssertionError, "0.2"):
            self.configured(
                "refused", BY_PACKAGE.replace("ExplainCore 0.1", "ExplainCore 0.2"),
                f"-DCMAKE_PREFIX_PATH={self.prefix}")


class SubdirectoryTests(Installed):
    def test_add_subdirectory(self):
        # What swift build has compiled already serves this build too.
        scratch = next(
            line.partition("=")[2] for line in (BUILD / "CMakeCache.txt").read_text().splitlines()
            if line.startswith("EXPLAINCORE_SCRATCH:"))
        self.check(self.configured("user", BY_SUBDIRECTORY, f"-DEXPLAINCORE_SCRATCH={scratch}"))
        # The library's examples are not built in another project.
        self.assertFalse((self.folder / "user.build/explaincore/many_pictures").exists())


@unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "needs Debian's tools")
class DebianTests(Installed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        output(CPACK, "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", cls.folder / "packed")
        (cls.runtime,) = (cls.folder / "packed").glob("libexplaincore1_*.deb")
        (cls.development,) = (cls.folder / "packed").glob("libexplaincore-dev_*.deb")
        cls.root = cls.folder / "root"
        for package in (cls.runtime, cls.development):
            output("dpkg-deb", "--extract", package, cls.root)
        cls.library = next(cls.root.rglob("libexplaincore.so.1")).parent

    @staticmethod
    def depends(package):
        fields = output("dpkg-deb", "--field", package, "Depends").strip()
        return [part.strip() for part in fields.split(",")]

    def test_their_architecture(self):
        expected = output("dpkg", "--print-architecture").strip()
        for package in (self.runtime, self.development):
            self.assertEqual(output("dpkg-deb", "--field", package, "Architecture").strip(), expected)

    def test_the_library_depends_on_what_it_is_linked_to(self):
        names = {re.match(r"[^ |]+", part)[0] for part in self.depends(self.runtime)}
        self.assertLessEqual({"libc6", "libopenblas0", "libpng16-16", "libwebp7", "libgif7", "libturbojpeg0"}, names)
        self.assertFalse([name for name in names if "swift" in name])

    def test_they_say_what_they_are(self):
        for package in (self.runtime, self.development):
            summary, *more = output("dpkg-deb", "--field", package, "Description").splitlines()
            self.assertRegex(summary, r"^explains .{10,60}$")
            self.assertTrue(more and all(line.startswith(" ") for line in more), more)
            self.assertRegex(
                output("dpkg-deb", "--field", package, "Maintainer"), r"\A[\w .']+ <[\w.+-]+@[\w-]+(\.[\w-]+)+>\n\Z")

    @unittest.skipUnless(shutil.which("lintian"), "needs lintian")
    def test_lintian_finds_no_error(self):
        # Nothing was released yet that a list of changes could begin with.
        output("lintian", "--fail-on", "error", "--suppress-tags", "no-changelog", self.runtime, self.development)

    def test_the_header_depends_on_its_library(self):
        version = re.search(r"_([\d.]+)_", self.runtime.name)[1]
        self.assertEqual(self.depends(self.development), [f"libexplaincore1 (= {version})"])

    def test_files_are_in_their_packages(self):
        lists = [
            output("dpkg-deb", "--contents", package) for package in (self.runtime, self.development)]
        self.assertRegex(lists[0], r"usr/lib/libexplaincore\.so\.1 -> libexplaincore\.so\.\d+\.\d+\.\d+\n")
        self.assertNotIn("explaincore.h", lists[0])
        for file in ("include/explaincore.h", "lib/libexplaincore.so ", "lib/pkgconfig/explaincore.pc"):
            self.assertIn(f"usr/{file}", lists[1])
        for path in self.root.rglob("*"):
            self.assertFalse(path.stat().st_mode & 0o022, f"{path} may be written by anyone")

    def test_every_library_that_it_needs_is_there(self):
        self.assertNotIn("not found", output("ldd", self.library / "libexplaincore.so"))

    def test_programs_are_built_against_them(self):
        self.check_pkg_config(self.library)

    @unittest.skipUnless(os.environ.get("XPL_INSTALL_PACKAGES") == "1", "changes the system: XPL_INSTALL_PACKAGES=1")
    def test_they_are_installed(self):
        output("apt-get", "install", "-y", "--no-install-recommends", self.runtime, self.development)
        self.addCleanup(output, "dpkg", "--purge", "libexplaincore-dev", "libexplaincore1")
        flags = output("pkg-config", "--cflags", "--libs", "explaincore").split()
        output("cc", EXAMPLE, *flags, "-o", self.folder / "against-the-system")
        self.check(self.folder / "against-the-system")


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
