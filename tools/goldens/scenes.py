"""Golden of the embedded scenes model: what PyTorch makes of a bundled picture. Run: python tools/goldens/scenes.py"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from common import save

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    data = (ROOT / "Sources/CEmbedded/scenes.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[begin:end], np.float16).astype(np.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    picture = np.asarray(Image.open(ROOT / "examples/pictures/scene-star-gear.png").convert("RGB"), np.float32) / 255
    picture = (picture - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    x = torch.from_numpy(picture).permute(2, 0, 1)[None]
    index = 0
    for layer in metadata["config"].split(","):
        if layer == "M":
            x = F.max_pool2d(x, 2)
            index += 1
        else:
            x = F.relu(F.conv2d(x, tensors[f"features.{index}.weight"], tensors[f"features.{index}.bias"], padding=1))
            index += 2
    logits = F.linear(x.mean((2, 3)), tensors["classifier.0.weight"], tensors["classifier.0.bias"])
    save("scenes", {"probabilities": torch.softmax(logits, 1)[0]})


if __name__ == "__main__":
    main()
