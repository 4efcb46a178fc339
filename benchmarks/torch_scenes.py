"""Classifies a picture by the embedded model in PyTorch; prints the seconds of the imports, the seconds in all, and the
best class with its probability.

Usage: torch_scenes.py scenes.safetensors PICTURE
"""

import time

start = time.perf_counter()

import json  # noqa: E402
import struct  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402

imported = time.perf_counter()

with open(sys.argv[1], "rb") as file:
    data = file.read()
size = struct.unpack("<Q", data[:8])[0]
header, body = json.loads(data[8:8 + size]), data[8 + size:]
metadata = header.pop("__metadata__")

layers, width = [], 3
for item in metadata["config"].split(","):
    if item == "M":
        layers.append(nn.MaxPool2d(2))
    else:
        layers += [nn.Conv2d(width, int(item), 3, padding=1), nn.ReLU()]
        width = int(item)
features, classifier = nn.Sequential(*layers), nn.Sequential(nn.Linear(width, len(metadata["classes"].split(","))))
network = nn.ModuleDict({"features": features, "classifier": classifier}).eval()
network.load_state_dict({
    name: torch.from_numpy(
        numpy.frombuffer(body[slice(*entry["data_offsets"])], "<f2").astype(numpy.float32).reshape(entry["shape"]))
    for name, entry in header.items()})

mean, deviation = ([float(number) for number in metadata[name].split(",")] for name in ("mean", "std"))
with torch.no_grad():
    pixels = torch.from_numpy(numpy.array(Image.open(sys.argv[2]).convert("RGB"))).permute(2, 0, 1)[None] / 255
    pixels = (pixels - torch.tensor(mean)[:, None, None]) / torch.tensor(deviation)[:, None, None]
    probability, index = torch.softmax(classifier(features(pixels).mean((2, 3))), 1).max(1)
end = time.perf_counter()
print(imported - start, end - start, int(index), float(probability))
