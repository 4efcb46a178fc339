"""xpl on processors that lack what this one has: one program carries kernels for all of them."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import unittest

from support import TWO, XPL

EMULATOR = shutil.which("qemu-x86_64")


@unittest.skipUnless(EMULATOR and platform.machine() == "x86_64", "qemu-user is not installed, or not on x86-64")
class ProcessorTests(unittest.TestCase):
    def run_on(self, processor, *arguments):
        # OpenBLAS must choose by the emulated processor too.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        command = [EMULATOR, "-cpu", processor] if processor else []
        finished = subprocess.run(
            [*command, XPL, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return finished.stdout

    def learned(self, processor):
        with tempfile.TemporaryDirectory() as folder:
            report = self.run_on(
                processor, "explain", TWO, "--iterations", 2, "--quiet", "--json", "-", "-o", folder)
        return json.loads(report)

    def test_the_best_kernels_that_a_processor_has_are_chosen(self):
        for processor, level in ("Nehalem", "baseline"), ("Haswell", "avx2"):
            self.assertEqual(json.loads(self.run_on(processor, "info", "--json", "-"))["kernels"], level)

    def test_results_agree(self):
        here = self.learned(None)
        for processor in "Nehalem", "Haswell":
            there = self.learned(processor)
            for name in "score_before", "score_after":
                # Two iterations of float32 arithmetic whose sums are taken in another order.
                self.assertAlmostEqual(there[name], here[name], delta=1e-4)


if __name__ == "__main__":
    unittest.main()
