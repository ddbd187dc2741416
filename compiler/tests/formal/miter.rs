//! RTL against netlist: the LIF steps before and after synthesis, equal on every input by SAT.

use spikeforge_compiler::toolchain::{Runner, Tool, ToolError, Tools};
use spikeforge_hdl::arch::{Fires, NeuronArch, Reset};

use super::blocks::{lif_defines, lif_stages, lif_steps};
use super::prover::command;

/// The steps in a row, as the pipeline has them, without its registers.
const CHAIN: &str = include_str!("../../../formal/lif_chain.v");

/// Proves that the chain and what synthesis makes of it are equal; `fault` is a Yosys command on the netlist.
fn equal(blocks: &[(&'static str, String)], defines: &[(&str, i64)], fault: &str) -> Result<(), ToolError> {
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![("chain.v".to_owned(), CHAIN.to_owned())];
    files.extend(blocks.iter().map(|(name, text)| (format!("{name}.v"), text.clone())));
    let names: Vec<String> = blocks.iter().map(|(name, _)| format!("{name}.v")).collect();
    let defines: String = defines.iter().map(|(name, value)| format!(" -D{name}={value}")).collect();
    let read = format!("read_verilog{defines} chain.v {}", names.join(" "));
    let script = format!(
        "{read}\nsynth_ice40 -abc9 -device hx -top lif_chain\n{fault}rename lif_chain netlist\ndesign -stash made\n\
         {read}\nprep -flatten -top lif_chain\nrename lif_chain rtl\ndesign -copy-from made netlist\n\
         # The library's models of the cells, without those that are no logic.\n\
         read_verilog -D NO_ICE40_DEFAULT_ASSIGNMENTS -lib +/ice40/cells_sim.v\n\
         techmap -map cells.v netlist\nclean\n\
         miter -equiv -flatten -make_outputs rtl netlist miter\nhierarchy -top miter\n\
         sat -verify -prove trigger 0 -show-inputs miter\n"
    );
    files.push(("cells.v".to_owned(), CELLS.to_owned()));
    files.push(("miter.ys".to_owned(), script));
    let tools = Tools::from_environment();
    let mut runner = Runner { tools: &tools, folder: folder.path(), progress: &mut |_| () };
    runner.write(&files)?;
    runner.run(&command(Tool::Yosys, &["-s", "miter.ys"], "miter.log"))
}

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

#[test]
fn lif_netlist() {
    // A subtraction ahead behind a leak of five bits takes SAT minutes; the other one, without a leak, seconds.
    let is_slow = |neuron: &NeuronArch| neuron.reset == Reset::SubtractAhead && neuron.fires == Fires::At;
    for stage in lif_stages().into_iter().filter(|stage| !is_slow(&stage.neuron)) {
        let (blocks, defines) = (lif_steps(&stage), lif_defines(&stage));
        equal(&blocks, &defines, "").unwrap();
    }
    let stage = &lif_stages()[0];
    let turned_over = "select -set one t:SB_LUT4 %R1\nsetparam -set LUT_INIT 16'h6996 @one\nselect -clear\n";
    let error = equal(&lif_steps(stage), &lif_defines(stage), turned_over).expect_err("a fault that was found").to_string();
    assert!(error.contains("proof did fail"), "{error}");
}
