"""Fold the batch norm away: what is left are -1/+1 weights, a threshold and a bias a neuron."""

import numpy as np
import torch

from model import BETA, TrainNet

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
        norm = layer.norm
        scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).double().detach().numpy()
        shift = norm.bias.double().detach().numpy() - scale * norm.running_mean.double().numpy()
        scale = np.where(scale == 0, 1e-9, scale)
        weight = np.where(layer.latent.detach().numpy() >= 0, 1.0, -1.0) * np.sign(scale)[:, None]
        layers.append(
            {
                "weight": weight,
                "bias": shift / np.abs(scale),
                "threshold": 1.0 / np.abs(scale),
                "beta": np.full(len(scale), BETA),
            }
        )
    return layers


def round_to_grid(values: np.ndarray, grid: float, least: float, greatest: float) -> np.ndarray:
    """The nearest multiple of grid (half up) within [least, greatest]."""
    return np.clip(np.floor(values / grid + 0.5) * grid, least, greatest)


def bake(layers: list[dict[str, np.ndarray]], grid: float) -> list[dict[str, np.ndarray]]:
    """Round thresholds and biases; float32 computes the result exactly (see README)."""
    return [
        {
            **layer,
            "bias": round_to_grid(layer["bias"], grid, -GREATEST_BIAS, GREATEST_BIAS),
            "threshold": round_to_grid(layer["threshold"], grid, LEAST_THRESHOLD, GREATEST_THRESHOLD),
        }
        for layer in layers
    ]
