//! Which of the mutants that no traffic tells from the design equal it in every state, by SAT.
//!
//! Registers and memories are cut off: each input of theirs, and each output of the design, must be the same function of
//! their outputs and of the design's inputs. A mutant that differs only in states that are never reached is not proved.

use std::fs;
use std::path::Path;

use spikeforge_hdl::emit::ACCELERATOR;

use super::yosys;

const SECONDS_EACH: u32 = 60;
/// What the two cells of combinational logic mean.
const CELLS: &str = "\
module SB_LUT4(output O, input I0, I1, I2, I3);
    parameter [15:0] LUT_INIT = 0;
    assign O = LUT_INIT[{I3, I2, I1, I0}];
endmodule
module SB_CARRY(output CO, input I0, I1, CI);
    assign CO = I0 && I1 || (I0 || I1) && CI;
endmodule
";

/// For each of `mutants`, commands of Yosys on `design.il` in `folder`, whether it is proved equal.
pub fn are_equivalent(folder: &Path, mutants: &[&str]) -> Vec<bool> {
    let cut = |name: &str| {
        format!(
            "techmap -map cells.v t:SB_LUT4 t:SB_CARRY\nexpose -evert t:SB_*\nclean\nrename {ACCELERATOR} {name}\n"
        )
    };
    let mut script = format!("read_rtlil design.il\ndesign -save whole\n{}design -save design\n", cut("rtl"));
    for mutant in mutants {
        script += &format!(
            "design -load whole\n{mutant}\n{}design -stash mutant\ndesign -load design\ndesign -copy-from mutant mutant\n\
             miter -equiv -flatten rtl mutant miter\nopt_merge miter\nopt_expr miter\nopt_clean miter\n\
             sat -timeout {SECONDS_EACH} -prove trigger 0 miter\n",
            cut("mutant")
        );
    }
    let files = [("cells.v".to_owned(), CELLS.to_owned()), ("equivalent.ys".to_owned(), script)];
    yosys(folder, &files, "equivalent.ys", "equivalent.ys.log");
    let log = fs::read_to_string(folder.join("equivalent.ys.log")).unwrap();
    let ends = log.lines().filter(|line| line.starts_with("SAT proof finished") || line.contains("SAT solver: TIMEOUT"));
    let proved: Vec<bool> = ends.map(|line| line.contains("SUCCESS")).collect();
    assert_eq!(proved.len(), mutants.len(), "proofs in the log of Yosys");
    proved
}
