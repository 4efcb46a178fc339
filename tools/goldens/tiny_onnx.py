"""Writes Tests/c/tiny_onnx.h: an ONNX file of two classes, small enough to be read with the eye.

    python3 tools/goldens/tiny_onnx.py
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HEADER = pathlib.Path(__file__).resolve().parents[2] / "Tests/c/tiny_onnx.h"

weight = np.zeros((2, 3, 1, 1), np.float32)
weight[0, 0], weight[1, 2] = 2, 3  # class 0 is the mean red, twice; class 1 the mean blue, three times
graph = helper.make_graph(
    [
        helper.make_node("Conv", ["x", "w"], ["c"], "mix"),
        helper.make_node("GlobalAveragePool", ["c"], ["p"], "mean"),
        helper.make_node("Flatten", ["p"], ["y"], "scores"),
    ],
    "tiny",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
    [numpy_helper.from_array(weight, "w")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
data = model.SerializeToString()
rows = ["  " + ", ".join(f"{byte:3}" for byte in data[i:i + 20]) for i in range(0, len(data), 20)]
HEADER.write_text(
    "/* An ONNX file, written by tools/goldens/tiny_onnx.py: 8x8 pixels, a 1x1 convolution \"mix\", the mean.\n"
    "   Class 0 is twice the mean of the first channel, class 1 three times that of the third. */\n"
    f"static const unsigned char tiny_onnx[{len(data)}] = {{\n" + ",\n".join(rows) + "};\n")
