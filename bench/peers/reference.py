"""The reference beside numpy, snnTorch and Norse: 784-256-10, 16 timesteps, spikes compared in the same run.

    reference.py REFERENCE_BINARY FOLDER

Weights are random signs, the input is MNIST test images coded at a rate. Peers run in float32, where their matrix products
are fastest; at a decay of 1/2 it holds 16 timesteps of these membranes near the threshold exactly, so that every output
spike can be compared. Every peer runs in a process of its own, with as many BLAS and torch threads as asked for, and is
warm; of each, the fastest repeat counts. Prints Markdown; fails where a spike differs or numpy is not 10 times slower.
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

N_INPUTS, N_HIDDEN, N_OUTPUTS, TIMESTEPS = 784, 256, 10, 16
# 16 bits hold every membrane of 16 timesteps at a decay of 1/2, so that the floats and the integers are the same.
FRACTION_BITS = 16
THRESHOLDS = [12, 4]
REPEATS = 30
# Everyone is repeated for so long at least: what others do on this machine comes and goes.
SECONDS = 1.0
IMAGES = pathlib.Path(__file__).resolve().parents[2] / "data/mnist/t10k-images-idx3-ubyte.gz"


def images(n: int) -> np.ndarray:
    with gzip.open(IMAGES) as file:
        return np.frombuffer(file.read(16 + n * N_INPUTS), np.uint8)[16:].reshape(n, N_INPUTS)


def rate_coded(pixels: np.ndarray) -> np.ndarray:
    """(timesteps, batch, inputs): evenly spaced spikes in proportion to each pixel."""
    n = (2 * TIMESTEPS * pixels.astype(np.int64) + 255) // 510
    t = np.arange(TIMESTEPS)[:, None, None]
    return ((t + 1) * n // TIMESTEPS > t * n // TIMESTEPS).astype(np.uint8)


def signs() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    sizes = [N_INPUTS, N_HIDDEN, N_OUTPUTS]
    return [rng.integers(0, 2, (after, before)).astype(np.uint8) for before, after in zip(sizes, sizes[1:])]


def network(weights: list[np.ndarray], reset: str) -> dict:
    def layer(index: int) -> dict:
        rows = np.packbits(weights[index], axis=1, bitorder="little")
        n = len(rows)
        return {
            "name": f"fc{index + 1}",
            "weights": {"n_inputs": weights[index].shape[1], "rows": [row.tobytes().hex() for row in rows]},
            "neurons": {
                "fraction_bits": FRACTION_BITS, "beta_bits": 1, "beta": [1] * n, "bias": [0] * n,
                "threshold": [THRESHOLDS[index] << FRACTION_BITS] * n,
                "reset": reset, "reset_delay": reset == "subtract", "fires": "above", "membrane_bits": 28,
            },
        }
    return {"input": {"shape": [N_INPUTS]}, "layers": [layer(0), layer(1)]}


def numpy_runner(weights: list[np.ndarray], reset: str):
    matrices = [np.ascontiguousarray((2.0 * w - 1).T, np.float32) for w in weights]
    thresholds = [np.float32(threshold) for threshold in THRESHOLDS]

    def run(spikes: np.ndarray) -> np.ndarray:
        batch = spikes.shape[1]
        membranes = [np.zeros((batch, m.shape[1]), np.float32) for m in matrices]
        late = [np.zeros_like(m) for m in membranes]
        outputs = []
        for x in spikes:
            for layer, matrix in enumerate(matrices):
                membrane = membranes[layer]
                membrane *= np.float32(0.5)
                membrane += x @ matrix
                if reset == "subtract":
                    membrane -= late[layer]
                fired = membrane > thresholds[layer]
                if reset == "subtract":
                    np.multiply(fired, thresholds[layer], out=late[layer])
                else:
                    membrane[fired] = 0
                x = fired.astype(np.float32)
            outputs.append(fired)
        return np.stack(outputs)

    return run


def torch_runner(peer: str, weights: list[np.ndarray], n_threads: int):
    import torch

    torch.set_num_threads(n_threads)
    linears = [torch.from_numpy(2.0 * w.astype(np.float32) - 1) for w in weights]
    if peer == "snnTorch":
        import snntorch

        cells = [snntorch.Leaky(beta=0.5, threshold=float(t), reset_mechanism="subtract") for t in THRESHOLDS]
    else:
        import norse.torch as norse

        # v' = v + dt tau (i - v) = v / 2 + i / 2, so that twice v is the membrane.
        cells = [norse.LIFBoxCell(norse.LIFBoxParameters(tau_mem_inv=torch.tensor(500.0), v_th=torch.tensor(t / 2)), dt=0.001)
                 for t in THRESHOLDS]

    def run(spikes):
        states, outputs = [None, None], []
        with torch.inference_mode():
            if peer == "snnTorch":
                states = [cell.init_leaky() for cell in cells]
            for x in spikes:
                for layer, cell in enumerate(cells):
                    x, states[layer] = cell(torch.nn.functional.linear(x, linears[layer]), states[layer])
                outputs.append(x)
            return torch.stack(outputs)

    return run


def fastest(run, spikes) -> tuple[float, np.ndarray]:
    output = run(spikes)
    seconds = []
    while len(seconds) < REPEATS or sum(seconds) < SECONDS:
        start = time.perf_counter()
        run(spikes)
        seconds.append(time.perf_counter() - start)
    return min(seconds), np.asarray(output).astype(np.uint8)


def worker(peer: str, reset: str, n_threads: int, inputs: str, output: str) -> None:
    spikes = np.load(inputs).astype(np.float32)
    if peer == "numpy":
        run = numpy_runner(signs(), reset)
    else:
        import torch

        run, spikes = torch_runner(peer, signs(), n_threads), torch.from_numpy(spikes)
    seconds, spikes_out = fastest(run, spikes)
    np.save(output, spikes_out)
    print(seconds)


def measured(command: list[str], n_threads: int) -> float:
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(n_threads), OMP_NUM_THREADS=str(n_threads), PYTHONWARNINGS="ignore")
    # A setting for old processors would slow the peers down.
    environment.pop("OPENBLAS_CORETYPE", None)
    environment.pop("OPENBLAS_L2_SIZE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return float(done.stdout)


def main() -> None:
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: str(folder / name) for name in ["spikes.npy", "ours.npy", "theirs.npy"]}
    print("| batch | threads | | us a presentation | ours is faster by | output spikes that differ |\n|---|---|---|---|---|---|")
    failed = False
    for batch in [1, 256]:
        spikes = rate_coded(images(batch))
        np.save(files["spikes.npy"], spikes)
        for n_threads in [1, 2]:
            times = {}
            for peer, reset in [("numpy", "subtract"), ("snnTorch", "subtract"), ("Norse", "zero")]:
                described = folder / f"{reset}.json"
                described.write_text(json.dumps(network(signs(), reset)))
                arguments = [str(described), files["spikes.npy"], str(n_threads), str(SECONDS), files["ours.npy"]]
                if reset not in times:
                    times[reset] = measured([binary, *arguments], n_threads)
                    print(f"| {batch} | {n_threads} | reference, {reset} reset | {1e6 * times[reset] / batch:.1f} | | |")
                    ours = np.load(files["ours.npy"])
                theirs = measured([sys.executable, __file__, "--worker", peer, reset, str(n_threads), files["spikes.npy"],
                                   files["theirs.npy"]], n_threads)
                differ = int((np.load(files["theirs.npy"]) != ours).sum())
                ratio = theirs / times[reset]
                print(f"| {batch} | {n_threads} | {peer} | {1e6 * theirs / batch:.1f} | {ratio:.0f} times | {differ} of {ours.size} ({int(ours.sum())} set) |", flush=True)
                failed |= differ != 0 or (peer == "numpy" and ratio < 10)
    print(f"\nnumpy {np.__version__}; {spikes.mean():.1%} of the inputs spike in a timestep; fastest of what a second holds, or of {REPEATS} repeats.")
    if failed:
        sys.exit("a spike differs, or the reference is not 10 times as fast as numpy")


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5], sys.argv[6])
    else:
        main()
