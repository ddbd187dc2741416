"""How a pixel becomes spikes: a deterministic phase accumulator."""

import numpy as np


def phase_spikes(pixels: np.ndarray, n_timesteps: int) -> np.ndarray:
    """Spread round(n_timesteps * pixel / 255) spikes evenly over the timesteps.

    pixels: integers 0..255, shape (n, inputs). Returns uint8 0/1, shape (n_timesteps, n, inputs).
    The count n rounds half up; timestep t spikes when floor((t+1)*n/T) > floor(t*n/T).
    Integers only, so that any other implementation can agree bit for bit.
    """
    count = (2 * n_timesteps * pixels.astype(np.int64) + 255) // 510
    phase = np.arange(n_timesteps + 1, dtype=np.int64).reshape(-1, 1, 1) * count // n_timesteps
    return (np.diff(phase, axis=0) > 0).astype(np.uint8)
