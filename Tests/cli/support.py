"""What the tests of the command line share. Only Python's own library is used.

    XPL=path/to/xpl python3 -m unittest discover Tests/cli
"""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
XPL = os.path.abspath(os.environ.get("XPL", ROOT / ".build/release/xpl"))
PICTURES = ROOT / "examples/pictures"
GOLDENS = ROOT / "Tests/ExplainCoreTests/Goldens"
GEAR = PICTURES / "scene-gear.png"
TWO = PICTURES / "scene-star-gear.png"


def shared(path):
    """A file of the data beside the repository, or None."""
    candidates = (parent / "shared/data" / path for parent in ROOT.parents)
    return next((str(found) for found in candidates if found.exists()), None)


class CommandLineTestCase(unittest.TestCase):
    """Runs xpl in a folder of its own."""

    maxDiff = None

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def environment(self, **variables):
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        # No test sees the user's own cache of weights, or depends on the terminal that it is started from.
        fixed = {"TORCH_HOME": str(self.folder / "torch"), "HOME": str(self.folder), "TERM": "xterm"}
        return {**kept, **fixed, **variables}

    def start(self, *arguments, variables={}, **options):
        command = [XPL, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        process = subprocess.Popen(command, cwd=self.folder, env=self.environment(**variables), text=True, **pipes)
        # Does nothing where the process has ended, as it should have.
        self.addCleanup(process.kill)
        return process

    def xpl(self, *arguments, status=0):
        """Runs xpl to its end; returns what it wrote to standard output and standard error."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, f"xpl {' '.join(map(str, arguments))}\n{output}{errors}")
        return output, errors

    def fails(self, status, *arguments, saying):
        """Runs xpl, which says what is wrong in one line; returns the line."""
        output, errors = self.xpl(*arguments, status=status)
        self.assertEqual(output, "")
        self.assertRegex(errors, r"\Axpl: [^\n]+\n\Z")
        for part in [saying] if isinstance(saying, str) else saying:
            self.assertIn(part, errors)
        return errors

    def report(self, *arguments):
        """Runs xpl with --json -, whose output is nothing but the report."""
        return json.loads(self.xpl(*arguments, "--json", "-")[0])

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def png_size(content):
    """Width and height of a PNG file that is whole: every chunk's checksum is right, and the last one ends it."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n", content[:8]
    offset, size, kind = 8, None, None
    while offset < len(content):
        length, kind = struct.unpack(">I4s", content[offset : offset + 8])
        data = content[offset + 8 : offset + 8 + length]
        (checksum,) = struct.unpack(">I", content[offset + 8 + length : offset + 12 + length])
        assert checksum == zlib.crc32(kind + data)
        if kind == b"IHDR":
            size = struct.unpack(">II", data[:8])
        offset += 12 + length
    assert kind == b"IEND" and offset == len(content)
    return size


def png(width, height, pixels=None):
    """A PNG file; a gray gradient unless its rows of RGB bytes are given. None of them if pixels is empty."""
    if pixels is None:
        pixels = b"".join(
            b"\0" + bytes((x * 255 // width + y) % 256 for x in range(width) for _ in range(3)) for y in range(height)
        )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    )


# Protocol buffers by hand: https://protobuf.dev/programming-guides/encoding, and the fields of onnx.proto.


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def onnx_node(operator, inputs, outputs, name=""):
    return (
        b"".join(field(1, value) for value in inputs)
        + b"".join(field(2, value) for value in outputs)
        + field(3, name)
        + field(4, operator)
    )


def onnx_value(name, extents):
    shape = b"".join(field(1, field(1, extent)) for extent in extents)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def onnx_tensor(name, extents, floats=None, location=None):
    """float32 elements, or the name of a file that they are said to be in."""
    result = b"".join(field(1, extent) for extent in extents) + field(2, 1) + field(8, name)
    if location is None:
        return result + field(9, struct.pack(f"<{len(floats)}f", *floats))
    return result + field(13, field(1, "location") + field(2, location)) + field(14, 1)


def onnx_model(nodes, initializers=(), output="y", size=8):
    """A model from x, [1, 3, size, size], to its output, of opset 13."""
    graph = b"".join(field(1, node) for node in nodes) + field(2, "tiny")
    graph += b"".join(field(5, tensor) for tensor in initializers)
    graph += field(11, onnx_value("x", [1, 3, size, size])) + field(12, onnx_value(output, []))
    return field(1, 8) + field(2, "tests") + field(7, graph) + field(8, field(2, 13))


def onnx_classifier(classes=3):
    """Scores are sums of the channels' means: class i looks at channel i only."""
    weight = [1.0 if row == column else 0.0 for row in range(3) for column in range(classes)]
    return onnx_model(
        [
            onnx_node("GlobalAveragePool", ["x"], ["pooled"]),
            onnx_node("Flatten", ["pooled"], ["flat"]),
            onnx_node("MatMul", ["flat", "weight"], ["y"], name="last"),
        ],
        [onnx_tensor("weight", [3, classes], weight)],
    )
