"""Fold the batch norm away: what is left are -1/+1 weights, a threshold and a bias a neuron."""

import sys
from pathlib import Path

import numpy as np

from model import BETA, TrainNet

sys.path.append(str(Path(__file__).resolve().parents[2] / "python"))
from spikeforge_export import binarize, fold_norm, round_to_grid  # noqa: E402

LEAST_THRESHOLD, GREATEST_THRESHOLD = 0.5, 127.5
GREATEST_BIAS = 63.5


def fold(net: TrainNet) -> list[dict[str, np.ndarray]]:
    """Exact layers of a trained net, in float64, not yet rounded.

    norm(current) = scale * current + shift, and the neuron compares with 1. Dividing all by |scale|
    (a LIF neuron does not mind) leaves weights of +-1, threshold 1/|scale| and bias shift/|scale|;
    a negative scale flips the signs of the neuron's weights.
    """
    layers = []
    for layer in net:
        scale, shift = fold_norm(layer.norm)
        weight = binarize(layer.latent.detach().numpy()) * np.sign(scale)[:, None]
        layers.append(
            {
                "weight": weight,
                "bias": shift / np.abs(scale),
                "threshold": 1.0 / np.abs(scale),
                "beta": np.full(len(scale), BETA),
            }
        )
    return layers


def bake(layers: list[dict[str, np.ndarray]], grid: float) -> list[dict[str, np.ndarray]]:
    """Round thresholds and biases; float32 computes the result exactly (see README)."""
    return [
        {
            **layer,
            "bias": np.clip(round_to_grid(layer["bias"], grid), -GREATEST_BIAS, GREATEST_BIAS),
            "threshold": np.clip(round_to_grid(layer["threshold"], grid), LEAST_THRESHOLD, GREATEST_THRESHOLD),
        }
        for layer in layers
    ]
