"""Layers of a binarized spiking net in training: sign weights, batch norm, a LIF neuron, average pools of spikes."""

import math

import torch
from torch import nn

BETA = 0.5
READOUT_BETA = 0.875
SLOPE = 2.0  # of the arctangent surrogate gradient


class _Spike(torch.autograd.Function):
    """1 above 0, else 0; backwards the derivative of arctan(pi/2 slope x) / pi."""

    @staticmethod
    def forward(ctx, distance: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(distance)
        return (distance > 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> torch.Tensor:
        (distance,) = ctx.saved_tensors
        return gradient * (SLOPE / 2) / (1 + (math.pi / 2 * SLOPE * distance) ** 2)


def sign(latent: torch.Tensor) -> torch.Tensor:
    """-1 or +1 (zero counts as +1); the gradient passes straight through to the latent weight."""
    hard = torch.where(latent >= 0, 1.0, -1.0)
    return hard + latent - latent.detach() if latent.requires_grad else hard


def lif(current: torch.Tensor) -> torch.Tensor:
    """Spikes of (timesteps, n, ...) currents: threshold 1, reset by subtraction one timestep late, as snnTorch's Leaky."""
    membrane, spike, spikes = torch.zeros_like(current[0]), 0.0, []
    for step in current:
        membrane = BETA * membrane + step - spike
        fired = _Spike.apply(membrane - 1.0)
        spike = fired.detach()
        spikes.append(fired)
    return torch.stack(spikes)


class Block(nn.Module):
    """A crossbar or a convolution of sign weights, a batch norm over timesteps and samples, LIF, perhaps a pool."""

    def __init__(self, shape: tuple[int, ...], pool: int, n_timesteps: int):
        """shape: (outputs, inputs) of a crossbar or (channels, input channels, height, width) of a convolution."""
        super().__init__()
        self.latent = nn.Parameter(torch.empty(shape).uniform_(-0.1, 0.1))
        self.norm = nn.BatchNorm2d(shape[0]) if len(shape) == 4 else nn.BatchNorm1d(shape[0])
        self.pool, self.n_timesteps = pool, n_timesteps

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """(timesteps, n, ...) -> (timesteps, n, ...). An input of one timestep stands for all of them."""
        flat = spikes.flatten(0, 1)
        if self.latent.ndim == 4:
            current = nn.functional.conv2d(flat, sign(self.latent))
        else:
            current = nn.functional.linear(flat.flatten(1), sign(self.latent))
        current = self.norm(current).unflatten(0, (len(spikes), -1))
        fired = lif(current.expand(self.n_timesteps, *current.shape[1:]))
        if self.pool == 1:
            return fired
        return nn.functional.avg_pool2d(fired.flatten(0, 1), self.pool).unflatten(0, (self.n_timesteps, -1))


class Readout(nn.Module):
    """A crossbar of sign weights whose outputs integrate and never fire: what they hold at the end is their answer."""

    def __init__(self, shape: tuple[int, int], n_timesteps: int):
        """shape: (outputs, inputs)."""
        super().__init__()
        self.latent = nn.Parameter(torch.empty(shape).uniform_(-0.1, 0.1))
        self.bias = nn.Parameter(torch.zeros(shape[0]))
        self.unit, self.pool, self.n_timesteps = shape[1] ** -0.5, 1, n_timesteps

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """(timesteps, n, ...) -> (1, n, outputs), the membranes after the last timestep."""
        currents = nn.functional.linear(spikes.flatten(2), sign(self.latent)) * self.unit + self.bias
        membrane = torch.zeros_like(currents[0])
        for step in currents:
            membrane = READOUT_BETA * membrane + step
        return membrane.unsqueeze(0)


class Net(nn.Sequential):
    def clip_latents(self) -> None:
        """Keeps latent weights where the straight-through gradient still turns them."""
        with torch.no_grad():
            for block in self:
                block.latent.clamp_(-1.0, 1.0)
