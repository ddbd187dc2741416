"""The recorded truth: what snnTorch itself does with the exported file."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from torch import nn

from coding import phase_spikes
from dataset import HERE, SHAPES, Split
from model import N_TIMESTEPS, count_spikes, n_correct, run_baked

N_RECORDED = {"mnist": 200, "digits": 100}
PACKAGES = ("torch", "snntorch", "nir", "nirtorch", "numpy", "h5py")


def nir_path(dataset: str) -> Path:
    return HERE / f"{dataset}_{'_'.join(map(str, SHAPES[dataset]))}.nir"


def expected_folder(dataset: str) -> Path:
    return HERE / f"{dataset}_expected"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def observe(dataset: str, net: nn.Sequential, test: Split) -> tuple[dict[str, np.ndarray], dict]:
    """Spikes of each layer on the first images, and figures over all test images."""
    n_recorded = N_RECORDED[dataset]
    hidden, output = run_baked(net, phase_spikes(test.pixels[:n_recorded], N_TIMESTEPS))
    counts = count_spikes(net, test.pixels)
    figures = {
        "dataset": dataset,
        "n_timesteps": N_TIMESTEPS,
        "coding": "phase",
        "test_images": len(test.labels),
        "correct": n_correct(counts, test.labels),
        "output_spikes_per_class": counts.sum(axis=0).tolist(),
        "recorded_images": n_recorded,
        "nir_sha256": sha256(nir_path(dataset)),
    }
    return {"hidden": hidden, "output": output}, figures


def record(dataset: str, net: nn.Sequential, test: Split, options: dict) -> dict:
    """Write <dataset>_expected/: hidden.npy, output.npy and expected.json. Returns the json's content."""
    spikes, figures = observe(dataset, net, test)
    folder = expected_folder(dataset)
    folder.mkdir(exist_ok=True)
    for name, layer in spikes.items():
        np.save(folder / f"{name}.npy", layer)
    truth = {
        **figures,
        "seed": options["seed"],
        "options": {name: value for name, value in options.items() if name not in ("dataset", "seed", "no_export")},
        "versions": {package: version(package) for package in PACKAGES},
    }
    (folder / "expected.json").write_text(json.dumps(truth, indent=2) + "\n")
    return truth
