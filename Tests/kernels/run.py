#!/usr/bin/env python3
"""Tests of the engine's kernels: every entry of each instruction set's table against plain loops in C.

    python3 Tests/kernels/run.py [unittest's options]

The kernels need no more of Swift than its embedded standard library, which every toolchain has for arm64 too. So they
are compiled for this machine and for arm64, each time as the object of a program of C (main.c), which runs here, or
under qemu-aarch64 with a C library for arm64 (Debian's libc6-dev-arm64-cross). A kernel of a new entry needs a check
there; main.c does not compile without.
"""

import functools
import json
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "Sources"
MACHINE = platform.machine()
EMULATOR = shutil.which("qemu-aarch64")
ARM_SYSTEM = pathlib.Path("/usr/aarch64-linux-gnu")

MODULES = {"baseline": "KernelsBaseline", "avx2": "KernelsAVX2", "avx512": "KernelsAVX512"}
HOST, ARM = f"{MACHINE}-unknown-linux-gnu", "aarch64-none-none-elf"


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, **options)


def output(*command, **options):
    result = run(*command, **options)
    if result.returncode:
        raise AssertionError(f"{command[0]}: {result.stderr}")
    return result.stdout


@functools.cache
def toolchain():
    """The folder of Swift's own compilers and tools."""
    paths = json.loads(output("swiftc", "-print-target-info"))["paths"]
    return pathlib.Path(paths["runtimeResourcePath"]).parents[1]


def flags(module):
    """What Package.swift compiles a module of kernels with."""
    manifest = (SOURCES.parent / "Package.swift").read_text()
    target = re.search(rf'name: "{module}", dependencies(.*?)(?:\.target\(|\n\S)', manifest, re.DOTALL)[1]
    defined = [f"-D{name}" for name in re.findall(r'\.define\("(\w+)"\)', target)]
    return defined + [flag for name in re.findall(r'"-Xcc", "(-m[^"]+)"', target) for flag in ("-Xcc", name)]


def has_embedded(target):
    return (toolchain() / f"lib/swift/embedded/Swift.swiftmodule/{target}.swiftmodule").exists()


def processor_has(*features):
    information = pathlib.Path("/proc/cpuinfo")
    text = information.read_text() if information.exists() else ""
    return set(features) <= set(re.findall(r"\w+", "".join(re.findall(r"^flags\s*:.*$", text, re.MULTILINE)[:1])))


@unittest.skipUnless(platform.system() == "Linux", "the programs are linked for Linux")
class KernelTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        (cls.folder / "module.modulemap").write_text(
            f'module CKernelShim {{ header "{SOURCES}/CKernelShim/include/CKernelShim.h" }}\n')

    def kernels(self, level, target, sources=SOURCES / "KernelsBaseline"):
        """The object of an instruction set's kernels."""
        if not has_embedded(target):
            self.skipTest(f"this toolchain has no embedded Swift for {target}")
        built = self.folder / f"{level}-{target}-{sources.name}.o"
        if not built.exists():
            output(
                "swiftc", "-enable-experimental-feature", "Embedded", "-target", target, "-module-name",
                MODULES[level], *flags(MODULES[level]), "-wmo", "-Ounchecked", "-warnings-as-errors",
                "-parse-as-library", "-Xcc", f"-fmodule-map-file={self.folder}/module.modulemap",
                *sorted(sources.glob("*.swift")), HERE / "entry.swift", "-c", "-o", built)
        return built

    def program(self, kernels, *, compiling=(), linking=("-lm",)):
        """The program that checks an object's kernels."""
        clang, checks = toolchain() / "bin/clang", self.folder / f"checks{len(compiling)}"
        if not checks.exists():
            unfinished = self.folder / "unfinished"
            unfinished.mkdir(exist_ok=True)
            # No contraction: the references are what is written, not fused multiply-adds.
            output(
                clang, *compiling, "-std=c11", "-D_GNU_SOURCE", "-O2", "-ffp-contract=off", "-Wall", "-Wextra",
                "-Werror", "-I", SOURCES / "CKernelShim/include", "-c", *sorted(HERE.glob("*.c")), cwd=unfinished)
            unfinished.rename(checks)
        program = kernels.with_suffix("")
        output(
            clang, *compiling, "-fuse-ld=lld", "-no-pie", *sorted(checks.glob("*.o")), kernels, *linking, "-o", program)
        return program

    def check(self, level):
        self.assertIn("add_rows", output(self.program(self.kernels(level, HOST)), level).split())

    def test_baseline(self):
        self.check("baseline")

    @unittest.skipUnless(processor_has("avx2", "fma"), "this processor has no AVX2")
    def test_avx2(self):
        self.check("avx2")

    @unittest.skipUnless(
        processor_has("avx512f", "avx512vl", "avx512bw", "avx512dq", "avx512cd"), "this processor has no AVX-512")
    def test_avx512(self):
        self.check("avx512")

    @unittest.skipIf(MACHINE == "aarch64", "this is arm64: see test_baseline")
    @unittest.skipUnless(EMULATOR, "qemu-user is not installed")
    @unittest.skipUnless((ARM_SYSTEM / "lib/crt1.o").exists(), "libc6-dev-arm64-cross is not installed")
    def test_arm64(self):
        library = ARM_SYSTEM / "lib"
        # A C library is enough; a compiler's own, which clang would look for, is not needed.
        program = self.program(
            self.kernels("baseline", ARM), compiling=["--target=aarch64-linux-gnu", "-isystem", ARM_SYSTEM / "include"],
            linking=["-nostdlib", "-L", library, *(library / f"crt{part}.o" for part in "1in"), "-lc", "-lm"])
        # One of the first processors of the architecture.
        checked = output(EMULATOR, "-cpu", "cortex-a53", "-L", ARM_SYSTEM, program, "baseline")
        self.assertIn("add_rows", checked.split())

    def test_products_on_arm64_are_vector_instructions_in_registers(self):
        code = output(toolchain() / "bin/llvm-objdump", "--disassemble", self.kernels("baseline", ARM))
        products = re.findall(r"^\w+ <\S*product(\d+)\S*>:\n(.*?)(?:\n\n|\Z)", code, re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(products), 6)
        for tiles, instructions in products:
            with self.subTest(tiles=tiles):
                # Two vectors of sums for each tile, none of which is ever put on the stack.
                self.assertGreaterEqual(len(re.findall(r"\bfmla\s+v\d+\.4s", instructions)), 2 * int(tiles))
                self.assertNotRegex(instructions, r"\bfmul\b|\bfmadd\b|\[sp\b")

    def test_broken_kernels_are_noticed(self):
        for number, (name, right, wrong, complaint) in enumerate([
                ("Filter", "kernel_load(values + kernel_lanes)", "kernel_load(values)", "filter of 1 taps to 5"),
                ("Maximum", "kernel_lanes < count", "kernel_lanes <= count", "at stride 2: a touch behind the memory"),
                ("OutputTransform", "inside < pixels ?", "inside < 0 ?", "transform_output of")]):
            with self.subTest(kernel=name):
                copy = self.folder / f"broken{number}"
                shutil.copytree(SOURCES / "KernelsBaseline", copy)
                source = copy / f"{name}.swift"
                self.assertIn(right, source.read_text())
                source.write_text(source.read_text().replace(right, wrong))
                result = run(self.program(self.kernels("baseline", HOST, copy)), "baseline")
                self.assertEqual(result.returncode, 1)
                self.assertIn(complaint, result.stderr)


if __name__ == "__main__":
    unittest.main()
