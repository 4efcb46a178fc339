"""The `scenes` network and its weights file.

A VGG: 3x3 convolutions (padding 1, bias), ReLU, 2x2 max-pooling; then the mean over all places and one linear layer.
It may be trained with batch normalization behind each convolution, which is folded into the convolutions afterwards.
"""

import json
import struct

import numpy as np
import torch
from torch import nn

from shapes import CLASSES

CONFIG = "16,M,24,M,48,M,64,64,M,96,96,M,128"
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class Scenes(nn.Module):
    def __init__(self, config=CONFIG, normalized=False):
        super().__init__()
        layers, width = [], 3
        for item in config.split(","):
            if item == "M":
                layers.append(nn.MaxPool2d(2))
                continue
            layers.append(nn.Conv2d(width, int(item), 3, padding=1))
            nn.init.kaiming_normal_(layers[-1].weight, nonlinearity="relu")
            nn.init.zeros_(layers[-1].bias)
            width = int(item)
            if normalized and len(layers) > 4:  # the two widest maps go without: they cost the most
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU(inplace=True))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Linear(width, len(CLASSES)))

    def forward(self, x):
        return self.classifier(self.features(x).float().mean((2, 3)))


def folded(model, config=CONFIG):
    """The same function without batch normalization (as it is at evaluation)."""
    plain = Scenes(config)
    target = [m for m in plain.features if isinstance(m, nn.Conv2d)]
    layers = list(model.features)
    for k, layer in enumerate(layers):
        if not isinstance(layer, nn.Conv2d):
            continue
        conv, weight, bias = target.pop(0), layer.weight.data, layer.bias.data
        norm = layers[k + 1]
        if isinstance(norm, nn.BatchNorm2d):
            scale = norm.weight.data / torch.sqrt(norm.running_var + norm.eps)
            weight = weight * scale[:, None, None, None]
            bias = (bias - norm.running_mean) * scale + norm.bias.data
        conv.weight.data.copy_(weight)
        conv.bias.data.copy_(bias)
    plain.classifier.load_state_dict(model.classifier.state_dict())
    return plain


def save(model, path, config=CONFIG):
    """Writes the plain network as float16 safetensors, with all it takes to run it in the metadata."""
    metadata = {"format": "explaincore-vgg", "classes": ",".join(CLASSES), "config": config, "head": "gap",
                "input": "224", "mean": ",".join(map(str, MEAN)), "std": ",".join(map(str, STD))}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in model.state_dict().items():
        blob = tensor.detach().cpu().contiguous().numpy().astype("<f2").tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load(path):
    """The network of a weights file, in float32, ready to evaluate."""
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + size]), data[8 + size:]
    metadata = header.pop("__metadata__")
    model, state = Scenes(metadata["config"]), {}
    for name, entry in header.items():
        a, b = entry["data_offsets"]
        values = np.frombuffer(body[a:b], "<f2").astype(np.float32).reshape(entry["shape"])
        state[name] = torch.from_numpy(values.copy())
    model.load_state_dict(state)
    return model.eval().to(memory_format=torch.channels_last)


def normalize(pictures):
    """uint8 or [0, 255] pictures [N, H, W, 3] as the network's input [N, 3, H, W]."""
    x = torch.as_tensor(pictures).permute(0, 3, 1, 2).float() / 255
    x = (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    return x.contiguous(memory_format=torch.channels_last)


def multiply_adds(config=CONFIG, side=224):
    """Multiply-adds of one forward pass."""
    total, width = 0, 3
    for item in config.split(","):
        if item == "M":
            side //= 2
        else:
            total += 9 * width * int(item) * side * side
            width = int(item)
    return total + width * len(CLASSES)
