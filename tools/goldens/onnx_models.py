"""Small ONNX models, one for each operator, variant and opset that the library reads, with onnxruntime's outputs.

Each case is `<case>/model` (the file's bytes) and `<case>/output`; its input is `uniform(shape, seed)` of the shape
and seed in the metadata. Cases whose batch is fixed to 1 are run picture by picture, since the library frees it.
"""

import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from common import save, uniform

IR = {7: 3, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10}
arrays, metadata = {}, {}
PICTURE = (2, 3, 5, 7)


def weights(*shape, low=-1.0, high=1.0, seed=7):
    return uniform(shape, seed, stream=sum(shape), low=low, high=high)


def ints(*values):
    return np.array(values, np.int64)


def node(op, inputs, outputs, name=None, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name=name, **attributes)


def build(nodes, constants, opset, extents, output="y", dtype=TensorProto.FLOAT, listed=False, typed=()):
    initializers = []
    for key, value in constants.items():
        if key in typed:
            kind = helper.np_dtype_to_tensor_dtype(value.dtype)
            initializers.append(helper.make_tensor(key, kind, value.shape, value.flatten().tolist()))
        else:
            initializers.append(numpy_helper.from_array(value, key))
    inputs = [helper.make_tensor_value_info("x", dtype, extents)]
    if listed:
        inputs = [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in initializers] + inputs
    outputs = [helper.make_tensor_value_info(output, dtype, None)]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="goldens")
    model.ir_version = IR[opset]
    return model


def run(model, x, name):
    try:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        return session.run(None, {"x": x})[0]
    except Exception as error:
        print(f"{name} by onnx.reference: {str(error).splitlines()[0][-120:]}")
        return ReferenceEvaluator(model).run(None, {"x": x})[0]


def case(name, nodes, opset=13, shape=PICTURE, extents=None, logits=None, reference=None, low=-2.0, high=2.0,
         flatten=True, channels_last=False, **options):
    """Add a case. `logits` names the value before a softmax; `reference` is another model to take the output from."""
    constants = options.pop("constants", {})
    if flatten:
        nodes = nodes + [node("Flatten", "v", "y", name="last", axis=1)]
    extents = extents or ["N", *shape[1:]]
    model = build(nodes, constants, opset, extents, **options)
    seed = zlib.crc32(name.encode()) % 10000
    x = uniform(shape, seed, low=low, high=high)
    fed = x.transpose(0, 2, 3, 1) if channels_last else x
    judge = reference or build(nodes, constants, opset, extents, output=logits or "y")
    if extents[0] == 1:
        y = np.concatenate([run(judge, fed[i : i + 1], name) for i in range(len(x))])
    else:
        y = run(judge, fed, name)
    arrays[f"{name}/model"] = np.frombuffer(model.SerializeToString(), np.uint8)
    arrays[f"{name}/output"] = y
    metadata[name] = f"{seed} {low} {high} " + " ".join(str(extent) for extent in shape)


# Convolution.
w, b = weights(4, 3, 3, 3), weights(4)
for key, attributes in {
    "plain": {},
    "strides": dict(strides=[2, 1], pads=[1, 1, 1, 1]),
    "asymmetric": dict(pads=[2, 0, 1, 3], kernel_shape=[3, 3]),
    "dilated": dict(dilations=[2, 3], pads=[1, 2, 1, 2]),
    "upper": dict(auto_pad="SAME_UPPER", strides=[2, 2]),
    "lower": dict(auto_pad="SAME_LOWER", strides=[2, 2]),
    "valid": dict(auto_pad="VALID"),
}.items():
    case(f"conv-{key}", [node("Conv", "x w b", "v", **attributes)], constants=dict(w=w, b=b))
case("conv-no-bias-7", [node("Conv", "x w", "v")], opset=7, constants=dict(w=w), listed=True)
case("conv-typed-field", [node("Conv", "x w b", "v")], constants=dict(w=w, b=b), typed=("w", "b"))
case("conv-depthwise-21", [node("Conv", "x w b", "v", group=3)], opset=21,
     constants=dict(w=weights(6, 1, 3, 2), b=weights(6)))
case("conv-open-size", [node("Conv", "x w b", "v", pads=[1, 1, 1, 1])], extents=["N", "C", "H", "W"],
     constants=dict(w=w, b=b))
for kind in (np.float16, np.float64):
    rounded = dict(w=w.astype(kind), b=b.astype(kind))
    dtype = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    nodes = [node("Conv", "x w b", "v")]
    exact = build(nodes + [node("Flatten", "v", "y")], {k: v.astype(np.float32) for k, v in rounded.items()}, 13,
                  ["N", 3, 5, 7])
    for field in ((), ("w",)):
        case(f"conv-{np.dtype(kind)}{'-typed' if field else ''}", nodes, constants=rounded, dtype=dtype,
             reference=exact, typed=field)

# Pooling.
pool_cases = {
    "plain": dict(kernel_shape=[2, 3]),
    "strides": dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    "asymmetric": dict(kernel_shape=[3, 2], pads=[2, 0, 1, 1]),
    "ceil": dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[0, 0, 1, 1]),
    "ceil-drops-last": dict(kernel_shape=[1, 2], strides=[2, 2], ceil_mode=1, pads=[0, 1, 0, 1]),
    "upper": dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"),
    "lower": dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_LOWER"),
    "valid": dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID"),
    "dilated": dict(kernel_shape=[2, 2], dilations=[2, 3]),
}
for key, attributes in pool_cases.items():
    case(f"maxpool-{key}", [node("MaxPool", "x", "v", **attributes)])
    version = 19 if key == "dilated" else 13
    case(f"averagepool-{key}", [node("AveragePool", "x", "v", **attributes)], opset=version)
    if "pads" in attributes:
        case(f"averagepool-{key}-counts", [node("AveragePool", "x", "v", count_include_pad=1, **attributes)], 19)
case("maxpool-7", [node("MaxPool", "x", "v", kernel_shape=[2, 2])], opset=7)
case("averagepool-7", [node("AveragePool", "x", "v", kernel_shape=[2, 2], pads=[1, 0, 0, 1])], opset=7)
case("globalaveragepool", [node("GlobalAveragePool", "x", "y")], flatten=False)

# Nonlinearities.
for op, attributes in {"Relu": {}, "LeakyRelu": dict(alpha=0.2), "Sigmoid": {}, "HardSigmoid": dict(alpha=0.3, beta=0.4)}.items():
    case(f"{op.lower()}-7", [node(op, "x", "v", **attributes)], opset=7)
    case(f"{op.lower()}-default-16", [node(op, "x", "v")], opset=16)
case("hardswish-14", [node("HardSwish", "x", "v")], opset=14)
case("clip-attributes-7", [node("Clip", "x", "v", min=-0.5, max=1.0)], opset=7)
case("clip-maximum-10", [node("Clip", "x", "v", max=0.7)], opset=10)
case("clip-inputs-11", [node("Clip", "x lo hi", "v")], opset=11, constants=dict(lo=np.float32(-0.3), hi=np.float32(0.8)))
case("clip-inputs-maximum-13", [helper.make_node("Clip", ["x", "", "hi"], ["v"])], constants=dict(hi=np.float32(0.8)))
case("clip-none-13", [node("Clip", "x", "v")])

# Batch normalization, local response normalization.
statistics = dict(g=weights(3), b=weights(3, seed=8), m=weights(3, seed=9), s=weights(3, low=0.2, high=2.0, seed=10))
for opset in (7, 9, 14, 15):
    case(f"batchnorm-{opset}", [node("BatchNormalization", "x g b m s", "v", epsilon=1e-3)], opset=opset, constants=statistics)
case("batchnorm-flat", [node("GlobalAveragePool", "x", "p"), node("Flatten", "p", "f"),
                        node("BatchNormalization", "f g b m s", "y")], flatten=False, constants=statistics)
case("lrn-attributes", [node("LRN", "x", "v", size=3, alpha=0.3, beta=0.6, bias=1.5)], shape=(2, 6, 3, 3))
case("lrn-default", [node("LRN", "x", "v", size=5)], shape=(2, 6, 3, 3))

# Arithmetic.
for op in ("Add", "Sub", "Mul", "Div"):
    constant = weights(3, 1, 1, low=0.5, high=2.0)
    case(f"{op.lower()}-constant-7", [node(op, "x c", "v")], opset=7, constants=dict(c=constant))
    case(f"{op.lower()}-constant-left", [node(op, "c x", "v")], constants=dict(c=constant[None]), low=0.5)
    case(f"{op.lower()}-scalar", [node(op, "c x", "v")], constants=dict(c=np.float32(3)), low=0.5)
    case(f"{op.lower()}-values", [node("Relu", "x", "r"), node(op, "x k", "h") if op == "Div" else node("Sigmoid", "r", "h"),
         node(op, "r h", "v") if op != "Div" else node("Div", "r h", "v")], constants=dict(k=np.float32(2)), low=0.5)
case("add-broadcast-values", [node("GlobalAveragePool", "x", "p"), node("Mul", "x p", "v")])
case("add-row", [node("Add", "x c", "v")], constants=dict(c=weights(7)))
case("sum", [node("Relu", "x", "r"), node("Sum", "c x r", "v")], constants=dict(c=weights(3, 1, 1)))

# Joining and moving.
case("concat-channel-7", [node("Relu", "x", "r"), node("Concat", "x r x", "v", axis=1)], opset=7)
case("concat-negative", [node("Relu", "x", "r"), node("Concat", "x r", "v", axis=-1)])
case("flatten-default", [node("Flatten", "x", "y")], flatten=False)
case("flatten-negative", [node("Flatten", "x", "y", axis=-3)], flatten=False)
case("reshape-copy", [node("Reshape", "x t", "v")], constants=dict(t=ints(0, 0, -1)))
case("reshape-fixed-batch", [node("Reshape", "x t", "y")], flatten=False, extents=[1, 3, 5, 7], constants=dict(t=ints(1, -1)))
case("reshape-open-batch", [node("Reshape", "x t", "y")], flatten=False, constants=dict(t=ints(-1, 105)))
case("reshape-allowzero", [node("Reshape", "x t", "v", allowzero=1)], opset=14, constants=dict(t=ints(-1, 15, 7)))
case("reshape-7", [node("Reshape", "x t", "v")], opset=7, constants=dict(t=ints(0, 7, 5, 3)), listed=True)
case("transpose", [node("Transpose", "x", "v", perm=[0, 2, 3, 1])])
case("input-channels-last", [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w b", "v")],
     extents=["N", 5, 7, 3], channels_last=True, constants=dict(w=w, b=b))
for opset in (11, 13):
    single = dict(s=ints(2, 3), u=ints(1, -1))
    pooled = [node("GlobalAveragePool", "x", "p")]
    if opset < 13:
        nodes = [node("Squeeze", "p", "q", axes=[2, 3]), node("Unsqueeze", "q", "v", axes=[1, -1])]
    else:
        nodes = [node("Squeeze", "p s", "q"), node("Unsqueeze", "q u", "v")]
    case(f"squeeze-unsqueeze-{opset}", pooled + nodes, opset=opset, constants=single if opset >= 13 else {})
case("squeeze-all", [node("GlobalAveragePool", "x", "p"), node("Squeeze", "p", "y")], flatten=False)
for mode in ("constant", "reflect", "edge"):
    pads = [0, 0, 1, 2, 0, 0, 3, 1]
    extra = dict(value=0.5) if mode == "constant" else {}
    case(f"pad-{mode}-7", [node("Pad", "x", "v", pads=pads, mode=mode, **extra)], opset=7)
    constants = dict(p=ints(*pads))
    if mode == "constant":
        constants["c"] = np.float32(0.5)
    case(f"pad-{mode}-11", [node("Pad", "x p" + (" c" if mode == "constant" else ""), "v", mode=mode)], opset=11,
         constants=constants)
case("pad-channels", [node("Pad", "x p", "v")], constants=dict(p=ints(0, 1, 0, 0, 0, 2, 0, 0)))
case("pad-axes-18", [helper.make_node("Pad", ["x", "p", "", "a"], ["v"], mode="edge")], opset=18,
     constants=dict(p=ints(1, 2, 3, 0), a=ints(-1, 2)))
case("slice-attributes-9", [node("Slice", "x", "v", starts=[1, -5], ends=[4, 9223372036854775807], axes=[2, 3])], opset=9)
case("slice-inputs-10", [node("Slice", "x s e a", "v")], opset=10, constants=dict(s=ints(1), e=ints(-1), a=ints(1)))
case("slice-steps", [node("Slice", "x s e a t", "v")],
     constants=dict(s=ints(-1, 0), e=ints(-9223372036854775808, 100), a=ints(-1, 2), t=ints(-2, 3)))
case("slice-all-axes", [node("Slice", "x s e", "v")],
     constants=dict(s=ints(0, 1, 0, 2), e=ints(9223372036854775807, 3, 5, 6)))
case("mean-spatial-7", [node("ReduceMean", "x", "y", axes=[2, 3], keepdims=0)], opset=7, flatten=False)
case("mean-input-18", [node("ReduceMean", "x a", "v")], opset=18, constants=dict(a=ints(-1)))
case("mean-noop-18", [node("ReduceMean", "x", "v", noop_with_empty_axes=1)], opset=18)
case("cast", [node("Cast", "x", "h", to=TensorProto.DOUBLE), node("Cast", "h", "v", to=TensorProto.FLOAT)])
case("identity-dropout-7", [node("Identity", "x", "i"), node("Dropout", "i", "v mask", ratio=0.4)], opset=7)
case("dropout-13", [node("Dropout", "x r t", "v")], constants=dict(r=np.float32(0.5), t=np.array(False)))

# Matrix products, on pooled channels.
head = [node("GlobalAveragePool", "x", "p"), node("Flatten", "p", "f")]
case("gemm-7", head + [node("Gemm", "f w c", "y")], opset=7, flatten=False, constants=dict(w=weights(3, 4), c=weights(4)))
case("gemm-scaled", head + [node("Gemm", "f w c", "y", transB=1, alpha=0.5, beta=2.0)], flatten=False,
     constants=dict(w=weights(4, 3), c=weights(1, 4)))
case("gemm-scalar-bias", head + [node("Gemm", "f w c", "y", transB=1)], flatten=False,
     constants=dict(w=weights(4, 3), c=np.float32(0.7)))
case("gemm-no-bias", head + [node("Gemm", "f w", "y", transB=1)], flatten=False, constants=dict(w=weights(4, 3)))
case("matmul-add", head + [node("MatMul", "f w", "m"), node("Add", "c m", "y")], flatten=False,
     constants=dict(w=weights(3, 4), c=weights(4)))
case("gemm-transposed-constant", head + [node("Transpose", "w", "wt"), node("Gemm", "f wt c", "y")], flatten=False,
     constants=dict(w=weights(4, 3), c=weights(4)))

# Softmax, within the network and at its end.
case("softmax-within-9", [node("Softmax", "x", "s"), node("Mul", "s k", "v")], opset=9, constants=dict(k=np.float32(3)))
case("softmax-within-9-axis", [node("Softmax", "x", "s", axis=2), node("Mul", "s k", "v")], opset=9, constants=dict(k=np.float32(3)))
case("softmax-within-13", [node("Softmax", "x", "s"), node("Mul", "s k", "v")], constants=dict(k=np.float32(3)))
case("softmax-within-13-axis", [node("Softmax", "x", "s", axis=1), node("Mul", "s k", "v")], constants=dict(k=np.float32(3)))
case("softmax-final-9", head + [node("Softmax", "f", "y")], opset=9, flatten=False, logits="f")
case("softmax-final-13", head + [node("Softmax", "f", "y")], flatten=False, logits="f")
case("softmax-then-flatten", [node("GlobalAveragePool", "x", "p"), node("Softmax", "p", "s", axis=1), node("Flatten", "s", "y")],
     flatten=False, reference=build(head, {}, 13, ["N", 3, 5, 7], output="f"))
case("logsoftmax-final", head + [node("LogSoftmax", "f", "y", axis=-1)], flatten=False, logits="f")

# Shape arithmetic, as PyTorch's exporter writes it.
size = [node("Shape", "x", "shape"), node("Constant", "", "zero", value=numpy_helper.from_array(np.int64(0))),
        node("Gather", "shape zero", "n", axis=0)]
for item in size[1:2]:
    del item.input[:]
minus = node("Constant", "", "minus", value=numpy_helper.from_array(ints(-1)))
del minus.input[:]
case("view-size-11", size + [minus, node("Unsqueeze", "n", "n1", axes=[0]), node("Concat", "n1 minus", "t", axis=0),
                             node("Reshape", "x t", "y")], opset=11, flatten=False)
case("view-size-13", size + [minus, node("Unsqueeze", "n zeros", "n1"), node("Cast", "n1", "n2", to=TensorProto.INT64),
                             node("Concat", "n2 minus", "t", axis=0), node("Reshape", "x t", "y")],
     flatten=False, extents=[1, 3, 5, 7], constants=dict(zeros=ints(0)))
case("view-shape-slice", [node("Shape", "x", "shape"), node("Slice", "shape a b", "n"), node("Squeeze", "n", "n0"),
                          node("Unsqueeze", "n0 a", "n1"), node("Mul", "n1 b", "n2"), node("Concat", "n2 m", "t", axis=0),
                          node("Reshape", "x t", "y")], flatten=False, constants=dict(a=ints(0), b=ints(1), m=ints(-1)))
# ShuffleNet's channel shuffle: extents of a value, divided, in an open size.
case("channel-shuffle", [node("Shape", "x", "shape"), node("Gather", "shape i0", "n"), node("Gather", "shape i1", "c"),
                         node("Gather", "shape i2", "h"), node("Gather", "shape i3", "w"), node("Div", "c two", "half"),
                         node("Concat", "n two half h w", "t5", axis=0), node("Reshape", "x t5", "g"),
                         node("Transpose", "g", "s", perm=[0, 2, 1, 3, 4]), node("Concat", "n c h w", "t4", axis=0),
                         node("Reshape", "s t4", "v")],
     shape=(2, 6, 3, 5), constants=dict(i0=ints(0), i1=ints(1), i2=ints(2), i3=ints(3), two=ints(2)))
# F.pad of PyTorch, unfolded.
case("pad-computed", [node("ConstantOfShape", "four", "z", value=numpy_helper.from_array(ints(0))),
                      node("Concat", "given z", "all", axis=0), node("Reshape", "all pairs", "r"),
                      node("Slice", "r start stop axis step", "back"), node("Transpose", "back", "cols", perm=[1, 0]),
                      node("Reshape", "cols flat", "p"), node("Cast", "p", "pads", to=TensorProto.INT64),
                      node("Pad", "x pads", "v")],
     constants=dict(four=ints(4), given=ints(1, 2, 0, 3), pairs=ints(-1, 2), start=ints(-1),
                    stop=ints(-9223372036854775807), axis=ints(0), step=ints(-1), flat=ints(-1)))
constant = node("Constant", "", "k", value_floats=[0.5, 1.5, -2.0, 1.0, 3.0, 0.0, 1.0])
del constant.input[:]
case("constant-list", [constant, node("Mul", "x k", "v")])
case("constant-arithmetic", [node("Mul", "a b", "c"), node("Cast", "i", "f", to=TensorProto.FLOAT), node("Div", "c f", "d"),
                             node("Unsqueeze", "d u", "e"), node("Add", "x e", "v")],
     constants=dict(a=weights(3, 1), b=np.float32(2), i=ints(4), u=ints(-1)))


# Small versions of networks as their exporters write them.
def network(name, parts, opset, shape, extents=None, **options):
    nodes, constants = parts
    case(name, nodes, opset=opset, shape=shape, extents=extents, flatten=False, constants=constants, **options)


def squeezenet():
    nodes, constants = [], {}

    def conv(source, name, inputs, outputs, kernel, **attributes):
        constants[f"{name}_w"] = weights(outputs, inputs, kernel, kernel, low=-0.5, high=0.5, seed=len(constants))
        constants[f"{name}_b"] = weights(outputs, seed=len(constants), low=-0.1, high=0.1)
        nodes.append(node("Conv", f"{source} {name}_w {name}_b", f"{name}_1", kernel_shape=[kernel, kernel], **attributes))
        nodes.append(node("Relu", f"{name}_1", f"{name}_2"))
        return f"{name}_2"

    value = conv("x", "conv1", 3, 6, 3, strides=[2, 2])
    nodes.append(node("MaxPool", value, "pool1", kernel_shape=[3, 3], strides=[2, 2]))
    value, channels = "pool1", 6
    for fire in ("fire2", "fire3"):
        squeezed = conv(value, f"{fire}/squeeze1x1", channels, 3, 1)
        left = conv(squeezed, f"{fire}/expand1x1", 3, 4, 1)
        right = conv(squeezed, f"{fire}/expand3x3", 3, 4, 3, pads=[1, 1, 1, 1])
        nodes.append(node("Concat", f"{left} {right}", f"{fire}/concat", axis=1))
        value, channels = f"{fire}/concat", 8
    nodes.append(node("Dropout", value, "dropped _mask", ratio=0.5))
    value = conv("dropped", "conv10", 8, 10, 1)
    nodes.append(node("GlobalAveragePool", value, "pool10"))
    nodes.append(node("Softmax", "pool10", "y"))
    return nodes, constants


def normalized(nodes, constants, name, source, inputs, outputs, kernel, **attributes):
    constants[f"{name}.weight"] = weights(outputs, inputs, kernel, kernel, low=-0.6, high=0.6, seed=len(constants))
    for key, (low, high) in dict(scale=(0.5, 1.5), shift=(-0.3, 0.3), mean=(-0.3, 0.3), var=(0.3, 1.5)).items():
        constants[f"{name}.{key}"] = weights(outputs, low=low, high=high, seed=len(constants))
    nodes.append(node("Conv", f"{source} {name}.weight", f"{name}.c", f"/{name}/Conv", **attributes))
    nodes.append(node("BatchNormalization", " ".join([f"{name}.c"] + [f"{name}.{k}" for k in ("scale", "shift", "mean", "var")]),
                      f"{name}.n", f"/{name}/BatchNormalization"))
    return f"{name}.n"


def mobilenet():
    nodes, constants = [], dict(lo=np.float32(0), hi=np.float32(6), t=ints(0, -1))

    def clipped(value):
        nodes.append(node("Clip", f"{value} lo hi", f"{value}.6", f"/{value}/Clip"))
        return f"{value}.6"

    value = clipped(normalized(nodes, constants, "stem", "x", 3, 4, 3, strides=[2, 2], pads=[1, 1, 1, 1]))
    wide = clipped(normalized(nodes, constants, "expand", value, 4, 8, 1))
    deep = clipped(normalized(nodes, constants, "depth", wide, 1, 8, 3, group=8, pads=[1, 1, 1, 1]))
    thin = normalized(nodes, constants, "project", deep, 8, 4, 1)
    nodes.append(node("Add", f"{value} {thin}", "sum", "/Add"))
    nodes.append(node("GlobalAveragePool", "sum", "pooled", "/GlobalAveragePool"))
    nodes.append(node("Flatten", "pooled", "flat", "/Flatten"))
    constants["classifier.weight"], constants["classifier.bias"] = weights(10, 4), weights(10)
    nodes.append(node("Gemm", "flat classifier.weight classifier.bias", "y", "/Gemm", transB=1))
    del constants["t"]
    return nodes, constants


def resnet():
    nodes, constants = [], {}

    def relu(value):
        nodes.append(node("Relu", value, f"{value}.r", f"/{value}/Relu"))
        return f"{value}.r"

    value = relu(normalized(nodes, constants, "conv1", "x", 3, 4, 7, strides=[2, 2], pads=[3, 3, 3, 3]))
    nodes.append(node("MaxPool", value, "pool", "/MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))
    a = relu(normalized(nodes, constants, "layer1a", "pool", 4, 4, 3, pads=[1, 1, 1, 1]))
    a = normalized(nodes, constants, "layer1b", a, 4, 4, 3, pads=[1, 1, 1, 1])
    nodes.append(node("Add", f"{a} pool", "one", "/layer1/Add"))
    value = relu("one")
    a = relu(normalized(nodes, constants, "layer2a", value, 4, 6, 3, strides=[2, 2], pads=[1, 1, 1, 1]))
    a = normalized(nodes, constants, "layer2b", a, 6, 6, 3, pads=[1, 1, 1, 1])
    short = normalized(nodes, constants, "downsample", value, 4, 6, 1, strides=[2, 2])
    nodes.append(node("Add", f"{a} {short}", "two", "/layer2/Add"))
    value = relu("two")
    nodes.append(node("ReduceMean", f"{value} spatial", "mean", "/avgpool", keepdims=1))
    constants["spatial"], constants["shape"] = ints(-2, -1), ints(1, 6)
    nodes.append(node("Reshape", "mean shape", "flat", "/Reshape"))
    constants["fc.weight"], constants["fc.bias"] = weights(10, 6), weights(10)
    nodes.append(node("Gemm", "flat fc.weight fc.bias", "y", "/fc/Gemm", transB=1))
    return nodes, constants


network("net-squeezenet", squeezenet(), 7, (3, 3, 19, 21), listed=True, extents=[1, 3, 19, 21], logits="pool10")
network("net-mobilenet", mobilenet(), 17, (2, 3, 14, 12))
network("net-resnet", resnet(), 18, (3, 3, 22, 18), extents=[1, 3, 22, 18])

save("onnx/models", arrays, **metadata)
