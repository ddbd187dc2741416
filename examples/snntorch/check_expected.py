"""Run snnTorch on the committed NIR files again, and compare with the recorded spikes.

    python check_expected.py [mnist] [digits]
"""

import json
import sys

import numpy as np
import torch

from dataset import SHAPES, load_test
from model import baked_net
from nir_file import read_layers
from record import expected_folder, nir_path, observe


def differences(dataset: str) -> list[str]:
    """One sentence for each thing that is not as recorded."""
    folder = expected_folder(dataset)
    spikes, figures = observe(dataset, baked_net(read_layers(nir_path(dataset))), load_test(dataset))
    truth = json.loads((folder / "expected.json").read_text())
    found = [
        f"{dataset}: {name} is {figures[name]}, recorded {truth[name]}"
        for name in figures
        if figures[name] != truth[name]
    ]
    for layer, observed in spikes.items():
        recorded = np.load(folder / f"{layer}.npy")
        if observed.shape != recorded.shape:
            found.append(f"{dataset}: {layer} spikes have shape {observed.shape}, recorded {recorded.shape}")
        elif np.any(observed != recorded):
            timestep, image, neuron = np.argwhere(observed != recorded)[0]
            found.append(f"{dataset}: {layer} differs first at timestep {timestep}, image {image}, neuron {neuron}")
    return found


def main() -> int:
    torch.set_num_threads(1)
    failures = 0
    for dataset in sys.argv[1:] or sorted(SHAPES):
        found = differences(dataset)
        print("\n".join(found) or f"{dataset}: snnTorch agrees with every recorded spike and figure")
        failures += bool(found)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
