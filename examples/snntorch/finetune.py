"""Train on with the rounding of thresholds and biases in the loop, when rounding alone costs accuracy."""

import numpy as np
import snntorch as snn
import torch
from snntorch import surrogate
from torch import nn

from bake import GREATEST_BIAS, GREATEST_THRESHOLD, LEAST_THRESHOLD
from model import BETA, sign, unroll


def _rounded(value: torch.Tensor, grid: float, least: float, greatest: float) -> torch.Tensor:
    """Rounds and clamps going forward; the gradient passes straight through."""
    hard = torch.clamp(torch.floor(value / grid + 0.5) * grid, least, greatest)
    return value + (hard - value).detach()


class GridLayer(nn.Module):
    """A baked layer that still learns: latent weights, thresholds and biases behind their rounding."""

    def __init__(self, layer: dict[str, np.ndarray], latent: torch.Tensor, grid: float, slope: float):
        super().__init__()
        self.grid = grid
        self.latent = nn.Parameter(latent)
        self.bias = nn.Parameter(torch.tensor(layer["bias"], dtype=torch.float32))
        self.threshold = nn.Parameter(torch.tensor(layer["threshold"], dtype=torch.float32))
        # The surrogate gradient expects a threshold near 1: divide by the threshold the layer starts with.
        self.register_buffer("unit", self.threshold.detach().clone())
        self.neuron = snn.Leaky(beta=BETA, spike_grad=surrogate.atan(slope))

    def parameters_on_grid(self) -> tuple[torch.Tensor, torch.Tensor]:
        bias = _rounded(self.bias, self.grid, -GREATEST_BIAS, GREATEST_BIAS)
        return bias, _rounded(self.threshold, self.grid, LEAST_THRESHOLD, GREATEST_THRESHOLD)

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """(timesteps, n, inputs) -> (timesteps, n, neurons)."""
        bias, threshold = self.parameters_on_grid()
        self.neuron.threshold = threshold / self.unit
        return unroll(self.neuron, (spikes @ sign(self.latent).t() + bias) / self.unit)


class GridNet(nn.Sequential):
    """Continues from folded layers and the latent weights they came from."""

    def __init__(self, layers: list[dict[str, np.ndarray]], latents: list[torch.Tensor], grid: float, slope: float):
        super().__init__(*(GridLayer(layer, latent, grid, slope) for layer, latent in zip(layers, latents)))

    def clip_latents(self) -> None:
        with torch.no_grad():
            for layer in self:
                layer.latent.clamp_(-1.0, 1.0)

    @torch.no_grad()
    def layers(self) -> list[dict[str, np.ndarray]]:
        """The layers as bake.bake leaves them."""
        result = []
        for layer in self:
            bias, threshold = (value.double().numpy() for value in layer.parameters_on_grid())
            weight = np.where(layer.latent.numpy() >= 0, 1.0, -1.0)
            result.append(
                {"weight": weight, "bias": bias, "threshold": threshold, "beta": np.full(len(bias), BETA)}
            )
        return result


def flipped_latents(net: nn.Sequential, layers: list[dict[str, np.ndarray]]) -> list[torch.Tensor]:
    """Latent weights whose signs are those of the folded layers (a negative norm scale flips a row)."""
    return [
        layer.latent.detach().abs() * torch.tensor(folded["weight"], dtype=torch.float32)
        for layer, folded in zip(net, layers)
    ]
