"""Small checkpoints in every format, written by PyTorch, with the values that are to be read from them."""

import argparse
import collections
import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import torch

from common import GOLDENS, save, uniform

FOLDER = GOLDENS / "checkpoints"
SENTINEL = "/tmp/explaincore-pickle-was-executed"


def floats(shape, stream):
    return torch.from_numpy(uniform(shape, 11, stream, -2, 2).copy())


def contiguous():
    """One tensor of each element type, in row order."""
    half = floats((3, 5), 2).half()
    half[0, :4] = torch.tensor([6e-8, -3e-5, 65504, float("inf")])
    return collections.OrderedDict(
        {
            "features.0.weight": floats((4, 3, 3, 3), 0),
            "features.0.bias": floats((4,), 1),
            "half": half,
            "brain": floats((2, 7), 3).bfloat16(),
            "double": floats((3, 3), 4).double() * 1e3,
            "steps": torch.tensor(1234567),
            "integers": torch.tensor([[-5, 7], [2, 1 << 20]], dtype=torch.int32),
            "short": torch.tensor([-300, 300], dtype=torch.int16),
            "char": torch.tensor([-128, 127], dtype=torch.int8),
            "bytes": torch.tensor([0, 200, 255], dtype=torch.uint8),
            "flags": torch.tensor([True, False, True]),
            "empty": torch.zeros(0, 3),
        }
    )


def strided():
    """The same, and tensors that share storages, begin inside of them or lie in another order."""
    state = contiguous()
    base = floats((6, 4), 5)
    state["base"] = base
    state["rows"] = base[2:5]
    state["columns"] = base[:, 1:3]
    state["transposed"] = base.t()
    state["permuted"] = floats((2, 3, 4), 6).permute(2, 0, 1)
    state["permuted half"] = state["half"].t()
    state["expanded"] = base[0, :1].expand(5)
    state["parameter"] = torch.nn.Parameter(floats((2, 2), 7))
    return state


def nested():
    """What a training script saves: the weights among other things, and from DataParallel."""
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2))
    with torch.no_grad():
        for stream, parameter in enumerate(model.parameters()):
            parameter.copy_(floats(parameter.shape, 20 + stream))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    with torch.no_grad():
        for stream, parameter in enumerate(model.parameters()):
            parameter.copy_(floats(parameter.shape, 20 + stream))
    state = torch.nn.DataParallel(model).state_dict()
    return state, {
        "epoch": 3,
        "best": 0.75,
        "score": np.float64(0.5),
        "array": np.arange(3),
        "loss": torch.tensor(0.25),
        "args": argparse.Namespace(lr=0.1, name="run", sizes=[1, 2, (3, 4)]),
        "shape": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "milestones": collections.Counter([1, 2]),
        "logs": collections.defaultdict(list, {"loss": [1.0, None, True, False, 1 << 40, -1, 1 << 80]}),
        "blob": b"\x00\xff",
        "names": {"a", "b"},
        "optimizer": optimizer.state_dict(),
        "ema": {f"module.{i}": torch.zeros(1) for i in range(20)},
        "state_dict": state,
    }


def legacy(value, system=None, **options):
    """`torch.save` in the old format; `system` replaces its third pickle, and so moves the storages."""
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False, **options)
    data = buffer.getvalue()
    if system is None:
        return data
    stream = io.BytesIO(data)
    pickle.load(stream), pickle.load(stream)
    head = stream.tell()
    pickle.load(stream)
    return data[:head] + pickle.dumps(system, 2) + data[stream.tell() :]


def begin_of_storages(data):
    class Reader(pickle.Unpickler):
        def persistent_load(self, identifier):
            return identifier

        def find_class(self, module, name):
            return (lambda *a: None) if name.startswith("_rebuild") else super().find_class(module, name)

    stream = io.BytesIO(data)
    for _ in range(5):
        Reader(stream).load()
    return stream.tell() + 8


def aligned(value, remainder):
    """The float32 tensors in the old format, all their storages at positions with that remainder by four.

    Others are left out: PyTorch orders storages by their addresses, so one of three bytes would move any of them.
    """
    value = {name: tensor for name, tensor in value.items() if tensor.dtype == torch.float32}
    for padding in range(4):
        data = legacy(value, {"protocol_version": 1001, "little_endian": True, "padding": "x" * padding})
        if begin_of_storages(data) % 4 == remainder:
            return data


class StorageReference:
    def __init__(self, identifier):
        self.identifier = identifier


class Rebuild:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


class ReferencePickler(pickle._Pickler):
    def persistent_id(self, value):
        return value.identifier if isinstance(value, StorageReference) else None


def by_hand(state, keys, storages, system=None):
    """The old format put together from its parts."""
    stream = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, system or {"protocol_version": 1001, "little_endian": True}):
        pickle.dump(part, stream, 2)
    ReferencePickler(stream, 2).dump(state)
    pickle.dump(keys, stream, 2)
    for storage in storages:
        stream.write(struct.pack("<q", len(storage)) + storage.tobytes())
    return stream.getvalue()


def views():
    """As PyTorch 0.1 wrote them in Python 2: a dictionary made of a list of pairs, a storage that is a part of another
    one, and `_rebuild_tensor` with four arguments."""
    values = uniform((10,), 11, 40)
    view = StorageReference(("storage", torch.FloatStorage, "7", "cpu", 10, ("8", 4, 6)))
    whole = StorageReference(("storage", torch.FloatStorage, "7", "cpu", 10, None))
    pairs = [
        ["view", Rebuild(torch._utils._rebuild_tensor, view, 1, (2, 2), (2, 1))],
        ["whole", Rebuild(torch._utils._rebuild_tensor, whole, 0, (10,), (1,))],
    ]
    state = Rebuild(collections.OrderedDict, pairs)
    return by_hand(state, ["7"], [values]), {"view": values[5:9].reshape(2, 2), "whole": values}


def rezipped(data, compression):
    """The same archive with another compression, by Python's own writer."""
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return buffer.getvalue()


def wide(data):
    """The same archive with every size and offset in 64-bit fields, as archives of more than 4 GiB have them."""
    source, body, directory = zipfile.ZipFile(io.BytesIO(data)), b"", b""
    ones = 0xFFFFFFFF
    for name in source.namelist():
        content, encoded = source.read(name), name.encode()
        extra = struct.pack("<HHQQQ", 1, 24, len(content), len(content), len(body))
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 0, 0, ones, ones, len(encoded),
                                 len(extra), 0, 0, 0, 0, ones) + encoded + extra  # fmt: skip
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 0, 0, ones, ones, len(encoded), 0)
        body += encoded + content
    count, start = len(source.namelist()), len(body)
    end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, start + len(directory), 1)
    return body + directory + end + locator + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, ones, ones, 0)


def safetensors(state):
    """The format's reference layout, by hand: the header is padded to a multiple of eight bytes."""
    names = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64", "int64": "I64", "int32": "I32",
             "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}  # fmt: skip
    header, blob = {"__metadata__": {"format": "pt", "model": "a \u2603 \"quoted\""}}, b""
    for name, tensor in state.items():
        data = tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
        header[name] = {
            "dtype": names[str(tensor.dtype).removeprefix("torch.")],
            "shape": list(tensor.shape),
            "data_offsets": [len(blob), len(blob) + len(data)],
        }
        blob += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + blob


class Attack:
    def __reduce__(self):
        return os.system, (f"touch {SENTINEL}",)


def zipped(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def main():
    torch.manual_seed(0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain, views_file = zipped(strided()), views()
    inner, checkpoint = nested()
    small = collections.OrderedDict(a=floats((2,), 30), b=floats((1, 2), 31).half())
    files = {
        "legacy.pth": legacy(strided()),
        "legacy-aligned.pth": aligned(strided(), 0),
        "legacy-odd.pth": aligned(strided(), 1),
        "legacy-views.pth": views_file[0],
        "legacy-nested.pth": legacy(checkpoint),
        "legacy-small.pth": legacy(small),
        "legacy-big-endian.pth": legacy(small, {"protocol_version": 1001, "little_endian": False}),
        "legacy-attack.pth": by_hand({"weight": Attack()}, [], []),
        "zip.pth": plain,
        "zip-wide.pth": wide(plain),
        "zip-protocol4.pth": zipped(strided(), pickle_protocol=4),
        "zip-nested.pth": zipped(checkpoint),
        "zip-compressed.pth": rezipped(zipped(small), zipfile.ZIP_DEFLATED),
        "zip-small.pth": rezipped(zipped(small), zipfile.ZIP_STORED),
        "zip-attack.pth": zipped({"weight": Attack()}),
        "zip-module.pth": zipped(torch.nn.Linear(1, 1)),
        "plain.safetensors": safetensors(contiguous()),
        "small.safetensors": safetensors(small),
    }
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")
    torch.load(io.BytesIO(files["legacy-odd.pth"])), torch.load(io.BytesIO(files["zip-wide.pth"]))
    for name, value in torch.load(io.BytesIO(views_file[0]), weights_only=False).items():
        assert np.array_equal(value.numpy(), views_file[1][name])

    def expected(state):
        return {name: value.detach().float().contiguous().numpy() for name, value in state.items()}

    save("checkpoints/expected", expected(strided()))
    save("checkpoints/expected-nested", {name.removeprefix("module."): v for name, v in expected(inner).items()})
    save("checkpoints/expected-views", views_file[1])
    save("checkpoints/expected-small", expected(small))


if __name__ == "__main__":
    main()
