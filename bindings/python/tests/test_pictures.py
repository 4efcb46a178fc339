"""Pictures from everywhere, and back."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest

import explaincore
from explaincore import Picture


def test_a_path_may_be_text_bytes_or_an_object(scene, pixels):
    assert pixels.shape == (224, 224, 3) and pixels.dtype == numpy.uint8
    for path in (scene, str(scene), str(scene).encode()):
        assert numpy.array_equal(Picture.of(path), pixels)
    assert Picture.of(scene).name == str(scene)
    assert Picture.of(scene).size == (224, 224)


def test_decoding_gives_what_reading_gives(scene, pixels):
    data = scene.read_bytes()
    even = data + b"\0" * (len(data) % 2)
    for memory in (data, bytearray(data), memoryview(data), numpy.frombuffer(data, numpy.uint8),
                   numpy.frombuffer(even, numpy.uint16), memoryview(even).cast("H")):
        assert numpy.array_equal(Picture.decode(memory), pixels)
    for wrong in (10, [1, 2, 3], "text", None):
        with pytest.raises(TypeError, match="the data are .*: they must be bytes"):
            Picture.decode(wrong)
        with pytest.raises(TypeError, match="must be bytes"):
            explaincore.load_onnx(wrong)


@pytest.mark.parametrize("array", [
    lambda x: x,
    lambda x: x[:, ::2],  # pixels apart: copied
    lambda x: x[10:50, 20:90],  # rows apart: not copied
    lambda x: x[::-1],  # rows upwards
    lambda x: x[..., ::-1],  # channels backwards
    lambda x: x[:1], lambda x: x[:, :1], lambda x: x[:1, :1],
    lambda x: numpy.asfortranarray(x),
    lambda x: x.astype(numpy.float32) / 255, lambda x: x.astype(numpy.float64) / 255,
])
def test_arrays_come_back_as_they_were(array, pixels):
    given = array(pixels)
    expected = given if given.dtype == numpy.uint8 else numpy.rint(given * 255).astype(numpy.uint8)
    assert numpy.array_equal(Picture.from_array(given), expected)


def test_half_precision(pixels):
    back = numpy.asarray(Picture.from_array((pixels / 255).astype(numpy.float16)))
    assert numpy.abs(back.astype(int) - pixels).max() <= 1  # 11 bits of precision


def test_gray_has_two_dimensions_or_one_channel(pixels):
    gray = pixels[:, :, 0]
    for array in (gray, gray[:, :, None]):
        assert numpy.array_equal(Picture.from_array(array), numpy.repeat(gray[:, :, None], 3, axis=2))


def test_transparency_is_laid_over_white():
    array = numpy.zeros((2, 2, 4), numpy.uint8)
    array[0, :, 3] = 255
    assert numpy.asarray(Picture.from_array(array))[:, 0, 0].tolist() == [0, 255]


@pytest.mark.parametrize("array, error, words", [
    (numpy.zeros((3, 5, 5), numpy.uint8), ValueError, "channels first"),
    (numpy.zeros((5,), numpy.uint8), ValueError, r"\[5\]"),
    (numpy.zeros((5, 5, 2), numpy.uint8), ValueError, r"\[5, 5, 2\]"),
    (numpy.zeros((0, 5, 3), numpy.uint8), ValueError, "no pixels"),
    (numpy.zeros((5, 5, 3), numpy.int64), TypeError, "int64"),
    (numpy.full((5, 5, 3), 1.5), ValueError, "from 1.5 to 1.5"),
    (numpy.full((5, 5, 3), numpy.nan), ValueError, "nan"),
    (numpy.zeros((1, 20000, 3), numpy.uint8), explaincore.InvalidArgumentError, "16384"),
])
def test_what_is_no_picture_is_refused(array, error, words):
    with pytest.raises(error, match=words):
        Picture.from_array(array)


def test_refusals_of_other_things():
    with pytest.raises(explaincore.FileError, match="no/such.png"):
        Picture.of("no/such.png")
    with pytest.raises(OSError):  # the same, as Python knows it
        Picture.of("no/such.png")
    with pytest.raises(explaincore.BadFileError):
        Picture.decode(b"\x89PNG\r\n\x1a\n and no more")
    with pytest.raises(TypeError):
        Picture.of(3.5)
    with pytest.raises(explaincore.InvalidArgumentError, match="zero byte"):
        Picture.of("a\0b.png")


def test_a_path_that_is_not_utf8(scene, pixels, tmp_path):
    strange = tmp_path / os.fsdecode(b"caf\xe9.png")
    strange.write_bytes(scene.read_bytes())
    for path in (strange, str(strange), os.fsencode(strange)):
        with pytest.raises(explaincore.InvalidArgumentError, match="UTF-8"):
            Picture.read(path)
    assert numpy.array_equal(Picture.decode(strange.read_bytes()), pixels)


def test_png_out(scene, pixels, tmp_path):
    picture = Picture.read(scene)
    assert numpy.array_equal(Picture.decode(picture.png()), pixels)
    assert picture._repr_png_() == picture.png()
    picture.save(tmp_path / "copy.png")
    assert numpy.array_equal(Picture.read(tmp_path / "copy.png"), pixels)
    with pytest.raises(explaincore.FileError):
        picture.save(tmp_path / "no" / "copy.png")
    assert "224x224" in repr(picture)


def test_the_array_protocol(scene):
    picture = Picture.read(scene)
    assert numpy.asarray(picture, dtype=numpy.float32).dtype == numpy.float32
    with pytest.raises(ValueError):
        picture.__array__(copy=False)
    numpy.asarray(picture)[:] = 0  # a copy: the picture stays
    assert numpy.asarray(picture).any()


class TestPIL:
    @pytest.fixture(autouse=True)
    def pil(self):
        self.Image = pytest.importorskip("PIL.Image")

    def test_images_are_what_their_files_are(self, scene, pixels):
        assert numpy.array_equal(Picture.of(self.Image.open(scene)), pixels)
        assert numpy.array_equal(Picture.of(scene).image(), pixels)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr"])
    def test_every_mode(self, mode, pixels):
        assert Picture.of(self.Image.fromarray(pixels).convert(mode)).size == (224, 224)

    def both(self, image, **settings):
        """A PNG file as the library reads it, and as PIL does."""
        data = io.BytesIO()
        image.save(data, "PNG", **settings)
        opened = self.Image.open(io.BytesIO(data.getvalue()))
        assert opened.mode == image.mode
        return numpy.asarray(Picture.decode(data.getvalue())), numpy.asarray(Picture.of(opened))

    @pytest.mark.parametrize("settings", [{}, {"transparency": 1000}])
    def test_gray_of_16_bits(self, settings):
        values = numpy.arange(1 << 16, dtype=numpy.uint16).reshape(256, 256)
        read, opened = self.both(self.Image.fromarray(values), **settings)
        assert numpy.array_equal(opened, read) and (read[3, 232] == 255).all() == bool(settings)
        swapped = self.Image.frombytes("I;16B", (256, 256), values.astype(">u2").tobytes())
        assert numpy.array_equal(numpy.asarray(Picture.of(swapped))[4:], read[4:])  # without 1000

    @pytest.mark.parametrize("mode", ["I", "F"])
    def test_numbers_of_unknown_range_are_refused(self, mode):
        with pytest.raises(TypeError, match=f"mode {mode}.* 65535"):
            Picture.of(self.Image.new(mode, (4, 4)))

    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_one_color_may_be_transparent(self, mode, pixels):
        image = self.Image.fromarray(pixels).convert(mode)
        read, opened = self.both(image, transparency=image.getpixel((0, 0)))
        assert numpy.array_equal(opened, read) and (read[0, 0] == 255).all()

    def test_premultiplied_opacity(self, pixels):
        image = self.Image.fromarray(pixels)
        image.putalpha(0)
        assert (numpy.asarray(Picture.of(image.convert("RGBa"))) == 255).all()

    def test_orientation_as_in_the_file(self, pixels):
        exif = self.Image.Exif()
        exif[0x0112] = 6  # to be turned by a quarter
        data = io.BytesIO()
        self.Image.fromarray(pixels[:100]).save(data, "PNG", exif=exif)
        picture = Picture.of(self.Image.open(data))
        assert picture.size == (100, 224)
        assert numpy.array_equal(picture, Picture.decode(data.getvalue()))

    def test_a_transparent_palette(self):
        image = self.Image.new("P", (2, 1))
        image.putpalette([0, 0, 0, 10, 20, 30])
        image.putpixel((1, 0), 1)
        image.info["transparency"] = 0
        assert numpy.asarray(Picture.of(image))[0].tolist() == [[255, 255, 255], [10, 20, 30]]


def test_saving_from_threads_leaves_one_whole_file(tmp_path):
    picture = Picture.of(numpy.zeros((32, 32, 3), numpy.uint8))
    path = tmp_path / "picture.png"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: picture.save(path), range(60)))
    assert [file.name for file in tmp_path.iterdir()] == ["picture.png"]
    assert Picture.read(path).size == (32, 32)


def test_a_pipe_is_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(explaincore.FileError, match="not a regular file"):
        Picture.of(numpy.zeros((4, 4, 3), numpy.uint8)).save(path)
    assert path.is_fifo()
