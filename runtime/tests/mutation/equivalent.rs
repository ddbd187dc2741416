//! Which of the mutants that no traffic tells from the design equal it, whatever comes: by induction over all registers
//! from the state that they start in.
//!
//! Only memories are cut off: each input of theirs and each output of the design must be the same at all times, for any
//! input and anything that is read from memory. Yosys makes the miter of design and mutants once, as an and-inverter
//! graph; ABC finds the registers of both that always agree, or never change, and is left with nothing where they are equal
//! (van Eijk's register correspondence, `lcorr`). A mutant that it does not prove may be equal nevertheless.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use spikeforge_hdl::emit::ACCELERATOR;

use super::{yosys, N_BITS};

/// Seconds for a state that differs, where `lcorr` leaves something.
const SECONDS_EACH: u32 = 2;
/// What the cells are but for the memories. Registers start at zero, as on the chip.
const CELLS: &str = include_str!("cells.v");

/// For each of `mutants`, by number, whether it is proved equal. `planting` are the commands that plant all of them in
/// `design.il` in `folder`. `control` is a mutant that differs, which must not be proved.
pub fn are_equivalent(folder: &Path, planting: &str, mutants: &[usize], control: usize) -> Vec<bool> {
    let tested = [&[control], mutants].concat();
    let files = [("cells.v".to_owned(), CELLS.to_owned()), ("equivalent.ys".to_owned(), script(planting, &tested))];
    yosys(folder, &files, "equivalent.ys", &graph(*tested.last().unwrap()));
    let proved: Vec<bool> = tested.iter().map(|mutant| is_proved(folder, *mutant)).collect();
    assert!(!proved[0], "mutant {control}, which differs, was proved equal");
    proved[1..].to_vec()
}

fn graph(mutant: usize) -> String {
    format!("mutant{mutant}.aig")
}

fn script(planting: &str, mutants: &[usize]) -> String {
    let cut = |name: &str| {
        format!(
            "techmap -autoproc -map cells.v\nsimplemap\nexpose -evert t:SB_RAM40_4K\nclean\nrename {ACCELERATOR} {name}\n"
        )
    };
    let mut script = format!(
        "read_rtlil design.il\ndesign -save whole\n{}cd design\nadd -input mutant {N_BITS}\ncd ..\ndesign -save design\n\
         design -load whole\n{planting}{}design -stash mutants\ndesign -load design\ndesign -copy-from mutants mutants\n\
         miter -equiv -flatten design mutants miter\nhierarchy -top miter\nopt_clean\nsimplemap\ndffunmap\naigmap\n\
         setundef -undriven -zero\nsetundef -init -zero\nclean\ndesign -save miter\n",
        cut("design"),
        cut("mutants"),
    );
    for mutant in mutants {
        let graph = graph(*mutant);
        writeln!(
            script,
            "design -load miter\ncd miter\ndelete -input w:in_mutant\nconnect -set in_mutant {N_BITS}'d{mutant}\ncd ..\n\
             write_aiger {graph}"
        )
        .unwrap();
    }
    script
}

fn is_proved(folder: &Path, mutant: usize) -> bool {
    let commands = format!("read_aiger {}; strash; scleanup; lcorr; pdr -T {SECONDS_EACH}", graph(mutant));
    let ended = Command::new("yosys-abc").args(["-c", &commands]).current_dir(folder).output();
    let ended = ended.expect("yosys-abc, which is in Debian's package yosys");
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let verdicts = ["Property proved", "Property UNDECIDED", "was asserted in frame"];
    let told: Vec<bool> = verdicts.iter().map(|verdict| text.contains(verdict)).collect();
    assert!(told.iter().filter(|told| **told).count() == 1, "ABC on mutant {mutant} ended without a verdict: {text}");
    told[0]
}
