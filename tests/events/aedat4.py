"""Writes the AEDAT 4 files of fuzz/corpora/events with the cameras' own library: pip install dv-processing (2.0.4).

    python tests/events/aedat4.py FOLDER
"""

import sys
from pathlib import Path

import dv_processing as dv

# Microseconds, column, row, whether the light rose. Each part becomes a packet.
PARTS = (((1000, 3, 5, True), (1010, 33, 0, False), (1400, 0, 33, True)), ((1799, 17, 9, False),))
COMPRESSIONS = {"none": dv.CompressionType.NONE, "lz4": dv.CompressionType.LZ4, "zstd": dv.CompressionType.ZSTD}


def write(path: Path, compression) -> None:
    config = dv.io.MonoCameraWriter.Config("TEST_1", compression)
    config.addEventStream((34, 34))
    config.addTriggerStream()
    writer = dv.io.MonoCameraWriter(str(path), config)
    for part in PARTS:
        store = dv.EventStore()
        for event in part:
            store.push_back(*event)
        writer.writeEvents(store)
        writer.writeTrigger(dv.Trigger(part[0][0], dv.TriggerType.APS_EXPOSURE_START))


for name, compression in COMPRESSIONS.items():
    write(Path(sys.argv[1]) / f"{name}.aedat4", compression)
