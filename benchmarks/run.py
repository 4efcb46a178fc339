"""Measures ExplainCore against PyTorch in alternated runs on this machine and prints a table of medians.

Needs a release build (`swift build -c release`) and a Python with torch and torchvision: `python benchmarks/run.py`.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build" / "release"
# OpenBLAS chooses its kernels by the processor unless told otherwise; the measurement is of that choice.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


def report(command):
    output = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
    words = output.split()
    return {key: float(value) for key, value in zip(words[::2], words[1::2])}


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    peer = [sys.executable, str(ROOT / "benchmarks" / "torch_mask.py"), str(arguments.threads)]
    commands = {
        "ExplainCore": [str(BUILD / "xpl-benchmark"), str(arguments.threads)],
        "PyTorch, default layout": peer + ["contiguous"],
        "PyTorch, channels_last": peer + ["channels_last"],
    }
    results = {name: [] for name in commands}
    starts = {"xpl --version": [], 'python -c "import torch"': []}
    for round_number in range(arguments.rounds):
        for name, command in commands.items():
            results[name].append(report(command))
        starts["xpl --version"].append(seconds([str(BUILD / "xpl"), "--version"]))
        starts['python -c "import torch"'].append(seconds([sys.executable, "-c", "import torch"]))
        print(f"round {round_number + 1} of {arguments.rounds}", file=sys.stderr)

    print(f"VGG19 mask iteration, {arguments.threads} threads, medians of {arguments.rounds} alternated runs")
    print(f"{'':28}{'ms':>8}{'MB':>8}{'time / ours, round by round':>32}")
    for name, rows in results.items():
        ratios = [row["iteration_ms"] / own["iteration_ms"] for row, own in zip(rows, results["ExplainCore"])]
        milliseconds = statistics.median(row["iteration_ms"] for row in rows)
        memory = statistics.median(row["resident_mb"] for row in rows)
        print(f"{name:28}{milliseconds:8.0f}{memory:8.0f}{statistics.median(ratios):16.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    for name, values in starts.items():
        print(f"{name:28}{statistics.median(values) * 1e3:8.0f} ms to start")


if __name__ == "__main__":
    main()
