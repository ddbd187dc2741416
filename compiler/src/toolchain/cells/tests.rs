//! The block RAM models against a memory of bits, random words, addresses and byte enables at every width.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

use spikeforge_sim::random::SplitMix64;

use super::*;
use crate::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};

const N_CYCLES: usize = 4000;

/// A memory as its data sheet draws it: bits, and words of them.
struct Bits {
    unit: usize,
    bits: Vec<bool>,
}

impl Bits {
    /// The places of the word of `width` bits at `address`, with the byte enable of each.
    fn places(&self, width: usize, address: usize) -> Vec<(usize, usize)> {
        if width < 8 {
            let first = address / width * width;
            return (0..width).map(|bit| ((first + bit) / 8 * self.unit + (first + bit) % 8, 0)).collect();
        }
        let n_bytes = width / self.unit;
        let first = address / 8 / n_bytes * n_bytes * self.unit;
        (0..width).map(|bit| (first + bit, bit / self.unit)).collect()
    }

    fn read(&self, width: usize, address: usize) -> u64 {
        let places = self.places(width, address);
        places.iter().enumerate().map(|(bit, (place, _))| u64::from(self.bits[*place]) << bit).sum()
    }

    /// Whether a word of `width` bits at `address` has byte `byte` written: the enables are the lowest address bits.
    fn enabled(&self, width: usize, address: usize, byte: usize) -> bool {
        width / self.unit < 2 || address >> byte & 1 == 1
    }

    fn writes(&self, width: usize, address: usize) -> bool {
        (0..(width / self.unit).max(1)).any(|byte| self.enabled(width, address, byte))
    }

    fn write(&mut self, width: usize, address: usize, word: u64) {
        for (bit, (place, byte)) in self.places(width, address).into_iter().enumerate() {
            if self.enabled(width, address, byte) {
                self.bits[place] = word >> bit & 1 == 1;
            }
        }
    }

    /// The contents as 64 parameters, each of `rows` rows of `row` bits with `spare` zeros above.
    fn parameters(&self, prefix: &str, row: usize, spare: usize, rows: usize) -> String {
        let of = |index: usize| -> String {
            let part = &self.bits[index * row * rows..(index + 1) * row * rows];
            let mut all: Vec<char> = vec![];
            for row in part.chunks(row) {
                all.extend(row.iter().map(|bit| if *bit { '1' } else { '0' }));
                all.extend(std::iter::repeat_n('0', spare));
            }
            let digits: String = all.iter().rev().collect();
            format!(".{prefix}{index:02X}({}'b{digits})", all.len())
        };
        (0..64).map(of).collect::<Vec<_>>().join(", ")
    }
}

/// One cycle of a memory with a port that writes and one that reads.
struct Cycle {
    write: bool,
    write_address: usize,
    word: u64,
    read_address: usize,
}

fn cycles(seed: u64, write_width: usize) -> Vec<Cycle> {
    let mut random = SplitMix64::new(seed);
    let cycle = |_| Cycle {
        write: random.chance(1, 2),
        // Few addresses, so that most that is read was written; the byte enables are the low bits.
        write_address: random.below(64) * 256 + random.below(64),
        word: random.next_word() & ((1 << write_width) - 1),
        read_address: random.below(64) * 256 + random.below(64),
    };
    (0..N_CYCLES).map(cycle).collect()
}

/// What the simulation of the module `top` among the family's models answers to `input`.
pub(super) fn answers(family: Family, top: String, harness: &str, input: String) -> String {
    let library = |_: &str| Ok(String::new());
    let sources = SimulationSources {
        top: "top".to_owned(),
        files: vec![("top.v".to_owned(), top), ("cells.v".to_owned(), models(family, library).unwrap())],
        defines: defines(family),
        flags: flags(),
    };
    let program =
        verilate(&sources, harness, &VerilateOptions::from_environment(), &Tools::from_environment(), &mut |_| ()).unwrap();
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    writer.join().unwrap().unwrap();
    output
}

/// The instance `text` shows on `shown` what the bits say.
fn check(family: Family, instance: (String, Bits), write_width: usize, read_width: usize) {
    check_later(0, family, instance, write_width, read_width);
}

/// The same, `later` cycles later.
fn check_later(later: usize, family: Family, (text, mut memory): (String, Bits), write_width: usize, read_width: usize) {
    let top = format!(
        "module top(input clock, input write, input [13:0] write_address, input [35:0] word, input [13:0] read_address,\n\
         output [35:0] shown);\n{text}\nendmodule\n"
    );
    let cycles = cycles(write_width as u64 * 100 + read_width as u64, write_width);
    let line = |c: &Cycle| format!("{} {} {} {}\n", u8::from(c.write), c.write_address, c.word, c.read_address);
    let output = answers(family, top, HARNESS, cycles.iter().map(line).collect());
    assert_eq!(output.lines().count(), N_CYCLES);
    for (at, (cycle, shown)) in cycles.iter().zip(output.lines().skip(later)).enumerate() {
        let old = memory.read(read_width, cycle.read_address);
        // Addresses count bits, of which a byte has 8.
        let wider = (write_width.max(read_width) / memory.unit).max(1) * 8;
        let writes = cycle.write && memory.writes(write_width, cycle.write_address);
        let meets = writes && cycle.write_address / wider == cycle.read_address / wider;
        let expected = if meets { !old & ((1 << read_width) - 1) } else { old };
        let shown = shown.parse::<u64>().unwrap() & ((1 << read_width) - 1);
        assert_eq!(shown, expected, "cycle {at}, written {write_width} wide, read {read_width} wide");
        if cycle.write {
            memory.write(write_width, cycle.write_address, cycle.word);
        }
    }
}

fn random_bits(unit: usize) -> Bits {
    let mut random = SplitMix64::new(7);
    Bits { unit, bits: (0..2048 * unit).map(|_| random.chance(1, 2)).collect() }
}

/// Port `A` writes, port `B` reads.
fn ecp5(write_width: usize, read_width: usize) -> (String, Bits) {
    let bits = random_bits(9);
    let pins = |prefix: &str, n: usize, bus: &str, first: usize| -> String {
        (0..n).map(|bit| format!(", .{prefix}{bit}({bus}[{}])", first + bit)).collect()
    };
    let shown = match read_width {
        36 => pins("DOA", 18, "shown", 0) + &pins("DOB", 18, "shown", 18),
        _ => pins("DOB", 18, "shown", 0),
    };
    let text = format!(
        "DP16KD #(.DATA_WIDTH_A({write_width}), .DATA_WIDTH_B({read_width}), {contents}) ram(\n\
         .CLKA(clock), .CLKB(clock), .CEA(1'b1), .CEB(1'b1), .WEA(write), .WEB(1'b0), .RSTA(1'b0), .RSTB(1'b0),\n\
         .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0), .CSB2(1'b0){pins});",
        contents = bits.parameters("INITVAL_", 18, 2, 16),
        pins = [
            pins("ADA", 14, "write_address", 0),
            pins("ADB", 14, "read_address", 0),
            pins("DIA", 18, "word", 0),
            pins("DIB", 18, "word", 18),
            shown,
        ]
        .concat(),
    );
    (text, bits)
}

/// The same with output registers.
fn registered(write_width: usize, read_width: usize) -> (String, Bits) {
    let (text, bits) = ecp5(write_width, read_width);
    let text = text.replace("#(", "#(.REGMODE_A(\"OUTREG\"), .REGMODE_B(\"OUTREG\"), ");
    (text.replace(".CLKA(clock)", ".OCEA(1'b1), .OCEB(1'b1), .CLKA(clock)"), bits)
}

fn gowin(cell: &str, unit: usize, write_width: usize, read_width: usize) -> (String, Bits) {
    let bits = random_bits(unit);
    let text = format!(
        "{cell} #(.BIT_WIDTH_0({write_width}), .BIT_WIDTH_1({read_width}), {}) ram(.DO(shown), .DI(word), .BLKSELA(3'b0),\n\
         .BLKSELB(3'b0), .ADA(write_address), .ADB(read_address), .CLKA(clock), .CLKB(clock), .CEA(write), .CEB(1'b1),\n\
         .OCE(1'b1), .RESETA(1'b0), .RESETB(1'b0));",
        bits.parameters("INIT_RAM_", unit, 0, 32)
    );
    (text, bits)
}

/// Port `A` writes, port `B` reads, each of at most 18 bits.
fn gowin_two_ports(cell: &str, unit: usize, write_width: usize, read_width: usize) -> (String, Bits) {
    let bits = random_bits(unit);
    let text = format!(
        "{cell} #(.BIT_WIDTH_0({write_width}), .BIT_WIDTH_1({read_width}), {}) ram(.DOB(shown[17:0]), .DIA(word[17:0]),\n\
         .BLKSELA(3'b0), .BLKSELB(3'b0), .ADA(write_address), .ADB(read_address), .CLKA(clock), .CLKB(clock), .CEA(1'b1),\n\
         .CEB(1'b1), .WREA(write), .WREB(1'b0), .OCEA(1'b1), .OCEB(1'b1), .RESETA(1'b0), .RESETB(1'b0));",
        bits.parameters("INIT_RAM_", unit, 0, 32)
    );
    (text, bits)
}

const HARNESS: &str = "\
#include <cstdio>
#include \"Vtop.h\"
int main() {
    Vtop dut;
    unsigned long long write, write_address, word, read_address;
    while (scanf(\"%llu %llu %llu %llu\", &write, &write_address, &word, &read_address) == 4) {
        dut.write = write;
        dut.write_address = write_address;
        dut.word = word;
        dut.read_address = read_address;
        dut.clock = 0;
        dut.eval();
        dut.clock = 1;
        dut.eval();
        printf(\"%llu\\n\", (unsigned long long)dut.shown);
    }
}
";

#[test]
fn ecp5_block_ram() {
    for (write, read) in [(36, 36), (36, 9), (18, 18), (9, 18), (2, 9), (1, 1)] {
        check(Family::Ecp5, ecp5(write, read), write, read);
        check_later(1, Family::Ecp5, registered(write, read), write, read);
    }
}

#[test]
fn gowin_block_ram() {
    for (write, read) in [(36, 36), (18, 9), (9, 36)] {
        check(Family::Gowin, gowin("SDPX9B", 9, write, read), write, read);
    }
    for (write, read) in [(32, 32), (16, 8), (4, 16), (1, 2)] {
        check(Family::Gowin, gowin("SDPB", 8, write, read), write, read);
    }
    for (write, read) in [(18, 18), (9, 18), (18, 9)] {
        check(Family::Gowin, gowin_two_ports("DPX9B", 9, write, read), write, read);
    }
    for (write, read) in [(16, 16), (8, 2)] {
        check(Family::Gowin, gowin_two_ports("DPB", 8, write, read), write, read);
    }
}
