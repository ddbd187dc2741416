use serde_json::json;

use super::super::sites::{find, place};
use super::*;

/// Two words of 16 bits: 0x8001 and its complement as marks, 0x0003 and 0 as contents.
fn memories() -> [Memory; 2] {
    ["8001\n7ffe\n", "0003\n0000\n"].map(|text| Memory::read("m.hex", 16, text).unwrap())
}

/// By Yosys' map for iCE40, bit 0 of a word stands in bit 0, bit 1 in bit 8, bit 15 in bit 15.
fn sites() -> Vec<Site> {
    let marks = format!("{}{:016b}{:016b}", "x".repeat(224), 0x7ffe, 0x8001);
    let netlist = json!({"modules": {"top": {"cells": {"a.words.0.0": {"type": "SB_RAM40_4K", "parameters": {"INIT_0": marks}}}}}});
    let mut sites = find(&netlist, "top", &memories()[..1]).unwrap();
    let placed = json!({"modules": {"top": {"cells": {"a.words.0.0_RAM": {"attributes": {"NEXTPNR_BEL": "X6/Y29/ram"}}}}}});
    place(&mut sites, &placed, "NEXTPNR_BEL").unwrap();
    sites
}

fn routed(first: &str) -> String {
    let zeros = vec!["0".repeat(64); 15].join("\n");
    format!(".device 5k\n\n.ram_data 6 29\n{}{first}\n{zeros}\n\n.sym 1 a\n", "0".repeat(56))
}

#[test]
fn bits_of_a_routed_design_are_replaced() {
    let [marks, contents] = memories().map(|memory| [memory]);
    let change = Change { sites: &sites(), marks: &marks, contents: &contents };
    assert_eq!(change.ice40(&routed("7ffe8001")).unwrap(), routed("00000101"));
}

#[test]
fn a_bit_that_is_not_its_mark_stops_the_exchange() {
    let [marks, contents] = memories().map(|memory| [memory]);
    let change = Change { sites: &sites(), marks: &marks, contents: &contents };
    let error = change.ice40(&routed("7ffe8000")).unwrap_err();
    assert_eq!(error, "a.words.0.0, word 0, bit 0 of m.hex is not the mark that was put there");
    assert_eq!(change.ice40(".device 5k\n").unwrap_err(), "there is no RAM at X6/Y29/ram");
    assert_eq!(change.ice40(".ram_data 6 29\n00\n").unwrap_err(), "the RAM at X6/Y29/ram is cut off");
}

#[test]
fn bits_of_a_netlist_are_replaced_and_the_unknown_stay() {
    let [marks, contents] = memories().map(|memory| [memory]);
    let change = Change { sites: &sites(), marks: &marks, contents: &contents };
    let netlist = |number: &str| format!("module m;\n  SB_RAM40_4K #(\n    .INIT_0(256'{number}),\n    .READ_MODE(2'h0)\n  ) \\a.words.0.0  (\n    .RCLK(clock)\n  );\nendmodule\n");
    let unknown = "x".repeat(224);
    let expected = netlist(&format!("b{unknown}{:016b}{:016b}", 0, 0x0101));
    assert_eq!(change.netlist(&netlist(&format!("h{}7ffe8001", "x".repeat(56)))).unwrap(), expected);
    assert_eq!(change.netlist("module m;\nendmodule\n").unwrap_err(), "the netlist has no cell a.words.0.0");
}

/// Two words of 36 bits: nine bits a word of the text, the lowest first.
#[test]
fn bits_of_an_ecp5_design_are_replaced() {
    let [marks, contents] = ["000000001\nffffffffe\n", "800040201\n000000000\n"].map(|text| [Memory::read("m.hex", 36, text).unwrap()]);
    // 18-bit words, each under two bits that are not there.
    let words = [1, 0, 0x3fffe, 0x3ffff].map(|word| format!("{word:020b}"));
    let initial = words.iter().rev().fold("x".repeat(240), |all, word| all + word);
    let netlist = json!({"modules": {"top": {"cells": {"a.words.0.0": {"type": "PDPW16KD", "parameters": {"INITVAL_00": initial}}}}}});
    let mut sites = find(&netlist, "top", &marks).unwrap();
    let placed = json!({"modules": {"top": {"cells": {"a.words.0.0": {"parameters": {"WID": "00000101"}}}}}});
    place(&mut sites, &placed, "WID").unwrap();
    let change = Change { sites: &sites, marks: &marks, contents: &contents };
    let zeros = "\n000 000 000 000 000 000 000 000".repeat(255);
    let text = |first: &str| format!(".tile a\n\n.bram_init 4\n0\n\n.bram_init 5\n{first}{zeros}\n\n");
    let routed = text("001 000 000 000 1fe 1ff 1ff 1ff");
    assert_eq!(change.ecp5(&routed).unwrap(), text("001 001 001 100 000 000 000 000"));
    assert!(change.ecp5(&text("000 000 000 000 1fe 1ff 1ff 1ff")).unwrap_err().contains("word 0, bit 0 of m.hex is not the mark"));
    assert_eq!(change.ecp5(".bram_init 4\n0\n\n").unwrap_err(), "there is no RAM 00000101 for a.words.0.0");
}

/// Two words of 9 bits, the lowest at the end of the parameter.
#[test]
fn bits_of_a_gowin_design_are_replaced() {
    let [marks, contents] = ["001\n1fe\n", "180\n001\n"].map(|text| [Memory::read("m.hex", 9, text).unwrap()]);
    let netlist = |words: &str| json!({"modules": {"top": {"cells": {"a.words.0.0": {"type": "pROMX9", "parameters": {"INIT_RAM_00": words}}}}}});
    let routed = netlist("111111110000000001");
    let sites = find(&routed, "top", &marks).unwrap();
    let change = Change { sites: &sites, marks: &marks, contents: &contents };
    let filled: serde_json::Value = serde_json::from_str(&change.gowin(&routed.to_string()).unwrap()).unwrap();
    assert_eq!(filled, netlist("000000001110000000"));
    assert_eq!(change.gowin("{}").unwrap_err(), "the netlist has no modules");
}

#[test]
fn sites_of_what_is_not_there_are_an_error() {
    let [marks, contents] = memories().map(|memory| [memory]);
    let mut sites = sites();
    sites[0].words = (0, usize::MAX);
    let change = Change { sites: &sites, marks: &marks, contents: &contents };
    assert!(change.ice40(&routed("7ffe8001")).unwrap_err().contains("word 2, bit 0"));
}

#[test]
fn a_memory_that_became_something_else_is_named() {
    let error = find(&json!({"modules": {}}), "top", &memories()[..1]).unwrap_err();
    assert_eq!(error, "m.hex is in no block RAM as it was written: the tools made something else of it");
}
