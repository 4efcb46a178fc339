"""What ctypes believes of include/explaincore.h against what the C compiler says."""

import ctypes
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

from explaincore import _library, _structs

HEADER = ROOT / "include" / "explaincore.h"
STRUCTS = {
    "xpl_model_options": _structs.ModelOptions,
    "xpl_model_callbacks": _structs.ModelCallbacks,
    "xpl_batch": _structs.Batch,
    "xpl_scored_class": _structs.ScoredClass,
    "xpl_progress": _structs.Progress,
    "xpl_tensor": _structs.Tensor,
    "xpl_summary": _structs.Summary,
}
# Options of a mask are passed by name.
UNUSED_STRUCTS = {"xpl_mask_options"}
ENUMS = {
    "": _structs.Status,
    "LOG_": _structs.LogLevel,
    "PIXELS_": _structs.PixelFormat,
    "PREPROCESS_": _structs.Preprocess,
    "RESIZE_": _structs.Resize,
    "WEIGHT_PRECISION_": _structs.WeightPrecision,
    "MEMORY_": _structs.Memory,
    "MAP_": _structs.Map,
    "RENDERING_": _structs.Rendering,
}

pytestmark = pytest.mark.skipif(not HEADER.exists() or not shutil.which("cc"), reason="needs the sources and cc")


def header():
    return re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)


def compiled(lines, folder):
    """What a C program prints that evaluates each expression."""
    body = "".join(f'  printf("%lld\\n", (long long)({line}));\n' for line in lines)
    source = folder / "layout.c"
    source.write_text(f'#include <explaincore.h>\n#include <stdio.h>\nint main(void) {{\n{body}}}\n')
    subprocess.run(["cc", "-std=c99", "-I", HEADER.parent, source, "-o", folder / "layout"], check=True)
    output = subprocess.run([folder / "layout"], check=True, capture_output=True, text=True).stdout
    return dict(zip(lines, map(int, output.split())))


def c_fields(name):
    """The names of a struct's fields as the header has them."""
    body = re.search(r"typedef struct %s \{(.*?)\} %s;" % (name, name), header(), re.DOTALL).group(1)
    fields = []
    for declaration in filter(str.strip, body.split(";")):
        for declarator in declaration.split(","):
            fields.append(re.search(r"(\w+)\s*(\[\w+\])?\s*$", declarator).group(1))
    return fields


def test_every_struct_is_known():
    declared = set(re.findall(r"typedef struct (\w+) \{", header()))
    assert declared == set(STRUCTS) | UNUSED_STRUCTS


@pytest.mark.parametrize("name", STRUCTS)
def test_layout(name, tmp_path):
    fields = [field[0] for field in STRUCTS[name]._fields_]
    assert fields == c_fields(name)
    expected = {f"sizeof({name})": ctypes.sizeof(STRUCTS[name])}
    for field in fields:
        expected[f"offsetof({name}, {field})"] = getattr(STRUCTS[name], field).offset
        expected[f"sizeof((({name} *)0)->{field})"] = getattr(STRUCTS[name], field).size
    assert compiled(list(expected), tmp_path) == expected


@pytest.mark.parametrize("prefix", ENUMS, ids=lambda prefix: prefix or "STATUS")
def test_constants(prefix, tmp_path):
    expected = {f"XPL_{prefix}{constant.name}": int(constant) for constant in ENUMS[prefix]}
    assert compiled(list(expected), tmp_path) == expected
    if prefix:
        assert len(re.findall(rf"\bXPL_{prefix}\w+ =", header())) == len(expected)


def test_every_function_is_declared_with_as_many_parameters():
    functions = {
        name: 0 if parameters.strip() == "void" else parameters.count(",") + 1
        for name, parameters in re.findall(r"\b(xpl_\w+)\s*\(([^()]*)\);", header())
        if not name.endswith("_callback")}
    assert set(_library.ARGUMENTS) == set(functions) - _library.UNUSED
    for name, arguments in _library.ARGUMENTS.items():
        assert len(arguments) == functions[name], name
