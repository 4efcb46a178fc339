"""Measures the Python package: the time from `import explaincore` to the first classification by the embedded model,
against the same network in PyTorch, in alternated runs of new processes; and what a call through ctypes costs.

Needs the library (`swift build -c release --product explaincore`) and a Python with torch and Pillow:
`.venv/bin/python benchmarks/python_start.py`.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PICTURE = ROOT / "examples" / "pictures" / "scene-star-gear.png"
WEIGHTS = ROOT / "Sources" / "CEmbedded" / "scenes.safetensors"
# OpenBLAS chooses its kernels by the processor unless told otherwise; the measurement is of that choice.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")} | {
    "PYTHONPATH": str(ROOT / "bindings" / "python"),
    "EXPLAINCORE_LIBRARY": os.environ.get("EXPLAINCORE_LIBRARY", str(ROOT / ".build/release/libexplaincore.so")),
}

OURS = """
import time
start = time.perf_counter()
import explaincore
imported = time.perf_counter()
import sys
best = explaincore.classify(sys.argv[1])[0]
end = time.perf_counter()
print(imported - start, end - start, best.index, best.probability)
"""
PROGRAMS = {
    "explaincore": ["-c", OURS, str(PICTURE)],
    "PyTorch": [str(ROOT / "benchmarks" / "torch_scenes.py"), str(WEIGHTS), str(PICTURE)],
}

CALL = """
import timeit
from ctypes import byref, c_int32
import explaincore
from explaincore._library import library
count = c_int32()
out, number = byref(count), 200000
def nothing(out): pass
for name, statement in (("a call of the library through ctypes", "library.xpl_threads(out)"),
                        ("a call of a Python function", "nothing(out)")):
    print(min(timeit.repeat(statement, globals=globals(), number=number, repeat=5)) / number * 1e9, name, sep=";")
"""


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    results = {name: [] for name in PROGRAMS}
    for _ in range(arguments.rounds):
        for name, program in PROGRAMS.items():
            results[name].append([float(word) for word in run(*program).split()])
    (_, _, index, probability), (_, _, peer_index, peer_probability) = (rows[0] for rows in results.values())
    assert index == peer_index and abs(probability - peer_probability) < 1e-4, "they do not agree"

    print(f"from the import to the first classification, medians of {arguments.rounds} alternated runs")
    print(f"{'':16}{'import':>10}{'in all':>10}{'least':>10}")
    for name, rows in results.items():
        imports, whole = [row[0] for row in rows], [row[1] for row in rows]
        print(f"{name:16}{statistics.median(imports) * 1e3:7.0f} ms{statistics.median(whole) * 1e3:7.0f} ms"
              f"{min(whole) * 1e3:7.0f} ms")
    for line in run("-c", CALL).splitlines():
        nanoseconds, name = line.split(";")
        print(f"{float(nanoseconds):7.0f} ns {name}")


if __name__ == "__main__":
    main()
