"""The network in its two lives: being trained, and baked into plain snnTorch modules."""

from collections import OrderedDict

import numpy as np
import snntorch as snn
import torch
from snntorch import surrogate
from torch import nn

from coding import phase_spikes

BETA = 0.5
N_TIMESTEPS = 8


def sign(latent: torch.Tensor) -> torch.Tensor:
    """-1 or +1 (zero counts as +1); the gradient passes straight through to the latent weight."""
    hard = torch.where(latent >= 0, 1.0, -1.0)
    return hard + latent - latent.detach() if latent.requires_grad else hard


class TrainLayer(nn.Module):
    """Sign weights, a batch norm over (timesteps x samples), then snn.Leaky with threshold 1."""

    def __init__(self, inputs: int, neurons: int, slope: float):
        super().__init__()
        self.latent = nn.Parameter(torch.empty(neurons, inputs).uniform_(-0.1, 0.1))
        self.norm = nn.BatchNorm1d(neurons)
        self.neuron = snn.Leaky(beta=BETA, threshold=1.0, spike_grad=surrogate.atan(slope))

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """(timesteps, n, inputs) -> (timesteps, n, neurons)."""
        current = spikes @ sign(self.latent).t()
        current = self.norm(current.flatten(0, 1)).view_as(current)
        return unroll(self.neuron, current)


class TrainNet(nn.Sequential):
    """Layers of the sizes given, e.g. (784, 128, 10)."""

    def __init__(self, sizes: tuple[int, ...], slope: float = 2.0):
        super().__init__(*(TrainLayer(i, o, slope) for i, o in zip(sizes, sizes[1:])))

    def clip_latents(self) -> None:
        with torch.no_grad():
            for layer in self:
                layer.latent.clamp_(-1.0, 1.0)


def unroll(neuron: snn.Leaky, current: torch.Tensor) -> torch.Tensor:
    """Step a neuron from a zero membrane over (timesteps, n, neurons) currents."""
    membrane = torch.zeros_like(current[0])
    spikes = []
    for step in current:
        spike, membrane = neuron(step, membrane)
        spikes.append(spike)
    return torch.stack(spikes)


def baked_net(layers: list[dict[str, np.ndarray]]) -> nn.Sequential:
    """A plain snnTorch model: nn.Linear and snn.Leaky in turn.

    Each layer: weight (neurons, inputs) of -1/+1, bias (neurons,), threshold (neurons,), beta (neurons,).
    The neuron is snnTorch's default: reset by subtraction, one step late, fires strictly above the threshold.
    """
    modules = OrderedDict()
    for index, layer in enumerate(layers, start=1):
        tensors = {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in layer.items()}
        linear = nn.Linear(layer["weight"].shape[1], layer["weight"].shape[0])
        linear.weight.data, linear.bias.data = tensors["weight"], tensors["bias"]
        modules[f"fc{index}"] = linear
        modules[f"lif{index}"] = snn.Leaky(beta=tensors["beta"], threshold=tensors["threshold"], init_hidden=True)
    return nn.Sequential(modules)


@torch.no_grad()
def run_baked(net: nn.Sequential, spikes: np.ndarray) -> list[np.ndarray]:
    """Present (timesteps, n, inputs) spikes; returns each layer's spikes, uint8 (timesteps, n, neurons)."""
    neurons = [module for module in net if isinstance(module, snn.Leaky)]
    for neuron in neurons:
        neuron.mem = torch.zeros(0)
    recorded = [[] for _ in neurons]
    for step in torch.from_numpy(spikes.astype(np.float32)):
        for module in net:
            step = module(step)
            if isinstance(module, snn.Leaky):
                recorded[neurons.index(module)].append(step.numpy().astype(np.uint8))
    return [np.stack(layer) for layer in recorded]


def count_spikes(net: nn.Sequential, pixels: np.ndarray, batch: int = 1000) -> np.ndarray:
    """Output spikes per presentation of each image: integers, shape (n, classes)."""
    batches = (pixels[start : start + batch] for start in range(0, len(pixels), batch))
    outputs = (run_baked(net, phase_spikes(part, N_TIMESTEPS))[-1] for part in batches)
    return np.concatenate([output.sum(axis=0, dtype=np.int64) for output in outputs])


def n_correct(counts: np.ndarray, labels: np.ndarray) -> int:
    """The class is the neuron with most spikes; among equals, the lowest index."""
    return int((counts.argmax(axis=1) == labels).sum())
