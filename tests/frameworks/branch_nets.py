"""Sums of branches between one layer and the next, and one recurrent weight for each neuron: snnTorch."""

from pathlib import Path

import nir
import nirtorch
import numpy as np
import snntorch as snn
import torch
from snntorch.export_nir import _extract_snntorch_module

from conv_nets import SHAPE, conv
from record import Recorder, grid, linear, save, spikes
from snntorch_nets import leaky, run

T, BATCH = 10, 3


class Residual(torch.nn.Module):
    """conv3 + conv1 + the spikes themselves; then conv3 with stride + conv1 of a pool; then a matrix + a convolution."""

    def __init__(self) -> None:
        super().__init__()
        neurons = lambda threshold, *shape: snn.Leaky(beta=torch.full(shape, 0.5), threshold=torch.full(shape, threshold), init_hidden=True)
        self.stem, self.lif0 = conv(2, 4, 3, 1000, padding=1), neurons(3.0, 4, 9, 9)
        self.conv3, self.conv1, self.lif1 = conv(4, 4, 3, 1010, padding=1), conv(4, 4, 1, 1020), neurons(3.0, 4, 9, 9)
        self.down, self.pool, self.thin = conv(4, 6, 3, 1030, stride=2), torch.nn.AvgPool2d(2), conv(4, 6, 1, 1040)
        self.lif2 = neurons(2.0, 6, 4, 4)
        self.flatten, self.fc = torch.nn.Flatten(), linear(96, 10, 1050)
        self.whole, self.flat, self.lif3 = conv(6, 10, 4, 1060), torch.nn.Flatten(), neurons(2.0, 10)

    def forward(self, x):
        x = self.lif0(self.stem(x))
        x = self.lif1(self.conv3(x) + self.conv1(x) + x)
        x = self.lif2(self.down(x) + self.thin(self.pool(x)))
        return self.lif3(self.fc(self.flatten(x)) + self.flat(self.whole(x)))


def residual(out: Path) -> None:
    """snnTorch's own export loses the neurons behind a sum, so nirtorch traces its operations, with snnTorch's nodes."""
    net = Residual()
    kinds = (torch.nn.Conv2d, torch.nn.AvgPool2d, torch.nn.Flatten, torch.nn.Linear, snn.Leaky)
    graph = nirtorch.torch_to_nir(
        net, {kind: _extract_snntorch_module for kind in kinds}, type_check=False, stateful_modules={snn.Leaky}
    )
    (start,) = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    graph.nodes[start] = nir.Input(np.array(SHAPE))
    graph.infer_types()
    recorder = Recorder([net.lif0, net.lif1, net.lif2, net.lif3])
    inputs = spikes(0.4, T, BATCH, *SHAPE, seed=1000)
    with torch.no_grad():
        for step in torch.from_numpy(inputs):
            net(step)
    save(out / "snntorch_residual", graph, inputs, recorder.layers())


def recurrent_each(out: Path) -> None:
    """A layer each of whose neurons hears its own spikes only, with a weight of its own, which may be 0."""
    neurons = snn.RLeaky(
        beta=torch.full((24,), 0.5), threshold=grid(2, 6, 24, 1101), all_to_all=False, V=grid(-1, 1, 24, 1102) * 4, init_hidden=True
    )
    net = torch.nn.Sequential(linear(40, 24, 1100), neurons, linear(24, 12, 1103), leaky(12, 1104))
    graph, layers = run(net, inputs := spikes(0.3, 16, 6, 40, seed=1100))
    save(out / "snntorch_recurrent_each", graph, inputs, layers)


def make(out: Path) -> None:
    residual(out)
    recurrent_each(out)
