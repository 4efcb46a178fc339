"""xpl fool, visualize and detect: results, options, wrong usage."""

import json
import unittest

from support import GEAR, TWO, CommandLineTestCase, png, png_size


class FoolTests(CommandLineTestCase):
    def classified(self, path):
        return self.report("classify", path, "--top", 1)["top"][0]["name"]

    def test_what_is_written_is_taken_for_the_target(self):
        for attack in "fool", "pgd":
            with self.subTest(attack):
                report = self.report("fool", TWO, "--target", "heart", "--attack", attack, "-o", attack)
                self.assertEqual((report["method"], report["target"]["name"]), (attack, "heart"))
                self.assertEqual(report["measures"]["toward"], ["heart"])
                self.assertTrue(report["measures"]["succeeded_after_rounding"])
                self.assertLess(report["measures"]["linf"], 8.01 / 255)
                self.assertEqual(report["files"], {name: f"{attack}/{name}.png" for name in ("attack", "fooled")})
                self.assertEqual(self.classified(f"{attack}/fooled.png"), "heart")
                width, height = png_size((self.folder / attack / "attack.png").read_bytes())
                self.assertGreater(width, 4 * 224)  # Four panels in a row.
                self.assertLess(height, 2 * 224)

    def test_without_a_target_anything_else_will_do(self):
        output, errors = self.xpl("fool", GEAR, "--attack", "pgd")
        self.assertRegex(output, r"gear \(4\), by pgd with scenes")
        self.assertRegex(output, r"away from +gear\n")
        self.assertRegex(output, r"class before +gear, 0\.99\d\d\n")
        self.assertRegex(output, r"succeeded +yes\n")
        self.assertEqual(errors, "")
        self.assertEqual(self.files(), ["scene-gear-attack/attack.png", "scene-gear-attack/fooled.png"])
        self.assertNotEqual(self.classified("scene-gear-attack/fooled.png"), "gear")

    def test_several_pictures(self):
        reports = self.report("fool", GEAR, TWO, "--target", "heart", "--iterations", 1, "-o", "out")
        self.assertEqual([report["iterations"] for report in reports], [1, 1])
        self.assertEqual(reports[0]["files"]["fooled"], "out/scene-gear-fooled.png")

    def test_options_are_the_attacks(self):
        options = self.report("fool", GEAR, "--attack", "pgd", "--epsilon", 2, "--target", "star")["options"]
        self.assertEqual((options["epsilon"], options["targeted"]), (2, True))
        report = self.report("fool", GEAR, "--attack", "pgd", "--target", "gear", "--targeted", "false")
        self.assertEqual(report["measures"]["away_from"], ["gear"])
        text, _ = self.xpl("fool", "--help")
        for name in options:
            self.assertIn(f"--{name.replace('_', '-')} ", text)

    def test_wrong_usage(self):
        self.fails(2, "fool", saying=["no picture", "xpl fool --help"])
        self.fails(2, "fool", GEAR, "--attack", "siege", saying=["siege", "pgd"])
        self.fails(2, "fool", GEAR, "--step", "1", saying="unknown option --step")  # That is pgd's.
        self.fails(2, "fool", GEAR, "--atack", "pgd", saying=["unknown option --atack", "--attack"])
        self.fails(2, "fool", GEAR, "--target", "haert", saying=["haert", "heart"])
        self.fails(2, "fool", GEAR, "--epsilon", "256", saying="epsilon is 256")
        self.fails(1, "fool", "none.png", saying="none.png")
        self.assertEqual(self.files(), [])


class VisualizeTests(CommandLineTestCase):
    def test_a_class_is_painted_without_a_picture(self):
        output, errors = self.xpl("visualize", "--target", "gear")
        self.assertRegex(output, r"\Agear \(4\), by visualize with scenes\n")
        self.assertRegex(output, r"recognized +yes\n")
        self.assertEqual(errors, "")
        self.assertEqual(self.files(), ["gear-visualization/class.png", "gear-visualization/painted.png"])
        painted = self.folder / "gear-visualization/painted.png"
        self.assertEqual(png_size(painted.read_bytes()), (224, 224))
        self.assertEqual(self.report("classify", painted)["top"][0]["name"], "gear")

    def test_the_report_has_no_picture(self):
        report = self.report("visualize", "--target", "star,heart", "--iterations", 2, "--restarts", 0, "-o", "out")
        self.assertIsNone(report["picture"])
        self.assertEqual(report["target"], {"index": [0, 6], "name": "star+heart", "given": True})
        self.assertEqual((report["iterations"], report["options"]["iterations"]), (2, 2))
        self.assertEqual(set(report["files"]), {"class", "painted"})

    def test_the_size_is_the_models(self):
        self.xpl("visualize", "--target", "star", "--size", "96x64", "--iterations", 2, "--restarts", 0, "-o", "out")
        self.assertEqual(png_size((self.folder / "out/painted.png").read_bytes()), (96, 64))

    def test_a_seed_repeats(self):
        def painted(seed):
            arguments = ["--target", "ring", "--iterations", 3, "--restarts", 0, "--seed", seed, "--quiet"]
            self.assertEqual(self.xpl("visualize", *arguments, "-o", "out")[0], "")
            return (self.folder / "out/painted.png").read_bytes()

        self.assertEqual(painted(1), painted(1))
        self.assertNotEqual(painted(1), painted(2))

    def test_wrong_usage(self):
        self.fails(2, "visualize", saying=["--target", "xpl visualize --help"])
        self.fails(2, "visualize", GEAR, "--target", "gear", saying="without a picture")
        self.fails(2, "visualize", "--target", "gaer", saying=["gaer", "gear"])
        self.fails(2, "visualize", "--target", "gear", "--jitter", "-1", saying="jitter is -1")
        self.fails(2, "visualize", "--target", "gear", "--iteration", "1", saying="--iterations")
        self.assertEqual(self.files(), [])


class DetectTests(CommandLineTestCase):
    def test_the_first_class_comes_back(self):
        report = self.report("detect", TWO, "-o", "out", "--iterations", 100)
        measures = report["measures"]
        self.assertEqual((measures["attacked"], measures["recovered"]), (True, True))
        names = [measures[f"class_{when}"]["name"] for when in ("before", "attacked", "recovered")]
        self.assertEqual(names, ["gear", "star", "gear"])
        self.assertEqual(set(report["files"]), {"mask", "heatmap", "cam", "perturbated", "detection"})

    def test_small_pictures_and_text(self):
        self.write("p.png", png(60, 40))
        output, _ = self.xpl("detect", "p.png", "--iterations", 2, "--attack", "fgsm", "--epsilon", 4)
        self.assertRegex(output, r"class recovered +[\w-]+, 0\.\d{4}\n")
        self.assertIn("p-detection/detection.png", output)

    def test_a_report_in_a_file(self):
        self.xpl("detect", GEAR, "--iterations", 1, "--quiet", "--json", "report.json")
        self.assertEqual(json.loads((self.folder / "report.json").read_text())["method"], "detect")

    def test_wrong_usage(self):
        self.fails(2, "detect", saying=["no picture", "xpl detect --help"])
        self.fails(2, "detect", GEAR, "--iterations", "0", saying="iterations is 0")
        self.fails(2, "detect", GEAR, "--attack", "siege", saying=["attack is siege", "fgsm"])
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
