"""Writes requests that run random presentations: RUN frames of the host protocol (hdl/src/protocol.rs).

    python3 frames.py INPUTS TIMESTEPS PRESENTATIONS FILE
"""

import binascii
import random
import sys


def checked(part: bytes) -> bytes:
    return part + binascii.crc_hqx(part, 0xFFFF).to_bytes(2, "big")


def run(seq: int, train: bytes) -> bytes:
    header = bytes([seq % 256, 3, 0, 0, 0]) + len(train).to_bytes(2, "little")
    return b"\xa5" + checked(header) + checked(train)


def main() -> None:
    inputs, timesteps, presentations = map(int, sys.argv[1:4])
    random.seed(1)
    size = (inputs + 15) // 16 * 2 * timesteps
    with open(sys.argv[4], "wb") as file:
        for seq in range(presentations):
            file.write(run(seq, bytes(random.getrandbits(8) & random.getrandbits(8) for _ in range(size))))


if __name__ == "__main__":
    main()
