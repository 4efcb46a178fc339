"""xpl classify, inspect, info, and what they have in common."""

import re
import unittest

from support import GEAR, GOLDENS, TWO, CommandLineTestCase, onnx_classifier, onnx_model, onnx_node, shared


class ClassifyTests(CommandLineTestCase):
    def test_aligns_its_columns(self):
        output, errors = self.xpl("classify", GEAR)
        lines = output.splitlines()
        self.assertEqual((len(lines), errors), (5, ""))
        self.assertRegex(lines[0], r"^ *0\.99\d\d +4  gear$")
        self.assertEqual(len({line.index(line.split()[-1]) for line in lines}), 1, output)

    def test_reports(self):
        report = self.report("classify", GEAR, "--top", 3)
        self.assertEqual(set(report), {"version", "model", "picture", "top"})
        self.assertEqual((report["model"], report["picture"], len(report["top"])), ("scenes", str(GEAR), 3))
        self.assertEqual(report["top"][0]["name"], "gear")
        probabilities = [entry["probability"] for entry in report["top"]]
        self.assertEqual(probabilities, sorted(probabilities, reverse=True))

    def test_weights_may_have_16_bits(self):
        usual, half, brain = (
            self.report("classify", GEAR, *arguments)["top"][1]["probability"]
            for arguments in [
                (), ("--weight-precision", "float16", "--memory", "small"), ("--weight-precision", "bfloat16"),
            ]
        )
        # The embedded weights have 16 bits in their file: kept in as many, they are the same.
        self.assertEqual(half, usual)
        self.assertNotEqual(brain, usual)
        self.assertAlmostEqual(brain, usual, delta=0.02)

    def test_several_pictures(self):
        self.assertEqual([entry["picture"] for entry in self.report("classify", GEAR, TWO)], [str(GEAR), str(TWO)])
        output, errors = self.xpl("classify", GEAR, "none.png", TWO, status=1)
        self.assertIn(f"{GEAR}\n", output)
        self.assertIn(f"{TWO}\n", output)
        self.assertEqual(errors, "xpl: cannot open none.png: No such file or directory\n")

    def test_there_are_no_more_classes_than_there_are(self):
        self.assertEqual(len(self.report("classify", GEAR, "--top", 1000)["top"]), 12)

    def test_reads_every_kind_of_picture(self):
        for name in "rgb8.png", "420.jpg", "cmyk.jpg", "plain.gif", "lossy.webp":
            self.assertEqual(len(self.report("classify", GOLDENS / "imaging" / name)["top"]), 5)

    @unittest.skipUnless(shared("photos/flute.jpg"), "skipped: there is no shared/data beside the repository")
    def test_squeezenet_knows_a_flute(self):
        model = shared("models/SqueezeNet_fp16.onnx")
        top = self.report("classify", shared("photos/flute.jpg"), "--model", model, "--preprocess", "caffe")["top"]
        self.assertEqual(top[0]["name"], "flute")


class InspectTests(CommandLineTestCase):
    def test_a_checkpoint_of_each_format(self):
        for name, kind in [
            ("legacy.pth", "PyTorch legacy"), ("zip.pth", "PyTorch zip"), ("plain.safetensors", "safetensors"),
        ]:
            path = GOLDENS / "checkpoints" / name
            report = self.report("inspect", path)
            self.assertEqual((report["file"], report["format"]), (str(path), kind))
            tensors = {tensor["name"]: tensor for tensor in report["tensors"]}
            self.assertEqual(
                tensors["features.0.weight"], {"name": "features.0.weight", "type": "float32", "shape": [4, 3, 3, 3]})
            output, _ = self.xpl("inspect", path)
            self.assertIn(f"{kind}, {len(tensors)} tensors, {report['elements']} elements", output)
            self.assertRegex(output, r"features\.0\.weight +float32 +4x3x3x3")

    def test_metadata_is_shown(self):
        self.assertIn("  format: pt\n", self.xpl("inspect", GOLDENS / "checkpoints/small.safetensors")[0])

    def test_an_onnx_file(self):
        path = self.write("net", onnx_classifier())  # Told by its content, not by its name.
        report = self.report("inspect", path)
        self.assertEqual((report["format"], report["ir_version"], report["is_supported"]), ("ONNX", 8, True))
        self.assertEqual(report["opsets"], [{"domain": "", "version": 13}])
        self.assertEqual([node["operator"] for node in report["nodes"]], ["GlobalAveragePool", "Flatten", "MatMul"])
        self.assertEqual(report["inputs"], [{"name": "x", "type": "float32", "shape": [1, 3, 8, 8]}])
        self.assertEqual(report["initializers"], [{"name": "weight", "type": "float32", "shape": [3, 3]}])
        output, _ = self.xpl("inspect", path)
        self.assertIn("can be explained", output)
        self.assertRegex(output, r"MatMul +last +flat, weight -> y")

    def test_an_onnx_file_that_cannot_be_explained(self):
        path = self.write("net.onnx", onnx_model([onnx_node("Frobnicate", ["x"], ["y"], name="odd")]))
        output, _ = self.xpl("inspect", path)
        self.assertRegex(output, r"cannot be explained: .*Frobnicate")
        report = self.report("inspect", path)
        self.assertEqual((report["is_supported"], report["nodes"][0]["operator"]), (False, "Frobnicate"))
        self.assertIn("Frobnicate", report["obstacle"])


class MethodsTests(CommandLineTestCase):
    def test_lists_methods_and_their_options(self):
        output, _ = self.xpl("methods")
        names = [line.split()[0] for line in output.splitlines()[1:]]
        self.assertEqual(names, self.report("info")["methods"])
        for name in names:
            output, _ = self.xpl("methods", name)
            self.assertRegex(
                output, rf"\A{re.escape(name)}: \w[^\n]+\nSource: .+\n\n(Options of [\s\S]+\n  --|It has no options)")
        self.fails(2, "methods", "maks", saying=["no method maks", "mask"])


class InfoTests(CommandLineTestCase):
    def test_text_and_report_agree(self):
        report = self.report("info")
        self.assertEqual(
            set(report), {"version", "architecture", "threads", "processors", "kernels", "blas", "methods", "models"})
        self.assertGreaterEqual(report["threads"], 1)
        self.assertIn("mask", report["methods"])
        models = {model["name"]: model["is_ready"] for model in report["models"]}
        self.assertEqual((models["scenes"], models["vgg19"]), (True, False))
        output, _ = self.xpl("info")
        self.assertIn(report["blas"]["core"], output)
        self.assertRegex(output, r"vgg19 +not here; get it with: xpl fetch vgg19")

    def test_weights_in_torchs_cache_are_found(self):
        place = self.folder / "torch/hub/checkpoints"
        place.mkdir(parents=True)
        (place / "vgg19-dcbb9e9d.pth").write_bytes(b"x")
        model = next(model for model in self.report("info")["models"] if model["name"] == "vgg19")
        self.assertEqual(model, {"name": "vgg19", "is_ready": True, "weights": str(place / "vgg19-dcbb9e9d.pth")})


class HelpTests(CommandLineTestCase):
    def test_version(self):
        self.assertRegex(self.xpl("--version")[0], r"\A\d+\.\d+\.\d+\n\Z")

    def test_each_command_has_examples_or_options(self):
        text, errors = self.xpl("--help")
        self.assertEqual(errors, "")
        for command in "explain", "classify", "fool", "visualize", "detect", "methods", "inspect", "fetch", "info":
            self.assertRegex(text, rf"\n  {command} +[A-Z]")
            self.assertIn("USAGE: xpl", self.xpl(command, "--help")[0])
        for command in "explain", "fool", "visualize", "detect":
            for line in self.xpl(command, "--help")[0].splitlines():
                self.assertLessEqual(len(line), 80)

    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "w") as full:
            process = self.start("classify", GEAR, stdout=full)
            _, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, errors.count("\n")), (1, 1), errors)
        self.assertIn("cannot write to standard output: No space left on device", errors)


if __name__ == "__main__":
    unittest.main()
