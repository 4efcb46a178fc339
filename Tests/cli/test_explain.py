"""xpl explain: results, reports, options, interruption."""

import json
import os
import pty
import select
import signal
import unittest

from support import GEAR, TWO, CommandLineTestCase, onnx_classifier, png, png_size, shared

NAMES = ["cam.png", "heatmap.png", "mask.png", "perturbated.png"]


class ResultTests(CommandLineTestCase):
    def test_writes_four_whole_pictures_of_the_pictures_size(self):
        picture = self.write("wide photo.png", png(90, 40))
        output, _ = self.xpl("explain", picture, "--iterations", 3)
        self.assertEqual(self.files(), [f"wide photo-explanation/{name}" for name in NAMES] + ["wide photo.png"])
        for name in NAMES:
            self.assertEqual(png_size((self.folder / "wide photo-explanation" / name).read_bytes()), (90, 40))
            self.assertIn(f"wide photo-explanation/{name}", output)

    def test_tells_people_what_was_found(self):
        output, errors = self.xpl("explain", GEAR, "--iterations", 30, "-o", "out")
        self.assertRegex(output, r"gear \(4\), by mask with scenes")
        self.assertRegex(output, r"score +0\.99\d\d -> [\d.e-]+")
        self.assertRegex(output, r"run +30 iterations, ")
        self.assertRegex(output, r"before +0\.99\d\d +gear +after +\d")
        self.assertNotIn("\r", errors)  # No progress bar where standard error is no terminal.

    def test_the_report_has_every_field(self):
        report = self.report("explain", GEAR, "--iterations", 20, "--seed", 7, "-o", "out")
        self.assertEqual(
            set(report),
            set(
                "version method model picture target score_before score_after top_before top_after interrupted warnings"
                " options seed iterations seconds history mask map measures center_of_mass files".split()
            ),
        )
        self.assertEqual((report["method"], report["model"], report["picture"]), ("mask", "scenes", str(GEAR)))
        self.assertEqual(report["target"], {"index": 4, "name": "gear", "given": False})
        self.assertEqual((report["seed"], report["iterations"], report["interrupted"]), (7, 20, False))
        self.assertGreater(report["score_before"], 0.9)
        self.assertLess(report["score_after"], report["score_before"])
        self.assertEqual(len(report["top_before"]), 5)
        self.assertEqual(set(report["top_before"][0]), {"index", "name", "probability"})
        self.assertEqual(report["top_before"][0]["name"], "gear")
        self.assertEqual(report["options"]["preset"], "blackbox")
        self.assertEqual(report["options"]["l1"], [0.01])
        for name in "loss", "score":
            self.assertEqual(len(report["history"][name]), 20)
        mask = report["mask"]
        self.assertEqual((mask["width"], mask["height"], len(mask["values"])), (28, 28, 784))
        self.assertTrue(all(0 <= value <= 1 for value in mask["values"]))
        self.assertEqual(report["files"], {name[:-4]: f"out/{name}" for name in NAMES})

    def test_the_evidence_lies_on_the_object_that_was_asked_for(self):
        # The boxes around the objects' pixels: left, right, top, bottom.
        for name, (left, right, top, bottom) in {"star": (92, 151, 97, 157), "gear": (9, 66, 71, 127)}.items():
            report = self.report("explain", TWO, "--target", name, "--preset", "hybrid", "-o", "out")
            x, y = report["center_of_mass"]
            self.assertTrue(left <= x <= right and top <= y <= bottom, (name, x, y))

    def test_a_report_in_a_file_leaves_the_text(self):
        output, _ = self.xpl("explain", GEAR, "--iterations", 2, "--json", "report.json")
        self.assertIn("gear (4)", output)
        self.assertEqual(json.loads((self.folder / "report.json").read_text())["iterations"], 2)

    def test_quiet_says_nothing(self):
        self.assertEqual(self.xpl("explain", TWO, "--target", "gear", "--iterations", 2, "--quiet"), ("", ""))

    def test_a_model_in_a_file(self):
        self.write("net.onnx", onnx_classifier())
        self.write("names.txt", b"red\ngreen\nblue\n")
        picture = self.write("p.png", png(8, 8, b"".join(b"\0" + b"\x00\xff\x00" * 8 for _ in range(8))))
        report = self.report(
            "explain", picture, "--model", "./net.onnx", "--labels", "names.txt", "--preprocess", "none", "--scale",
            "0.01", "--iterations", 2,
        )
        self.assertEqual(report["target"], {"index": 1, "name": "green", "given": False})
        # exp(2.55) / (exp(2.55) + 2)
        self.assertAlmostEqual(report["score_before"], 0.86493, places=4)


class SeveralPicturesTests(CommandLineTestCase):
    def test_results_lie_beside_each_other_and_the_report_is_a_list(self):
        (self.folder / "other").mkdir()
        self.write("p.png", png(20, 20))
        self.write("other/p.png", png(30, 30))
        reports = self.report("explain", "p.png", "other/p.png", "--iterations", 1, "-o", "out")
        self.assertEqual([report["picture"] for report in reports], ["p.png", "other/p.png"])
        self.assertEqual(reports[1]["files"]["mask"], "out/p-2-mask.png")
        self.assertEqual(png_size((self.folder / "out/p-2-mask.png").read_bytes()), (30, 30))
        self.xpl("explain", "p.png", "other/p.png", "--iterations", 1)
        self.assertTrue((self.folder / "p-explanation/cam.png").exists())
        self.assertTrue((self.folder / "p-2-explanation/cam.png").exists())

    def test_one_that_fails_does_not_keep_the_others_from_being_done(self):
        output, errors = self.xpl(
            "explain", "none.png", GEAR, "none.jpg", "--iterations", 1, "--json", "-", status=1)
        self.assertEqual([report["picture"] for report in json.loads(output)], [str(GEAR)])
        self.assertEqual(
            errors,
            "xpl: cannot open none.png: No such file or directory\n"
            "xpl: cannot open none.jpg: No such file or directory\n")
        self.assertFalse((self.folder / "none-explanation").exists())


class OptionTests(CommandLineTestCase):
    def options(self, *arguments):
        return self.report("explain", GEAR, "-o", "out", *arguments)["options"]

    def test_the_methods_options_go_by_their_names(self):
        options = self.options(
            "--iterations", 2, "--l1=0.02,0.5", "--tv", "0.3", "--learning-rate", "0.05", "--perturbation",
            "gaussian,zero", "--coupled", "--mirrored", "false", "--constant", "1,2,3", "--mask-width", 14)
        self.assertEqual((options["l1"], options["tv"], options["learning_rate"]), ([0.02, 0.5], 0.3, 0.05))
        self.assertEqual(options["perturbation"], ["gaussian", "zero"])
        self.assertEqual((options["coupled"], options["mirrored"]), (True, False))
        self.assertEqual((options["constant"], options["mask_width"]), ([1, 2, 3], 14))

    def test_options_may_stand_before_and_among_pictures(self):
        report = self.report("explain", "--coupled", GEAR, "--tv", "0.1", "--iterations=1")
        self.assertEqual((report["picture"], report["options"]["coupled"]), (str(GEAR), True))

    def test_what_was_given_is_over_the_preset(self):
        options = self.options("--tv", "0.5", "--preset", "hybrid", "--iterations", 2)
        self.assertEqual((options["preset"], options["tv"], options["beta"]), ("hybrid", 0.5, 2))

    def test_presets_have_their_own_defaults(self):
        options = self.options("--preset", "paper", "--iterations", 1)
        self.assertEqual((options["l1"], options["norm"], options["start"]), ([0.0001], "sum", "disc"))

    def test_every_option_is_in_the_help(self):
        options = self.options("--iterations", 1)
        text, _ = self.xpl("explain", "--help")
        for name in options:
            self.assertIn(f"--{name.replace('_', '-')} ", text)

    def test_a_target_goes_by_number_name_or_beginning(self):
        def target(*arguments):
            return self.report("explain", TWO, "--iterations", 1, *arguments)["target"]

        self.assertEqual(target("--target", "4"), {"index": 4, "name": "gear", "given": True})
        self.assertEqual(target("--target", "gear"), {"index": 4, "name": "gear", "given": True})
        self.assertEqual(target("--target", "Gea")["index"], 4)
        together = {"index": [0, 4], "name": "star+gear", "given": True}
        self.assertEqual(target("--target", "star", "--target", "4"), together)
        self.assertEqual(target("--target", "0,gear"), together)

    def test_a_picture_may_be_the_perturbation(self):
        self.write("gray.png", png(10, 10, b"".join(b"\0" + b"\x80" * 30 for _ in range(10))))
        report = self.report(
            "explain", GEAR, "--perturbation", "picture", "--reference", "gray.png", "--iterations", 2)
        self.assertEqual(report["options"]["perturbation"], ["picture"])

    def test_preprocessing_changes_what_the_model_sees(self):
        scores = {
            arguments: self.report("explain", GEAR, "--iterations", 1, "--target", "gear", *arguments)["score_before"]
            for arguments in [
                (), ("--bgr",), ("--preprocess", "tf"), ("--size", "160"), ("--size", "200x180"),
                ("--resize", "crop"), ("--mean", "0,0,0", "--std", "1,1,1"), ("--scale", "0.003"),
            ]
        }
        self.assertEqual(len(set(scores.values())), len(scores), scores)


class RepeatTests(CommandLineTestCase):
    def test_a_seed_repeats_bit_for_bit_with_any_number_of_threads(self):
        def run(seed, threads):
            report = self.report(
                "explain", GEAR, "--iterations", 8, "--seed", seed, "--threads", threads, "-o", f"out{threads}")
            return report["mask"]["values"], report["history"]

        first = run(3, 1)
        self.assertEqual(first, run(3, 2))
        self.assertEqual(first, run(3, 1))
        self.assertNotEqual(first, run(4, 1))
        for name in NAMES:
            self.assertEqual((self.folder / "out2" / name).read_bytes()[:8], b"\x89PNG\r\n\x1a\n")


class InterruptionTests(CommandLineTestCase):
    def interrupt(self, number):
        """Interrupts a run that would take many minutes, once a progress bar shows that it is under way."""
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = self.start(
            "explain", GEAR, GEAR, "--iterations", 100000, "--json", "report.json", "-o", "out", stderr=end)
        os.close(end)
        seen = b""
        while b" left" not in seen:
            self.assertTrue(select.select([terminal], [], [], 60)[0], f"no progress bar, but {seen!r}")
            seen += os.read(terminal, 4096)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output, seen.decode()

    def test_writes_what_was_learned_so_far(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number):
                status, output, _ = self.interrupt(number)
                self.assertEqual(status, 130)
                self.assertIn("interrupted", output)
                reports = json.loads((self.folder / "report.json").read_text())
                self.assertEqual(len(reports), 1)  # The second picture was not begun.
                self.assertTrue(reports[0]["interrupted"])
                self.assertGreater(reports[0]["iterations"], 0)
                self.assertEqual(len(reports[0]["history"]["loss"]), reports[0]["iterations"])
                self.assertEqual(self.files(), [f"out/scene-gear-{name}" for name in NAMES] + ["report.json"])
                for name in NAMES:
                    self.assertEqual(png_size((self.folder / f"out/scene-gear-{name}").read_bytes()), (224, 224))

    def test_the_progress_bar_tells_how_far_it_is(self):
        _, _, seen = self.interrupt(signal.SIGINT)
        self.assertRegex(seen, r"  0 %  \d+/100000  loss [\d.e-]+  score [\d.e-]+  [\d.]+ it/s  [\d:]+ left")
        for line in seen.split("\r"):
            self.assertLess(len(line.replace("\x1b[K", "")), 80)

    def test_a_dumb_terminal_has_no_progress_bar(self):
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = self.start("explain", GEAR, "--iterations", 3, stderr=end, variables={"TERM": "dumb"})
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(select.select([terminal], [], [], 0)[0], [])
        os.close(end)

    def test_a_reader_that_goes_away_is_no_failure(self):
        process = self.start("explain", GEAR, "--iterations", 1)
        process.stdout.close()
        self.assertEqual(process.stderr.read(), "")
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertTrue((self.folder / "scene-gear-explanation/mask.png").exists())


@unittest.skipUnless(shared("models/SqueezeNet_fp16.onnx"), "skipped: there is no shared/data beside the repository")
class RealModelTests(CommandLineTestCase):
    def test_squeezenet_finds_the_flute(self):
        report = self.report(
            "explain", shared("photos/flute.jpg"), "--model", shared("models/SqueezeNet_fp16.onnx"), "--preprocess",
            "caffe", "--preset", "hybrid", "--iterations", 10, "--target", "flute")
        self.assertEqual(report["target"]["index"], 558)
        self.assertLess(report["score_after"], report["score_before"])


if __name__ == "__main__":
    unittest.main()
