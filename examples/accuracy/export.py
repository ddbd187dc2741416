"""Bake a trained network into a NIR file and count what the baked network gets right on the test part.

    python export.py mnist_conv          # after train.py mnist_conv
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from datasets import ROOT, load
from layers import BETA, READOUT_BETA, Net, Readout
from nets import RECIPES, Recipe
from train import CACHE, encoded

sys.path.append(str(ROOT / "python"))
from spikeforge_export import Layer, binarize, divide, fold_norm, on_grid, round_to_grid, write  # noqa: E402

HERE = Path(__file__).resolve().parent
GRID = 0.25


def bake(net: Net) -> list[Layer]:
    """Sign weights, a bias and a threshold for each output, in multiples of GRID."""
    layers, pool = [], 1
    for block in net:
        n, weight = len(block.latent), binarize(block.latent.detach().numpy())
        if isinstance(block, Readout):
            # The unit of membranes that are only compared is free: that of the weights.
            bias = round_to_grid(block.bias.detach().numpy() / block.unit, GRID)
            layers.append(Layer(weight, bias, np.ones(n), beta=READOUT_BETA, fires="never", pool=pool))
        else:
            latent = Layer(weight, np.zeros(n), np.ones(n), beta=BETA, pool=pool)
            layers.append(on_grid(divide(latent, *fold_norm(block.norm)), GRID))
        pool = block.pool
    return layers


@torch.no_grad()
def scores(layers: list[Layer], spikes: torch.Tensor) -> torch.Tensor:
    """How often each output fires, or the membrane of one that never does, (n, outputs), on spikes or values (timesteps, n, ...).

    Every sum is exact in float32.
    """
    for layer in layers:
        flat, weight = spikes.flatten(0, 1), torch.from_numpy(layer.weight.astype(np.float32))
        flat = flat if layer.pool == 1 else nn.functional.avg_pool2d(flat, layer.pool)
        each = (1, -1) + (1,) * (weight.ndim - 2)
        bias, threshold = (torch.from_numpy(value.astype(np.float32)).view(each) for value in (layer.bias, layer.threshold))
        current = nn.functional.conv2d(flat, weight) if weight.ndim == 4 else nn.functional.linear(flat.flatten(1), weight)
        current = (current + bias).unflatten(0, (len(spikes), -1))
        membrane, fired, every = torch.zeros_like(current[0]), torch.zeros_like(current[0]), []
        if layer.fires == "never":
            for step in current:
                membrane = layer.beta * membrane + step
            return membrane
        for step in current:
            membrane = layer.beta * membrane + step - fired * threshold
            fired = (membrane > threshold).float()
            every.append(fired)
        spikes = torch.stack(every)
    return spikes.sum(dim=0)


def n_correct(layers: list[Layer], recipe: Recipe, split) -> int:
    right = 0
    for start in range(0, len(split.labels), 500):
        part = split.take(slice(start, start + 500))
        shown = encoded(recipe, torch.from_numpy(part.pixels.astype(np.int64)))
        answers = scores(layers, shown.expand(recipe.n_timesteps, *shown.shape[1:])).argmax(dim=1)
        right += int((answers.numpy() == part.labels).sum())
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("net", choices=sorted(RECIPES))
    name = parser.parse_args().net
    recipe = RECIPES[name]
    torch.set_num_threads(1)
    net = recipe.build()
    net.load_state_dict(torch.load(CACHE / f"{name}.pt")["states"][0])
    layers = bake(net.eval())
    told = {"n_timesteps": recipe.n_timesteps, "coding": "rate", "dataset": recipe.dataset, "framework": "snntorch"}
    if recipe.value_bits > 1:
        told |= {"coding": "values", "input_bits": recipe.value_bits, "input_scale": 1.0}
    write(HERE / f"{name}.nir", layers, recipe.shape, **told)
    _, validation, test = load(recipe.dataset, recipe.shape)
    figures = {
        "validation_images": len(validation.labels),
        "validation_correct": n_correct(layers, recipe, validation),
        "test_images": len(test.labels),
        "test_correct": n_correct(layers, recipe, test),
        "n_timesteps": recipe.n_timesteps,
        "seed": recipe.seed,
    }
    print(name, figures)
    # Where the test part is not a file of its own, the places of its samples.
    places = {} if len(test.labels) == 10_000 else {"test_places": np.sort(test.places).tolist()}
    (HERE / f"{name}.json").write_text(json.dumps(figures | places) + "\n")


if __name__ == "__main__":
    main()
