#!/bin/sh
# Renders the data, trains the `scenes` network and measures it: sh tools/scenes/remake.sh WORKFOLDER
# Needs tools/requirements.txt, about 10 GB of memory and 8 GB of disk. Two cores with avx512_bf16 train on about 200
# pictures a second in the first stage.
set -eu
work=${1:?the folder for data and weights}
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
mkdir -p "$work"
# Keeps freed memory in the process: giving it back at every step costs more than half of the speed.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_ARENA_MAX=1
cd "$here"
"$python" dataset.py --out "$work/train" --count 24000
"$python" dataset.py --out "$work/val" --count 1000 --seed 50000000
"$python" train.py --data "$work" --out "$work/scenes.safetensors"
"$python" evaluate.py --weights "$work/scenes.safetensors" | tee "$work/accuracy.json"
"$python" check_masks.py --weights "$work/scenes.safetensors" --scenes 24 --sheet "$work/masks.png" | tee "$work/masks.json"
