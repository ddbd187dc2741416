//! The multiplier models against multiplication in 128 bits: signs or none on each side, random words and the ends.
#![allow(clippy::unwrap_used)]

use spikeforge_sim::random::SplitMix64;

use super::tests::answers;
use super::*;

const N_WORDS: usize = 1000;

/// A line in: both words and both signs; a line out: the product, its high and low half.
const HARNESS: &str = "\
#include <cstdio>
#include \"Vtop.h\"
int main() {
    Vtop dut;
    unsigned long long a, b;
    unsigned sign_a, sign_b;
    while (scanf(\"%llu %llu %u %u\", &a, &b, &sign_a, &sign_b) == 4) {
        dut.a = a;
        dut.b = b;
        dut.sign_a = sign_a;
        dut.sign_b = sign_b;
        dut.eval();
        printf(\"%llu %llu\\n\", (unsigned long long)dut.high, (unsigned long long)dut.low);
    }
}
";

fn value(word: u64, width: u32, is_signed: bool) -> i128 {
    let is_negative = is_signed && word >> (width - 1) & 1 == 1;
    i128::from(word) - if is_negative { 1 << width } else { 0 }
}

fn check(family: Family, width: u32, instance: &str) {
    let top = format!(
        "module top(input [35:0] a, b, input sign_a, sign_b, output [35:0] high, low);\nwire [71:0] product;\n\
         assign {{high, low}} = product;\n{instance}\nendmodule\n"
    );
    let mut random = SplitMix64::new(u64::from(width));
    let ends = [0, 1, (1 << width) - 1, 1 << (width - 1), (1 << (width - 1)) - 1];
    let mut word = |at: usize| if at < 100 { random.pick(&ends) } else { random.next_word() & ((1 << width) - 1) };
    let words: Vec<[u64; 4]> = (0..N_WORDS).map(|at| [word(at), word(at), at as u64 & 1, at as u64 >> 1 & 1]).collect();
    let line = |[a, b, sign_a, sign_b]: &[u64; 4]| format!("{a} {b} {sign_a} {sign_b}\n");
    let output = answers(family, top, HARNESS, words.iter().map(line).collect());
    assert_eq!(output.lines().count(), N_WORDS);
    for ([a, b, sign_a, sign_b], line) in words.iter().zip(output.lines()) {
        let product = value(*a, width, *sign_a == 1) * value(*b, width, *sign_b == 1) & ((1 << (2 * width)) - 1);
        assert_eq!(line, format!("{} {}", product >> 36, product & ((1 << 36) - 1)), "{a} * {b}, signs {sign_a} {sign_b}");
    }
}

#[test]
fn ecp5_multiplier() {
    let pins = |name: &str, bus: &str, n: usize| -> String { (0..n).map(|bit| format!(", .{name}{bit}({bus}[{bit}])")).collect() };
    let pins = pins("A", "a", 18) + &pins("B", "b", 18) + &pins("P", "product", 36);
    let zeros = "assign product[71:36] = 0;";
    check(Family::Ecp5, 18, &format!("{zeros}\nMULT18X18D multiplier(.SIGNEDA(sign_a), .SIGNEDB(sign_b){pins});"));
}

#[test]
fn gowin_multipliers_of_each_width() {
    for (cell, width) in [("MULT9X9", 9), ("MULT18X18", 18), ("MULT36X36", 36)] {
        let (word, product) = (width - 1, 2 * width - 1);
        let zeros = if width < 36 { format!("assign product[71:{}] = 0;", product + 1) } else { String::new() };
        let instance = format!(
            "{zeros}\n{cell} multiplier(.A(a[{word}:0]), .B(b[{word}:0]), .ASIGN(sign_a), .BSIGN(sign_b), .DOUT(product[{product}:0]));"
        );
        check(Family::Gowin, width, &instance);
    }
}

/// A multiplier with registers has no model, and is not taken for one without.
#[test]
fn registers_in_a_multiplier_are_refused() {
    let top = "module top(output [17:0] p);\nMULT9X9 #(.AREG(1'b1)) multiplier(.A(9'b0), .B(9'b0), .DOUT(p));\nendmodule\n";
    let refused = std::panic::catch_unwind(|| answers(Family::Gowin, top.to_owned(), "", String::new()));
    let message = refused.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("spikeforge_has_no_model_of_registered_multipliers"), "{message}");
}
