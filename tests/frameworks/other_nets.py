"""Norse, sinabs and spikingjelly."""

import math
from pathlib import Path

import numpy as np
import sinabs.layers as sl
import torch
from norse.torch import IAFCell, LIBoxCell, LIBoxParameters, LIFBoxCell, LIFBoxParameters, LIFCell, LIFParameters, SequentialState
from norse.torch.functional.iaf import IAFParameters
from norse.torch.functional.reset import reset_subtract
from norse.torch.utils.export_nir import to_nir as norse_to_nir
from sinabs.activation import SingleSpike
from sinabs.nir import to_nir as sinabs_to_nir
from spikingjelly.activation_based import functional, neuron
from spikingjelly.activation_based.nir_exchange import export_to_nir as jelly_to_nir

from record import Recorder, grid, linear, save, spikes

T, BATCH = 16, 6
SIZES = (40, 24, 12)


def norse(out: Path, name: str, cell, seed: int, **options) -> None:
    """cell(n, seed) makes the neurons. Norse adds what it does not keep to its state, which is passed along."""
    net = SequentialState(linear(40, 24, seed), cell(24, seed + 2), linear(24, 12, seed + 3), cell(12, seed + 5))
    recorder, state = Recorder([net[1], net[3]]), None
    inputs = spikes(0.3, T, BATCH, 40, seed=seed)
    with torch.no_grad():
        graph = norse_to_nir(net, torch.zeros(1, 40))
        recorder.clear()
        for step in torch.from_numpy(inputs):
            _, state = net(step, state)
    save(out / f"norse_{name}", graph, inputs, recorder.layers(), **options)


def norse_lif(reset):
    """Decay 1 - 0.001 s * 500 / s = 0.5."""

    def cell(n: int, seed: int) -> LIFBoxCell:
        each = {"tau_mem_inv": torch.full((n,), 500.0), "v_leak": torch.zeros(n), "v_reset": torch.zeros(n)}
        return LIFBoxCell(LIFBoxParameters(**each, v_th=grid(1, 3, n, seed), **reset))

    return cell


def norse_synaptic(n: int, seed: int) -> LIFCell:
    """A current that keeps half, behind which the membrane keeps half."""
    each = {"tau_mem_inv": torch.full((n,), 500.0), "v_leak": torch.zeros(n), "v_reset": torch.zeros(n)}
    return LIFCell(LIFParameters(tau_syn_inv=torch.full((n,), 500.0), **each, v_th=grid(2, 5, n, seed)))


def norse_integrator(n: int, seed: int) -> IAFCell:
    return IAFCell(IAFParameters(v_th=grid(2, 6, n, seed), v_reset=torch.zeros(n)))


def norse_readout(out: Path) -> None:
    """The membranes of a leaky integrator answer. Decay 0.5, as that of the neurons."""
    each = {"tau_mem_inv": torch.full((12,), 500.0), "v_leak": torch.zeros(12)}
    readout = LIBoxCell(LIBoxParameters(**each))
    net = SequentialState(linear(40, 24, 330), norse_lif({})(24, 332), linear(24, 12, 333, 0.25), readout)
    recorder, state = Recorder([net[1], net[3]]), None
    inputs = spikes(0.3, T, BATCH, 40, seed=330)
    with torch.no_grad():
        graph = norse_to_nir(net, torch.zeros(1, 40))
        recorder.clear()
        for step in torch.from_numpy(inputs):
            _, state = net(step, state)
    *layers, membranes = recorder.layers()
    save(out / "norse_readout", graph, inputs, layers, membranes, framework="norse", dt=1e-6)


def sinabs(out: Path, name: str, layer, seed: int, **options) -> None:
    """layer(n, seed) makes the neurons, which take (batch, timesteps, n)."""
    net = torch.nn.Sequential(linear(40, 24, seed), layer(24, seed + 2), linear(24, 12, seed + 3), layer(12, seed + 5))
    recorder = Recorder([net[1], net[3]])
    inputs = spikes(0.3, T, BATCH, 40, seed=seed)
    with torch.no_grad():
        net(torch.from_numpy(inputs).movedim(0, 1))
        layers = recorder.layers(time_axis=1)
        graph = sinabs_to_nir(net, torch.zeros(BATCH, 1, 40))
    save(out / f"sinabs_{name}", graph, inputs, layers, framework="sinabs", **options)


def sinabs_lif(n: int, seed: int) -> sl.LIF:
    """Decay exp(-1 / tau) = 0.5; the input is scaled by 1 - 0.5."""
    tau = torch.full((n,), 1 / math.log(2))
    return sl.LIF(tau_mem=tau, spike_threshold=grid(1, 3, n, seed), spike_fn=SingleSpike, norm_input=True)


def sinabs_integrator(n: int, seed: int) -> sl.IAF:
    return sl.IAF(spike_threshold=grid(4, 9, n, seed), spike_fn=SingleSpike)


def sinabs_readout(out: Path) -> None:
    """The same by sinabs. Its exporter says nothing of norm_input, with which the input is scaled by 1 - 0.5."""
    tau = torch.full((12,), 1 / math.log(2))
    readout = sl.ExpLeak(tau_mem=tau, norm_input=True)
    net = torch.nn.Sequential(linear(40, 24, 420), sinabs_lif(24, 422), linear(24, 12, 423, 0.25), readout)
    recorder = Recorder([net[1], net[3]])
    inputs = spikes(0.3, T, BATCH, 40, seed=420)
    with torch.no_grad():
        net(torch.from_numpy(inputs).movedim(0, 1))
        *layers, membranes = recorder.layers(time_axis=1)
        graph = sinabs_to_nir(net, torch.zeros(BATCH, 1, 40))
    save(out / "sinabs_readout", graph, inputs, layers, membranes, framework="sinabs")


def jelly(out: Path, name: str, node, seed: int) -> None:
    """node() makes the neurons; spikingjelly has one threshold for all."""
    net = torch.nn.Sequential(linear(40, 24, seed), node(), linear(24, 12, seed + 3), node())
    recorder = Recorder([net[1], net[3]])
    inputs = spikes(0.3, T, BATCH, 40, seed=seed)
    with torch.no_grad():
        graph = jelly_to_nir(net, torch.zeros(1, 40))
        functional.reset_net(net)
        recorder.clear()
        for step in torch.from_numpy(inputs):
            net(step)
    save(out / f"spikingjelly_{name}", graph, inputs, recorder.layers(), framework="spikingjelly")


def make(out: Path) -> None:
    # Norse writes tau a thousand times too small, for which the time step makes up.
    norse(out, "zero", norse_lif({}), 300, framework="norse", dt=1e-6)
    norse(out, "subtract", norse_lif({"reset_method": reset_subtract}), 310, framework="norse", dt=1e-6, reset="subtract")
    norse(out, "integrator", norse_integrator, 320, framework="norse")
    norse(out, "synaptic", norse_synaptic, 340, framework="norse", dt=1e-6, fraction_bits=20)
    norse_readout(out)
    sinabs_readout(out)
    sinabs(out, "lif", sinabs_lif, 400)
    sinabs(out, "integrator", sinabs_integrator, 410)
    jelly(out, "lif", lambda: neuron.LIFNode(tau=2.0, decay_input=False, v_threshold=3.0), 500)
    jelly(out, "scaled", lambda: neuron.LIFNode(tau=4.0, decay_input=True, v_threshold=1.0), 510)
    jelly(out, "integrator", lambda: neuron.IFNode(v_threshold=4.0), 520)
