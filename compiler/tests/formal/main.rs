//! The properties of `formal/` proved of the blocks as they are emitted, and each proof shown to find a fault.
#![allow(clippy::unwrap_used)]

mod blocks;
mod miter;
mod prover;

use blocks::{lif_defines, lif_stages, lif_steps, one};
use prover::{Method::{Sat, SatInduction, Z3}, Proof};
use spikeforge_hdl::arch::Reset;
use spikeforge_hdl::block::{banks::Banks, lane::Lane, lif_steps::{Leak, Saturate}, popcount::Popcount, room::Room};
use spikeforge_hdl::board::{uart_rx::UartRx, uart_tx::UartTx};
use spikeforge_hdl::host::{answers::Answers, byte_slice::ByteSlice};
use spikeforge_hdl::protocol::{DATA, OVERRUN, SPIKES, STATUS};

#[test]
fn lif_update() {
    for (at, stage) in lif_stages().iter().enumerate() {
        let proof = Proof {
            property: "lif_update",
            blocks: lif_steps(stage),
            defines: lif_defines(stage),
            by: Sat,
        };
        // A current is not doubled, a comparison is off by one, a bias has the other sign.
        let faults = [
            ("current_step", "{count, 1'b0}", "{1'b0, count}"),
            ("fire_step", "distance = ", "distance = 1 + "),
            ("drive_step", "+ bias", "- bias"),
        ];
        proof.holds();
        proof.finds(faults[at % faults.len()]);
        if stage.neuron.reset == Reset::SubtractAhead {
            // What was taken in vain is given back doubled.
            proof.finds(("fire_step", "+ threshold", "+ (threshold << 1)"));
        }
    }
}

#[test]
fn leak() {
    for stage in lif_stages() {
        let proof = Proof {
            property: "leak",
            blocks: vec![one(Leak::new(&stage), "leak_step")],
            defines: lif_defines(&stage),
            by: Sat,
        };
        proof.holds();
        // It rounds towards zero.
        proof.finds(("leak_step", "leaked = ", "leaked = membrane[8] + "));
    }
}

#[test]
fn saturation() {
    for stage in lif_stages() {
        let late = match stage.neuron.reset {
            Reset::Subtract => stage.neuron.reset_delay,
            reset => reset == Reset::SubtractAhead,
        };
        let mut defines = lif_defines(&stage);
        defines.push(("LATE", i64::from(late)));
        let proof = Proof {
            property: "saturate",
            blocks: vec![one(Saturate::new(&stage), "saturate_step")],
            defines,
            by: Sat,
        };
        proof.holds();
        // The sign of what overflowed is lost.
        proof.finds(("saturate_step", "{sum[", "{~sum["));
    }
}

#[test]
fn popcount() {
    for (beat, bits) in [(8, 4), (16, 6)] {
        let proof = Proof {
            property: "popcount",
            blocks: vec![one(Popcount::new(beat, 2, bits), "popcount_block")],
            defines: vec![("BEAT", i64::from(beat)), ("BITS", i64::from(bits))],
            by: Z3(2),
        };
        proof.holds();
        // The sum of four loses a carry.
        proof.finds(("popcount_block", "carry << 1", "carry << 2"));
    }
}

#[test]
fn accumulator() {
    for (inputs, bits) in [(1, 1), (20, 5), (784, 10)] {
        let proof = Proof {
            property: "accumulator",
            blocks: vec![one(Lane::new(bits), "lane")],
            defines: vec![("BITS", i64::from(bits)), ("INPUTS", inputs)],
            by: Z3(3),
        };
        proof.holds();
        // The sum goes on into the next group.
        proof.finds(("lane", &format!("sum <= {bits}'h0"), "sum <= sum"));
    }
    // A width that does not hold its inputs.
    let narrow = Proof {
        property: "accumulator",
        blocks: vec![one(Lane::new(5), "lane")],
        defines: vec![("BITS", 5), ("INPUTS", 32)],
        by: Z3(12),
    };
    narrow.fails();
}

#[test]
fn handshake() {
    for full_rate in [false, true] {
        let proof = Proof {
            property: "byte_slice",
            blocks: vec![one(ByteSlice::new(full_rate), "slice")],
            defines: vec![("FULL_RATE", i64::from(full_rate))],
            by: Z3(3),
        };
        proof.holds();
        // It takes a byte over the one that it holds.
        proof.finds(("slice", "in_ready = ", "in_ready = 1 | "));
    }
}

#[test]
fn fifo() {
    for banks in [2, 4] {
        let proof = Proof {
            property: "banks",
            blocks: vec![one(Banks::new(banks), "bank_ring")],
            defines: vec![("BANKS", i64::try_from(banks).unwrap())],
            by: Z3(3),
        };
        proof.holds();
        // A timestep too many is let in; room is told of for two where there is for one.
        proof.finds(("bank_ring", "ready = ", "ready = 1 | "));
        proof.finds(("bank_ring", "roomy = ", "roomy = ready | "));
    }
}

#[test]
fn room_for_spikes() {
    for (banks, turns) in [(2, 0), (2, 1), (4, 1)] {
        let proof = Proof {
            property: "room",
            blocks: vec![one(Room::default(), "room")],
            defines: vec![("BANKS", banks), ("TURNS", turns)],
            by: Z3(12),
        };
        proof.holds();
        match turns {
            // The bank that the timestep before takes as it arrives is promised again.
            0 => proof.finds(("room", "if (arrives)", "if (arrives && sets_out)")),
            // Those on their way are forgotten.
            _ => proof.finds(("room", "has_more = roomy", "has_more = ready")),
        }
    }
}

#[test]
fn answers() {
    let proof = Proof {
        property: "answers",
        blocks: vec![one(Answers::new(1, false), "answers")],
        defines: [("SPIKES", SPIKES), ("DATA", DATA), ("STATUS", STATUS), ("OVERRUN", OVERRUN)]
            .map(|(name, value)| (name, i64::from(value)))
            .to_vec(),
        by: SatInduction(12),
    };
    proof.holds();
    // Spikes are sent before they are there, the request ends with its data, a lost byte is kept from the host.
    proof.finds(("answers", "starting$d = output_available", "starting$d = 1'b1"));
    proof.finds(("answers", "hold = reading$q || closing$q", "hold = reading$q"));
    proof.finds(("answers", "result$d = overrun", "result$d = result$q"));
    // A byte that is lost while a status is owed or sent is forgotten with it.
    proof.finds(("answers", "if (lost_byte)", "if (lost_byte && !closing$q)"));
}

#[test]
fn serial_framing() {
    for divisor in [4, 7, 25] {
        let defines = vec![("DIVISOR", i64::try_from(divisor).unwrap())];
        let transmitter = Proof {
            property: "uart_tx",
            blocks: vec![one(UartTx::new(divisor), "transmitter")],
            defines: defines.clone(),
            by: Z3(4),
        };
        transmitter.holds();
        // The start bit is missing.
        transmitter.finds(("transmitter", "{byte_in, 1'b0}", "{byte_in, 1'b1}"));
        let receiver = Proof {
            property: "uart_rx",
            blocks: vec![one(UartRx::new(divisor), "receiver")],
            defines,
            by: Z3(4),
        };
        receiver.holds();
        // The stop bit is looked for a bit early.
        receiver.finds(("receiver", "4'h9", "4'h8"));
    }
}
