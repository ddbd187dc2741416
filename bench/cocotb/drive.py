"""Drives the accelerator's host port from cocotb, a byte a cycle, and reports cycles a second.

Run by compare.sh; the frames are those of bench/cocotb/frames.py.
"""

import os
import time

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge


@cocotb.test()
async def run(dut):
    with open(os.environ["FRAMES"], "rb") as file:
        frames = file.read()
    cocotb.start_soon(Clock(dut.clock, 2, units="ns").start())
    dut.out_ready.value = 1
    dut.in_lost.value = 0
    dut.in_valid.value = 0
    position, cycles, answer = 0, 0, bytearray()
    start = time.perf_counter()
    while position < len(frames) or int(dut.computing.value):
        dut.in_valid.value = int(position < len(frames))
        if position < len(frames):
            dut.in_byte.value = frames[position]
        await ReadOnly()
        taken = position < len(frames) and int(dut.in_ready.value)
        if int(dut.out_valid.value):
            answer.append(int(dut.out_byte.value))
        await RisingEdge(dut.clock)
        position += int(taken)
        cycles += 1
    seconds = time.perf_counter() - start
    with open(os.environ["ANSWER"], "wb") as file:
        file.write(bytes(answer))
    print(f"cocotb: {cycles} cycles, {cycles / seconds:.0f} cycles a second")
