"""What the golden scripts share: the counter-based generator and the safetensors writer."""

import json
import pathlib

import numpy as np

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ExplainCoreTests" / "Goldens"


def save(name, arrays, **metadata):
    """Write arrays (float32, or uint8 and int64 as they are) to Goldens/<name>.safetensors."""
    dtypes = {"float32": "F32", "uint8": "U8", "int64": "I64"}
    header, blobs, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = {key: str(value) for key, value in metadata.items()}
    for key, value in arrays.items():
        value = np.asarray(value)
        if str(value.dtype) not in dtypes:
            value = value.astype(np.float32)
        blob = np.ascontiguousarray(value).tobytes()
        header[key] = {
            "dtype": dtypes[str(value.dtype)],
            "shape": list(value.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = GOLDENS / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))
    print(f"{path.name}: {path.stat().st_size} bytes")


def philox(count, seed, stream=0, first_block=0):
    """The words of ExplainCore's Random: Philox 4x32-10 over the block counter, as uint32[count]."""
    blocks = (count + 3) // 4
    index = np.arange(first_block, first_block + blocks, dtype=np.uint64)
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    x = [index & low, index >> shift]
    x += [np.full(blocks, stream & 0xFFFFFFFF, np.uint64), np.full(blocks, stream >> 32, np.uint64)]
    k0, k1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(10):
        left = np.uint64(0xD2511F53) * x[0]
        right = np.uint64(0xCD9E8D57) * x[2]
        x = [
            (right >> shift) ^ x[1] ^ np.uint64(k0),
            right & low,
            (left >> shift) ^ x[3] ^ np.uint64(k1),
            left & low,
        ]
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(x, axis=1).reshape(-1)[:count].astype(np.uint32)


def uniform(shape, seed, stream=0, low=0.0, high=1.0):
    """The floats of `Random(seed:stream:).uniform(shape, in: low...high)`, bit for bit."""
    words = philox(int(np.prod(shape)), seed, stream)
    unit = (words >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    width = np.float32(high) - np.float32(low)
    return (unit * width + np.float32(low)).reshape(shape)
