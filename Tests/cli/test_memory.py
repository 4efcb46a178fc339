"""Memory of long runs, seen from outside: a process of its own has no neighbors that allocate."""

import os
import unittest

from support import GEAR, CommandLineTestCase


class MemoryTests(CommandLineTestCase):
    def peak(self, *arguments):
        """The largest resident size of a run, in kilobytes."""
        process = self.start("explain", GEAR, "--quiet", *arguments)
        process.stdout.close()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    # The allocator may keep a little more from run to run: 8 MB, where 450 lost pictures would be 270 MB.
    ROOM = 8 << 10

    def test_a_mask_takes_no_more_after_500_iterations(self):
        self.assertLess(self.peak("--iterations", 500), self.peak("--iterations", 50) + self.ROOM)

    def test_random_masks_take_no_more_than_a_batch(self):
        self.assertLess(
            self.peak("--method", "rise", "--masks", 1600),
            self.peak("--method", "rise", "--masks", 160) + self.ROOM)


if __name__ == "__main__":
    unittest.main()
