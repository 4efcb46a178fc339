"""Measures ExplainCore against PyTorch in alternated runs on this machine and prints tables of medians.

Needs a release build (`swift build -c release`) and a Python with torch, torchvision and onnx:

    python benchmarks/run.py                            every comparison, about half an hour
    python benchmarks/run.py --only vgg19 threads       some of them
    python benchmarks/run.py --weights vgg19.pth        also whole runs of xpl, which need a file of VGG19's weights

The ratio is taken round by round: on a shared machine both sides slow down together.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build" / "release"
PEER = str(ROOT / "benchmarks" / "torch_peer.py")
# OpenBLAS chooses its kernels by the processor unless told otherwise; the measurement is of that choice.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
AVX2_OURS = {"EXPLAINCORE_CPU": "avx2", "OPENBLAS_CORETYPE": "Haswell"}
AVX2_PEER = {"ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}


def report(command, variables={}):
    """Milliseconds and resident megabytes, which the command prints."""
    output = subprocess.run(
        command, env=ENVIRONMENT | variables, check=True, capture_output=True, text=True).stdout
    words = output.split()
    values = {key: float(value) for key, value in zip(words[::2], words[1::2])}
    return values["ms"], values["resident_mb"]


def seconds(command, variables={}):
    start = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT | variables, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1e3, float("nan")


def compare(title, rounds, ours, peers, measure=report):
    """Runs ours and each peer in turn; prints medians, and how often longer than ours the peers take."""
    rows = {name: [] for name in ("ExplainCore", *peers)}
    for _ in range(rounds):
        for name, (command, variables) in {"ExplainCore": ours, **peers}.items():
            rows[name].append(measure(command, variables))
    print(f"\n{title}: medians of {rounds} alternated runs")
    for name, values in rows.items():
        ratios = [value[0] / own[0] for value, own in zip(values, rows["ExplainCore"])]
        time_taken, memory = (statistics.median(column) for column in zip(*values))
        line = f"  {name:26}{time_taken:10.1f} ms"
        line += "           " if memory != memory else f"{memory:8.0f} MB"
        if name != "ExplainCore":
            line += f"   {statistics.median(ratios):5.2f} times ours ({min(ratios):.2f} to {max(ratios):.2f})"
        print(line, flush=True)


def both_layouts(job, threads, network, count, variables={}):
    return {
        f"PyTorch, {name}": ([sys.executable, PEER, job, str(threads), layout, network, str(count)], variables)
        for name, layout in (("default layout", "contiguous"), ("channels_last", "channels_last"))
    }


def own(job, threads, network, count, variables={}):
    return [str(BUILD / "xpl-benchmark"), job, str(threads), str(network), str(count)], variables


def export(name, folder):
    """The network as an ONNX file with random weights: times do not depend on them."""
    path = folder / f"{name}.onnx"
    # In a process of its own: children of one that has loaded torch would report its memory as theirs.
    program = f"""
import torch, torchvision
torch.manual_seed(0)
model = torchvision.models.get_model({name!r}, weights=None).eval()
torch.onnx.export(model, torch.zeros(1, 3, 224, 224), {str(path)!r}, dynamo=False)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], env=ENVIRONMENT, check=True)
    return path


def main():
    comparisons = ["vgg19", "avx2", "rise", "small", "threads", "start", "whole"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", nargs="+", choices=comparisons, default=comparisons)
    parser.add_argument("--weights", help="VGG19's weights as torchvision publishes them")
    arguments = parser.parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    if "vgg19" in arguments.only:
        compare(
            f"VGG19, mask iteration, {threads} threads", rounds, own("mask", threads, "vgg19", 12),
            both_layouts("mask", threads, "vgg19", 12))
    if "avx2" in arguments.only:
        compare(
            f"VGG19, mask iteration, {threads} threads, AVX2 only", rounds, own("mask", threads, "vgg19", 12, AVX2_OURS),
            both_layouts("mask", threads, "vgg19", 12, AVX2_PEER))
    if "rise" in arguments.only:
        compare(
            f"VGG19, a RISE mask, {threads} threads", rounds, own("rise", threads, "vgg19", 400),
            both_layouts("rise", threads, "vgg19", 400))
    if "small" in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("squeezenet1_1", "mobilenet_v2"):
                path = export(name, pathlib.Path(folder))
                compare(
                    f"{name} (ONNX), mask iteration, {threads} threads", rounds, own("mask", threads, path, 40),
                    both_layouts("mask", threads, name, 40))
    if "threads" in arguments.only:
        counts = [n for n in (1, 2, 4, 8, 16, 32) if n <= threads]
        compare(
            "VGG19, mask iteration, by threads; ours with all", rounds, own("mask", counts[-1], "vgg19", 12),
            {f"ExplainCore, {n} thread(s)": own("mask", n, "vgg19", 12) for n in counts})
    if "start" in arguments.only:
        compare(
            "Start", rounds, ([str(BUILD / "xpl"), "--version"], {}),
            {'python -c "import torch"': ([sys.executable, "-c", "import torch"], {})}, seconds)
    if "whole" in arguments.only and arguments.weights:
        with tempfile.TemporaryDirectory() as folder:
            whole(arguments, pathlib.Path(folder))


def whole(arguments, folder):
    """From process start to files; the peer finds its weights where torch keeps them."""
    checkpoints = folder / "torch" / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "vgg19-dcbb9e9d.pth").symlink_to(pathlib.Path(arguments.weights).resolve())
    picture = str(next((ROOT / "examples" / "pictures").glob("*.png")))
    for count in (1, 500):
        ours = [
            str(BUILD / "xpl"), "explain", picture, "--model", "vgg19", "--weights", arguments.weights, "--quiet",
            "--threads", str(arguments.threads), "--iterations", str(count), "-o", str(folder / "out")]
        peers = {
            f"PyTorch, {layout}": (
                [sys.executable, PEER, "explain", str(arguments.threads), layout, "vgg19", str(count), picture],
                {"TORCH_HOME": str(folder / "torch")})
            for layout in ("contiguous", "channels_last")
        }
        compare(
            f"VGG19, a whole run of {count} iteration(s)", 1 if count > 1 else arguments.rounds, (ours, {}), peers,
            seconds)


if __name__ == "__main__":
    main()
