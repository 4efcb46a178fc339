"""Sample picture files of every variant with their pixels by PIL, and resizing, blurs and colors by OpenCV, PIL and torch."""

import ctypes
import ctypes.util
import io
import struct
import zlib

import cv2
import numpy as np
import torch
import torch.nn.functional as F
import torchvision.transforms as T
from PIL import Image, ImageOps

from common import GOLDENS, save, uniform

FOLDER = GOLDENS / "imaging"
WIDTH, HEIGHT = 23, 18  # no multiple of 8 or 16: partial blocks and partial bytes


def sample(width, height, channels, seed):
    """A gradient with noise, as uint8[height, width, channels]."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x / width, y / height, (x + y) / (width + height), 1 - x / width)[c % 4] for c in range(channels)]
    noise = uniform((height, width, channels), seed=seed, low=-40, high=40)
    return np.clip(np.stack(planes, -1) * 255 + noise, 0, 255).astype(np.uint8)


RGB = sample(WIDTH, HEIGHT, 3, seed=1)
RGBA = sample(WIDTH, HEIGHT, 4, seed=2)
RGBA[:4, :4, 3], RGBA[-4:, -4:, 3] = 0, 255
GRAY = RGB[..., 0]


# --- files ---------------------------------------------------------------------------------------------------------


def png(samples, depth, color_type, chunks=(), interlaced=False):
    """A PNG file; samples[height, width, channels] are below 2**depth."""
    height, width, _ = samples.shape

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def rows(block):
        for row in block.reshape(block.shape[0], -1):
            bits = ((row[:, None].astype(np.int64) >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            yield b"\0" + np.packbits(bits.reshape(-1)).tobytes()

    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    blocks = [samples[y::dy, x::dx] for x, y, dx, dy in passes] if interlaced else [samples]
    data = b"".join(row for block in blocks if block.size for row in rows(block))
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    body = b"".join(chunk(kind, content) for kind, content in chunks)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    )


def exif(orientation, little=True):
    order = "<" if little else ">"
    magic = b"II" if little else b"MM"
    # Another entry first, so that the search has to pass one.
    entries = [(0x0100, 3, 1, 7), (0x0112, 3, 1, orientation)]
    body = b"".join(struct.pack(order + "HHIHH", tag, kind, count, value, 0) for tag, kind, count, value in entries)
    return magic + struct.pack(order + "HIH", 42, 8, len(entries)) + body + struct.pack(order + "I", 0)


def gif(indices, palette, screen, offset=(0, 0), transparent=None, interlaced=False):
    """A GIF file of one frame; its codes are all 9 bits wide, with a clear code before the table grows further."""
    height, width = indices.shape
    order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
    pixels = (indices[order] if interlaced else indices).reshape(-1).tolist()
    codes = [c for start in range(0, len(pixels), 250) for c in [256, *pixels[start : start + 250]]] + [257]
    bits = sum(code << (9 * i) for i, code in enumerate(codes))
    data = bits.to_bytes((9 * len(codes) + 7) // 8, "little")
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    result = b"GIF89a" + struct.pack("<HHBBB", *screen, 0xF7, 0, 0) + palette.tobytes()
    if transparent is not None:
        result += b"\x21\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    result += b"\x21\xfe\x05hello\0"
    result += b"\x2c" + struct.pack("<HHHHB", *offset, width, height, 0x40 if interlaced else 0)
    return result + b"\x08" + blocks + b"\0\x3b"


def ycck(pixels):
    """A JPEG in YCCK, which PIL reads but does not write; pixels are CMYK with 255 = no ink, as Adobe stores them."""
    library = ctypes.CDLL(ctypes.util.find_library("turbojpeg"))
    library.tjInitCompress.restype = ctypes.c_void_p
    output, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_ulong(0)
    height, width, _ = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    status = library.tjCompress2(
        ctypes.c_void_p(library.tjInitCompress()), pixels.ctypes.data_as(ctypes.c_void_p), width, 0, height, 11,
        ctypes.byref(output), ctypes.byref(size), 2, 85, 0)  # fmt: skip
    assert status == 0
    return bytes(output[: size.value])


def unusual_subsampling():
    """A gray JPEG of 64x64 whose luminance is sampled 4x2, for which TurboJPEG's interface has no name."""
    data = bytearray(pil(Image.new("RGB", (64, 64), (128, 128, 128)), "JPEG", quality=85, subsampling=0))
    frame, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xda")
    data[frame + 11] = 0x42
    # All components take the first tables, where a block without change is 00 1010: 8 units of 8 + 1 + 1 blocks.
    data[scan + 6 : scan + 11 : 2] = b"\0\0\0"
    return bytes(data[: scan + 14]) + bytes([0x28, 0xA2, 0x8A]) * 20 + b"\xff\xd9"


def pil(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def expected(data):
    """What PIL makes of a file: upright, over white, as uint8[H, W, 3]."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if "transparency" in image.info or image.mode in ("LA", "RGBA", "PA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("RGB"))


def files():
    rgb, rgba, gray = Image.fromarray(RGB), Image.fromarray(RGBA), Image.fromarray(GRAY)
    palette = np.random.default_rng(3).integers(0, 256, (256, 3), dtype=np.uint8)
    index = sample(WIDTH, HEIGHT, 1, seed=4)
    alpha = bytes(range(0, 256, 3))
    plte = (b"PLTE", palette.tobytes())
    wide = sample(WIDTH, HEIGHT, 3, seed=5).astype(np.int64) * 257 + 13
    wide[wide > 65535] = 65535
    result = {
        "gray1.png": png(GRAY[..., None] >> 7, 1, 0),
        "gray2.png": png(GRAY[..., None] >> 6, 2, 0),
        "gray8.png": pil(gray, "PNG"),
        "gray8-trns.png": png(GRAY[..., None] & 0xF0, 8, 0, [(b"tRNS", b"\0\x80")]),
        "gray-alpha.png": png(RGBA[..., 2:], 8, 4),
        "rgb8.png": pil(rgb, "PNG"),
        "rgba8.png": pil(rgba, "PNG"),
        "rgb8-interlaced.png": png(RGB, 8, 2, interlaced=True),
        "rgba8-interlaced.png": png(RGBA, 8, 6, interlaced=True),
        "palette4.png": png(index >> 4, 4, 3, [(b"PLTE", palette[:16].tobytes())]),
        "palette8-trns.png": png(index, 8, 3, [plte, (b"tRNS", alpha)]),
        "linear-gamma.png": png(RGB, 8, 2, [(b"gAMA", struct.pack(">I", 100000))]),
        "turned.png": png(RGB, 8, 2, [(b"eXIf", exif(6))]),
        "420.jpg": pil(rgb, "JPEG", quality=85, subsampling=2),
        "444.jpg": pil(rgb, "JPEG", quality=85, subsampling=0),
        "restarts.jpg": pil(rgb, "JPEG", quality=85, subsampling=1, restart_marker_blocks=1),
        "gray.jpg": pil(gray, "JPEG", quality=85),
        "progressive.jpg": pil(rgb, "JPEG", quality=85, progressive=True),
        "cmyk.jpg": pil(Image.fromarray(RGBA, "CMYK"), "JPEG", quality=85),
        "ycck.jpg": ycck(RGBA),
        "unusual-subsampling.jpg": unusual_subsampling(),
        "plain.gif": pil(rgb.quantize(64), "GIF", interlace=0),
        "interlaced.gif": gif(index[..., 0], palette, (WIDTH, HEIGHT), interlaced=True),
        "offset.gif": gif(index[..., 0] & 0x1F, palette, (WIDTH + 9, HEIGHT + 5), (6, 3), transparent=7),
        "two-frames.gif": pil(
            rgb.quantize(16), "GIF", save_all=True, append_images=[rgb.rotate(180).quantize(16)], interlace=1),
        "lossy.webp": pil(rgb, "WEBP", quality=80),
        "lossless.webp": pil(rgb, "WEBP", lossless=True),
        "lossy-alpha.webp": pil(rgba, "WEBP", quality=80),
        "lossless-alpha.webp": pil(rgba, "WEBP", lossless=True, exact=True),
        "turned.webp": pil(rgb, "WEBP", lossless=True, exif=exif(8, little=False)),
    }  # fmt: skip
    tiny = Image.fromarray(sample(7, 4, 3, seed=6))
    for number in range(1, 9):
        data = b"Exif\0\0" + exif(number, little=number % 2 == 0)
        result[f"orientation{number}.jpg"] = pil(tiny, "JPEG", quality=95, subsampling=0, exif=data)
    # Two harmless bytes between two segments: a warning, and the same pixels.
    baseline = result["420.jpg"]
    quantization = baseline.index(b"\xff\xdb")
    result["extraneous.jpg"] = baseline[:quantization] + b"\x11\x22" + baseline[quantization:]

    arrays = {name: expected(data) for name, data in result.items()}
    # PIL and OpenCV drop the low byte of 16-bit samples; the nearest byte is what is expected here.
    for name, channels in (("rgb16.png", 3), ("gray16.png", 1)):
        result[name] = png(wide[..., :channels], 16, 2 if channels == 3 else 0)
        arrays[name] = np.broadcast_to(np.rint(wide[..., :channels] / 257), wide.shape).astype(np.uint8)
        read = cv2.imdecode(np.frombuffer(result[name], np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
        assert np.abs(read.astype(int) - arrays[name]).max() <= 1
    FOLDER.mkdir(exist_ok=True)
    for name, data in result.items():
        (FOLDER / name).write_bytes(data)
    print(f"{len(result)} files: {sum(map(len, result.values()))} bytes")
    save("imaging-files", arrays)


# --- operations ----------------------------------------------------------------------------------------------------


def resizing():
    image = uniform((2, 18, 22), seed=11)
    picture = sample(22, 18, 3, seed=12)
    arrays = {"image": image, "picture": picture}
    batch = torch.from_numpy(image)[None]
    for height, width in [(9, 11), (5, 4), (23, 31), (29, 7), (1, 1), (18, 45)]:
        size, key = (height, width), f"{width}x{height}"
        arrays[f"bilinear {key}"] = np.stack([cv2.resize(plane, (width, height)) for plane in image])
        arrays[f"antialiased {key}"] = F.interpolate(batch, size, mode="bilinear", antialias=True)[0].numpy()
        arrays[f"alignCorners {key}"] = F.interpolate(batch, size, mode="bilinear", align_corners=True)[0].numpy()
        arrays[f"nearest {key}"] = F.interpolate(batch, size, mode="nearest")[0].numpy()
        arrays[f"opencv {key}"] = cv2.resize(picture, (width, height))
        arrays[f"pil {key}"] = np.asarray(Image.fromarray(picture).resize((width, height), Image.BILINEAR))
    save("imaging-resizing", arrays)


def filters():
    image, small = uniform((2, 19, 23), seed=21), uniform((1, 3, 2), seed=22)
    picture, tiny = sample(37, 29, 3, seed=23), sample(4, 3, 3, seed=24)
    arrays = {"image": image, "small": small, "picture": picture, "tiny": tiny}
    for size, sigma in [(11, 5), (0, 1.3), (3, 0), (5, 0), (7, 0), (9, 0), (15, 0), (0, 10)]:
        for name, source in (("image", image), ("small", small)):
            blurred = [cv2.GaussianBlur(plane, (size, size), sigma) for plane in source]
            arrays[f"gauss {name} {size} {sigma}"] = np.stack(blurred)
        for name, source in (("picture", picture), ("tiny", tiny)):
            arrays[f"gauss {name} {size} {sigma}"] = cv2.GaussianBlur(source, (size, size), sigma)
    for size in (3, 5, 7, 11, 31, 255):
        arrays[f"median picture {size}"] = cv2.medianBlur(picture, size)
        arrays[f"median tiny {size}"] = cv2.medianBlur(tiny, size)
    for width, height in [(20, 20), (3, 5), (1, 4), (7, 1), (64, 64)]:
        kernel = np.ones((height, width), np.uint8)
        arrays[f"dilate {width}x{height}"] = np.stack([cv2.dilate(plane, kernel) for plane in image])
    shades = np.arange(256, dtype=np.uint8)[None]
    arrays["jet"] = cv2.applyColorMap(shades, cv2.COLORMAP_JET)[0, :, ::-1]
    # pytorch-explain-black-box's cam.png, but rounded where that cuts off.
    mask = uniform((29, 37), seed=25)
    heatmap = cv2.applyColorMap(np.rint(255 * mask).astype(np.uint8), cv2.COLORMAP_JET)[..., ::-1]
    cam = np.float32(heatmap) / 255 + np.float32(picture) / 255
    arrays["mask"], arrays["cam"] = mask, np.rint(255 * cam / cam.max()).astype(np.uint8)
    save("imaging-filters", arrays)


def preprocessing():
    arrays = {}
    normalize = T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    for width, height in [(50, 37), (31, 45), (20, 20), (5, 300)]:
        picture = sample(width, height, 3, seed=31 + width)
        image, key = Image.fromarray(picture), f"{width}x{height}"
        crop = T.Compose([T.Resize(16), T.CenterCrop(14), T.ToTensor(), normalize])
        stretch = T.Compose([T.Resize((14, 14)), T.ToTensor(), normalize])
        arrays |= {f"picture {key}": picture, f"crop {key}": crop(image), f"stretch {key}": stretch(image)}
    save("imaging-preprocessing", {key: np.asarray(value) for key, value in arrays.items()})


if __name__ == "__main__":
    files()
    resizing()
    filters()
    preprocessing()
