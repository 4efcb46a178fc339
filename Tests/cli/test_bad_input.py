"""Bad input: one line that says what is wrong and where, and the exit status; nothing written, nothing executed."""

import os
import pathlib
import re
import struct
import unittest

from support import (
    GEAR, GOLDENS, CommandLineTestCase, onnx_classifier, onnx_model, onnx_node, onnx_tensor, png,
)

IMAGING = GOLDENS / "imaging"
CHECKPOINTS = GOLDENS / "checkpoints"


class PictureTests(CommandLineTestCase):
    def refused(self, path, *saying):
        for command in ["classify"], ["explain", "--iterations", 1]:
            self.fails(1, *command, path, saying=[str(path), *saying])
        self.assertFalse(list(self.folder.glob("*-explanation")))

    def test_missing(self):
        self.refused("none.png", "No such file or directory")

    def test_a_directory(self):
        (self.folder / "d.png").mkdir()
        self.refused("d.png", "directory")

    def test_empty(self):
        self.write("e.png", b"")
        self.refused("e.png", "is empty")

    def test_not_a_picture(self):
        self.write("t.png", b"hello")
        self.refused("t.png", "PNG, JPEG, GIF and WebP")

    def test_truncated(self):
        for name in "rgb8.png", "420.jpg", "plain.gif", "lossy.webp":
            content = (IMAGING / name).read_bytes()
            for length in 20, len(content) // 2:
                with self.subTest(name, length=length):
                    self.write(name, content[:length])
                    self.refused(name)

    def test_too_large(self):
        self.write("huge.png", png(30000, 30000, b""))
        self.refused("huge.png", "30000x30000", "16384")

    def test_a_device_and_a_pipe(self):
        self.refused("/dev/zero", "not a regular file")
        os.mkfifo(self.folder / "pipe")
        self.refused("pipe", "not a regular file")


class CheckpointTests(CommandLineTestCase):
    def refused(self, path, *saying):
        self.fails(1, "inspect", path, saying=[str(path), *saying])
        self.fails(1, "classify", GEAR, "--model", "vgg19", "--weights", path, saying=[str(path), *saying])

    def test_missing(self):
        self.refused("none.pth", "No such file or directory")
        self.fails(1, "classify", GEAR, "--model", "vgg19", saying=["vgg19-dcbb9e9d.pth", "xpl fetch vgg19"])

    def test_text(self):
        self.write("net.pth", b"<html>404</html>")
        self.refused("net.pth", "not a checkpoint")

    def test_truncated(self):
        for name in "legacy.pth", "zip.pth", "plain.safetensors":
            content = (CHECKPOINTS / name).read_bytes()
            for length in 1, 40, len(content) // 2, len(content) - 1:
                with self.subTest(name, length=length):
                    self.refused(self.write(f"cut-{name}", content[:length]))

    def test_a_pickle_that_calls_os_system_is_not_executed(self):
        sentinel = self.folder / "executed"
        command = f"touch {sentinel}".encode()
        attack = b"\x80\x02cos\nsystem\nX" + struct.pack("<I", len(command)) + command + b"\x85R."
        self.refused(self.write("attack.pth", attack), "os.system")
        self.assertFalse(sentinel.exists())
        golden = pathlib.Path("/tmp/explaincore-pickle-was-executed")
        golden.unlink(missing_ok=True)
        for name in "legacy-attack.pth", "zip-attack.pth":
            self.refused(CHECKPOINTS / name, "posix.system", "nothing in a file is executed")
        self.assertFalse(golden.exists())

    def test_another_architecture(self):
        path = CHECKPOINTS / "plain.safetensors"
        self.fails(1, "classify", GEAR, "--model", "vgg19", "--weights", path, saying=[str(path), "vgg19"])


class ONNXTests(CommandLineTestCase):
    def refused(self, content, *saying):
        self.write("net.onnx", content)
        self.fails(1, "classify", GEAR, "--model", "net.onnx", saying=["net.onnx", *saying])

    def test_missing(self):
        self.fails(1, "classify", GEAR, "--model", "none.onnx", saying="cannot open none.onnx: No such file")

    def test_not_onnx(self):
        self.refused(b"hello, world", "not an ONNX model")
        self.refused(GEAR.read_bytes(), "not an ONNX model")

    def test_truncated(self):
        content = onnx_classifier()
        for length in range(1, len(content), 7):
            self.refused(content[:length])

    def test_an_unknown_operator(self):
        self.refused(onnx_model([onnx_node("Frobnicate", ["x"], ["y"])]), "Frobnicate")

    def test_a_cycle(self):
        nodes = [onnx_node("Add", ["x", "b"], ["a"]), onnx_node("Relu", ["a"], ["b"]), onnx_node("Relu", ["b"], ["y"])]
        self.refused(onnx_model(nodes))

    def test_external_data_that_is_not_there_or_not_beside_the_file(self):
        for location in "weights.bin", "../weights.bin", "/etc/passwd":
            weight = onnx_tensor("w", [1, 3, 8, 8], location=location)
            self.write("net.onnx", onnx_model([onnx_node("Add", ["x", "w"], ["y"])], [weight]))
            self.fails(1, "classify", GEAR, "--model", "net.onnx", saying=["net.onnx: tensor 'w'", location])

    def test_a_weight_that_16_bits_cannot_hold(self):
        nodes = [
            onnx_node("GlobalAveragePool", ["x"], ["pooled"]), onnx_node("Flatten", ["pooled"], ["flat"]),
            onnx_node("MatMul", ["flat", "weight"], ["y"], name="last"),
        ]
        weight = onnx_tensor("weight", [3, 2], [1, 2, -70_000, 4, 5, 6])
        self.write("net.onnx", onnx_model(nodes, [weight]))
        self.fails(
            1, "classify", GEAR, "--model", "net.onnx", "--weight-precision", "float16",
            saying=["layer last", "-70000", "bfloat16"])
        self.xpl("classify", GEAR, "--model", "net.onnx", "--weight-precision", "bfloat16")

    def test_no_classifier(self):
        self.refused(onnx_model([onnx_node("Relu", ["x"], ["y"])]))


class UsageTests(CommandLineTestCase):
    def refused(self, *arguments, saying):
        self.fails(2, "explain", GEAR, *arguments, saying=saying)
        self.assertEqual(self.files(), [])

    def test_no_picture(self):
        self.fails(2, "explain", saying="no picture")
        self.fails(2, "classify", saying="xpl classify --help")

    def test_unknown_commands_and_options(self):
        self.fails(2, "explian", GEAR, saying="explian")
        self.refused("--learning-rat", "1", saying=["unknown option --learning-rat", "--learning-rate"])
        self.refused("--presset", "paper", saying=["unknown option --presset", "--preset"])
        self.refused("-x", saying="unknown option -x")
        self.fails(2, "classify", GEAR, "--l1", "1", saying="--l1")

    def test_every_option_is_suggested_for_what_is_nearly_its_name(self):
        text, _ = self.xpl("explain", "--help")
        names = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.MULTILINE))
        self.assertLess({"--model", "--output", "--l1", "--threads", "--help"}, names)
        for name in names:
            self.refused(f"{name}x", saying=[f"unknown option {name}x; the nearest are {name}"])

    def test_missing_values(self):
        self.refused("--tv", saying="missing value for --tv")
        self.refused("--json", saying="--json")

    def test_values_out_of_range(self):
        for option, value in [
            ("iterations", "0"), ("iterations", "-3"), ("iterations", "1e99"), ("tv", "nan"), ("tv", "-1"),
            ("l1", "inf"), ("l1", ""), ("l1", "1,x"), ("learning-rate", "0"), ("mask-width", "99999999999999999999"),
            ("beta", "0.5"), ("samples", "65"), ("median-size", "4"), ("game", "chess"), ("coupled=maybe", None),
            ("perturbation", "blur,fog"), ("perturbation", "picture"), ("constant", "1,2"), ("flatness", "2"),
        ]:
            with self.subTest(option, value=value):
                arguments = [f"--{option}"] if value is None else [f"--{option}", value]
                self.refused(*arguments, saying=option.split("=")[0])

    def test_other_values_that_are_none(self):
        self.refused("--threads", "0", saying="threads")
        self.refused("--seed", "-1", saying="seed")
        self.refused("--mean", "1,2", saying="mean")
        self.refused("--std", "0,1,1", saying="deviation")
        self.refused("--scale", "nan", saying="scale")
        self.refused("--size", "12y", saying="--size")
        self.refused("--size", "100000", saying="100000x100000")
        self.refused("--preprocess", "keras", saying="--preprocess")
        self.fails(2, "classify", GEAR, "--top", "0", saying="--top")

    def test_names_that_are_not_there_have_near_ones(self):
        self.refused("--target", "gaer", saying=["no class named gaer", "gear"])
        self.refused("--target", "s", saying=["target s is the beginning of 3 classes", "star, spiral, striped-ball"])
        self.refused("--target", "12", saying="classes 0 to 11")
        self.refused("--target", "-1", saying="target")
        self.refused("--target", "gear,gear", saying="twice")
        self.refused("--method", "maks", saying=["maks", "mask"])
        self.refused("--preset", "papr", saying=["papr", "paper"])
        self.refused("--model", "vg19", saying=["vg19", "vgg19"])

    def test_labels_that_do_not_fit(self):
        labels = self.write("names.txt", b"a\nb\n")
        self.fails(1, "classify", GEAR, "--labels", labels, saying=["names.txt has 2 names", "12 classes"])


class OutputTests(CommandLineTestCase):
    def refused(self, *arguments, saying):
        self.fails(1, "explain", GEAR, "--iterations", 1, *arguments, saying=saying)

    def test_a_folder_that_cannot_be_made(self):
        self.write("file", b"")
        self.refused("-o", "file", saying="file")
        self.refused("-o", "file/below", saying="file/below")
        self.refused("-o", "/proc/none", saying="/proc/none")

    def test_a_folder_where_a_file_should_be(self):
        (self.folder / "out/cam.png").mkdir(parents=True)
        self.refused("-o", "out", saying="out/cam.png")
        self.assertEqual(self.files(), [])

    def test_a_report_that_cannot_be_written(self):
        (self.folder / "report.json").mkdir()
        for path in "report.json", "none/report.json":
            _, errors = self.xpl("explain", GEAR, "--iterations", 1, "--quiet", "--json", path, status=1)
            self.assertRegex(errors, rf"\Axpl: cannot write {path}: [^\n]+\n\Z")
        self.assertEqual(self.files(), [])  # It was found out before the work.


if __name__ == "__main__":
    unittest.main()
