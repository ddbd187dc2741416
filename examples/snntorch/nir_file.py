"""NIR out and in.

Out: snnTorch's own exporter. In: our own reader, because snnTorch's import_from_nir sets
reset_mechanism="zero" and reset_delay=False whatever was exported, and refuses per-neuron thresholds.
"""

from pathlib import Path

import nir
import numpy as np
import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir
from torch import nn

from model import BETA, N_TIMESTEPS

# The exporter fixes dt; tau = dt / (1 - beta) and r = tau / dt, so that weights need no scaling.
DT = 1e-4

# What NIR's LIF does not say about snnTorch's default neuron.
NEURON = {
    "framework": "snntorch",
    "dt": DT,
    "reset": "subtract",
    "reset_delay": True,
    "fires": "above",
    "beta": BETA,
}


def write_nir(path: Path, net: nn.Sequential, inputs: int, dataset: str) -> None:
    """Export a baked net: Input -> Affine -> LIF -> Affine -> LIF -> Output."""
    graph = export_to_nir(net, torch.zeros(1, inputs), model_name=dataset, ignore_dims=[0])
    for node in graph.nodes.values():
        if isinstance(node, nir.LIF):
            node.metadata = dict(NEURON)
    graph.edges.sort()  # the exporter leaves them in the order of a set: another file each time
    graph.metadata = {
        **NEURON,
        "framework_version": snn.__version__,
        "n_timesteps": N_TIMESTEPS,
        "coding": "phase",
        "dataset": dataset,
    }
    nir.write(path, graph)


def _chain(graph: nir.NIRGraph) -> list[nir.NIRNode]:
    """The nodes between Input and Output, in the order of the edges."""
    after = dict(graph.edges)
    name = next(name for name, node in graph.nodes.items() if isinstance(node, nir.Input))
    nodes = []
    while not isinstance(graph.nodes[name := after[name]], nir.Output):
        nodes.append(graph.nodes[name])
    return nodes


def read_layers(path: Path) -> list[dict[str, np.ndarray]]:
    """The layers of a NIR file as model.baked_net takes them; refuses what it would misread."""
    nodes = _chain(nir.read(path))
    layers = []
    for affine, lif in zip(nodes[::2], nodes[1::2], strict=True):
        if not isinstance(affine, nir.Affine) or not isinstance(lif, nir.LIF):
            raise ValueError(f"{path.name}: expected Affine and LIF in turn")
        dt = np.float32(lif.metadata["dt"])
        if not np.array_equal(lif.r * dt / lif.tau, np.ones_like(lif.tau)) or np.any(lif.v_leak):
            raise ValueError(f"{path.name}: expected r = tau / dt and v_leak = 0")
        beta = 1 - dt / lif.tau
        layers.append({"weight": affine.weight, "bias": affine.bias, "threshold": lif.v_threshold, "beta": beta})
    return layers
