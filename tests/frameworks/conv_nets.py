"""Convolutions and pools of spikes: snnTorch, sinabs and spikingjelly."""

from pathlib import Path

import numpy as np
import sinabs.layers as sl
import snntorch as snn
import torch
from safetensors.torch import save_file
from sinabs.activation import SingleSpike
from sinabs.nir import to_nir as sinabs_to_nir
from snntorch.export_nir import export_to_nir as snntorch_to_nir
from spikingjelly.activation_based import functional, neuron
from spikingjelly.activation_based.nir_exchange import export_to_nir as jelly_to_nir

from record import Recorder, grid, linear, save, signs, spikes, values

T, BATCH = 10, 3
SHAPE = (2, 9, 9)


TOPOLOGY = """
weights = "net.safetensors"
input = [2, 9, 9]
modules = [
  { conv = "0", padding = 1 }, { neuron = "1" },
  { POOL = 3 }, { flatten = true }, { linear = "4" }, { neuron = "5" },
]
"""


def conv(n_inputs: int, n: int, kernel: int, seed: int, **moves) -> torch.nn.Conv2d:
    layer = torch.nn.Conv2d(n_inputs, n, kernel, **moves)
    layer.weight.data = signs(n, n_inputs, kernel, kernel, seed=seed)
    layer.bias.data = grid(-0.5, 1.0, n, seed + 1)
    return layer


def run(net: torch.nn.Sequential, neurons: list[int], inputs: np.ndarray) -> list[np.ndarray]:
    """The spikes of the modules of these places, a timestep a call."""
    recorder = Recorder([net[index] for index in neurons])
    with torch.no_grad():
        for step in torch.from_numpy(inputs):
            net(step)
    return recorder.layers()


def snntorch_case(out: Path) -> None:
    leaky = lambda threshold: snn.Leaky(beta=0.5, threshold=threshold, init_hidden=True)
    net = torch.nn.Sequential(
        conv(2, 4, 3, 700, padding=1), leaky(3.0),
        torch.nn.AvgPool2d(2), conv(4, 6, 3, 710, stride=1), leaky(1.5),
        torch.nn.Flatten(), linear(24, 10, 720), leaky(2.0),
    )  # fmt: skip
    sample = torch.zeros(1, *SHAPE)
    with torch.no_grad():
        net(sample)
        each = [(module, module.mem.shape[1:]) for module in net if isinstance(module, snn.Leaky)]
        # The exporter writes scalars for scalars, which no reader can give a shape: a value for each neuron.
        for module, shape in each:
            module.threshold, module.beta = torch.full(shape, module.threshold.item()), torch.full(shape, 0.5)
        graph = snntorch_to_nir(net, sample, ignore_dims=[0])
        for module, _ in each:
            module.reset_mem()
    layers = run(net, [1, 4, 7], inputs := spikes(0.4, T, BATCH, *SHAPE, seed=700))
    save(out / "snntorch_conv", graph, inputs, layers)


def state_dict_case(out: Path, name: str, pool: torch.nn.Module, spiking: list[int]) -> None:
    """No exporter: the state_dict, which keeps the reset mode, and a topology file. spiking: the places that give spikes."""
    reset = {"beta": 0.5, "init_hidden": True, "reset_mechanism": "zero"}
    net = torch.nn.Sequential(
        conv(2, 4, 3, 740, padding=1), snn.Leaky(threshold=3.0, **reset),
        pool, torch.nn.Flatten(), linear(36, 10, 750), snn.Leaky(threshold=2.0, **reset),
    )  # fmt: skip
    layers = run(net, spiking, inputs := spikes(0.4, T, BATCH, *SHAPE, seed=740))
    folder = out / f"snntorch_state_dict_{name}"
    save(folder, None, inputs, layers)
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, folder / "net.safetensors")
    (folder / "model.toml").write_text(TOPOLOGY.replace("POOL", name))


def values_case(out: Path) -> None:
    """Pixels of three bits in two channels, fed to a strided convolution as numbers of 0 to 1."""
    net = torch.nn.Sequential(
        conv(2, 4, 3, 760, padding=1, stride=2), snn.Leaky(beta=0.5, threshold=2.0137, init_hidden=True),
        torch.nn.Flatten(), linear(100, 10, 770), snn.Leaky(beta=0.5, threshold=4.0, init_hidden=True),
    )  # fmt: skip
    sample = torch.zeros(1, *SHAPE)
    with torch.no_grad():
        net(sample)
        each = [(module, module.mem.shape[1:]) for module in net if isinstance(module, snn.Leaky)]
        for module, shape in each:
            module.threshold, module.beta = torch.full(shape, module.threshold.item()), torch.full(shape, 0.5)
        graph = snntorch_to_nir(net, sample, ignore_dims=[0])
        for module, _ in each:
            module.reset_mem()
    inputs = values(7, T, BATCH, *SHAPE, seed=760)
    layers = run(net, [1, 4], inputs / np.float32(7))
    save(out / "snntorch_conv_values", graph, inputs, layers, input_bits=3, fraction_bits=18)


def sinabs_case(out: Path) -> None:
    def integrator(threshold: float) -> sl.IAFSqueeze:
        return sl.IAFSqueeze(spike_threshold=torch.tensor(threshold), batch_size=BATCH, spike_fn=SingleSpike)

    net = torch.nn.Sequential(
        conv(2, 4, 3, 800, stride=2), integrator(4.0), sl.SumPool2d(2), torch.nn.Flatten(), linear(16, 10, 810), integrator(6.0)
    )
    layers = run(net, [1, 5], inputs := spikes(0.4, T, BATCH, *SHAPE, seed=800))
    with torch.no_grad():
        graph = sinabs_to_nir(net, torch.zeros(BATCH, *SHAPE))
        graph.infer_types()
    save(out / "sinabs_conv", graph, inputs, layers, framework="sinabs")


def jelly_case(out: Path) -> None:
    lif = lambda: neuron.LIFNode(tau=2.0, decay_input=False, v_threshold=2.0)
    net = torch.nn.Sequential(
        conv(2, 4, 3, 900, padding="same", dilation=2), lif(),
        torch.nn.AvgPool2d(3), torch.nn.Flatten(), linear(36, 10, 910), lif(),
    )  # fmt: skip
    with torch.no_grad():
        graph = jelly_to_nir(net, torch.zeros(1, *SHAPE))
    functional.reset_net(net)
    layers = run(net, [1, 5], inputs := spikes(0.4, T, BATCH, *SHAPE, seed=900))
    save(out / "spikingjelly_conv", graph, inputs, layers, framework="spikingjelly")


def make(out: Path) -> None:
    for case in (snntorch_case, values_case, sinabs_case, jelly_case):
        case(out)
    state_dict_case(out, "average_pool", torch.nn.AvgPool2d(3), [1, 5])
    state_dict_case(out, "max_pool", torch.nn.MaxPool2d(3), [1, 2, 5])
