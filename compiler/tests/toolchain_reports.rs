//! What the tools wrote, read.
#![allow(clippy::unwrap_used)]

use expect_test::expect;
use spikeforge_compiler::board::Family;
use spikeforge_compiler::toolchain::reports::{parse_log, parse_report, parse_stat};

const REPORT: &str = r#"{"critical_paths":[
 {"from":"<async>","to":"<async>","path":[{"delay":99,"from":{"cell":"a","loc":[1,1],"port":"O"},"to":{"cell":"b","loc":[1,1],"port":"I"},"type":"routing"}]},
 {"from":"posedge clk","to":"posedge clk","path":[
  {"delay":1.25,"from":{"cell":"count_LC","loc":[1,1],"port":"CLK"},"to":{"cell":"count_LC","loc":[1,1],"port":"O"},"type":"clk-to-q"},
  {"budget":1,"delay":2.0,"from":{"cell":"count_LC","loc":[1,1],"port":"O"},"net":"count[0]","to":{"cell":"sum_LC","loc":[1,2],"port":"I1"},"type":"routing"},
  {"delay":0.5,"from":{"cell":"sum_LC","loc":[1,2],"port":"I1"},"to":{"cell":"sum_LC","loc":[1,2],"port":"COUT"},"type":"logic"},
  {"budget":1,"delay":0.75,"from":{"cell":"sum_LC","loc":[1,2],"port":"COUT"},"net":"$nextpnr_x","to":{"cell":"next_LC","loc":[1,2],"port":"CIN"},"type":"routing"},
  {"delay":0.5,"from":{"cell":"next_LC","loc":[1,2],"port":"CIN"},"to":{"cell":"next_LC","loc":[1,2],"port":"CIN"},"type":"setup"}]}],
 "fmax":{"clk":{"achieved":79.5,"constraint":12},"fast":{"achieved":40.25,"constraint":36}},
 "utilization":{"ICESTORM_LC":{"available":5280,"used":30},"ICESTORM_RAM":{"available":30,"used":1}}}"#;

const LOG: &str = "Info: Device utilisation:
Info: \t         ICESTORM_LC:    30/ 5280     0%
Info: \t        ICESTORM_RAM:     1/   30     3%
Info: Max frequency for clock 'clock$SB_IO_IN_$glb_clk': 60.00 MHz (PASS at 12.00 MHz)
Info: Routing..
Warning: Max frequency for clock 'clock$SB_IO_IN_$glb_clk': 79.76 MHz (FAIL at 100.00 MHz)
";

#[test]
fn a_nextpnr_report() {
    let routed = parse_report(REPORT, Family::Ice40).unwrap();
    assert_eq!(
        (
            routed.fmax_mhz,
            routed.logic_cells.used,
            routed.block_rams.available
        ),
        (40.25, 30, 30)
    );
    expect!["5.0 ns, 2.2 in logic and 2.8 in wires, 1 cells, from count to next, by count[0]"].assert_eq(&routed.critical_path);
}

#[test]
fn a_nextpnr_log() {
    let routed = parse_log(LOG, Family::Ice40).unwrap();
    assert_eq!(
        (
            routed.fmax_mhz,
            routed.logic_cells.used,
            routed.logic_cells.available
        ),
        (79.76, 30, 5280)
    );
    assert_eq!(
        (routed.block_rams.used, routed.block_rams.available),
        (1, 30)
    );
}

#[test]
fn gowin_counts_adders_as_logic() {
    let report = r#"{"fmax":{"c":{"achieved":50,"constraint":1}},"utilization":{"LUT4":{"available":8640,"used":13},"ALU":{"available":6480,"used":26}}}"#;
    let routed = parse_report(report, Family::Gowin).unwrap();
    assert_eq!(
        (routed.logic_cells.used, routed.logic_cells.available),
        (39, 8640)
    );
}

#[test]
fn what_is_no_report_is_a_sentence() {
    let error = |text: &str| parse_report(text, Family::Ice40).unwrap_err();
    expect!["not a nextpnr report: expected value at line 1 column 1"].assert_eq(&error("<html>"));
    expect!["no clock with a flip-flop at both ends of a path"].assert_eq(&error(r#"{"fmax":{},"utilization":{}}"#));
    expect!["no count of ICESTORM_LC"].assert_eq(&error(r#"{"fmax":{"c":{"achieved":1}},"utilization":{}}"#));
    expect!["no clock with a flip-flop at both ends of a path"].assert_eq(&parse_log("nothing", Family::Ice40).unwrap_err());
    expect!["not a statistic of Yosys: missing field `design` at line 1 column 2"].assert_eq(&parse_stat("{}").unwrap_err());
    // A report cut off anywhere is an error, never a panic or a number.
    for end in (0..REPORT.len()).filter(|end| REPORT.is_char_boundary(*end)) {
        assert!(
            parse_report(&REPORT[..end], Family::Ice40).is_err(),
            "{end}"
        );
    }
}
