use std::fmt::Write;

use serde::Serialize;
use spikeforge_compiler::toolchain::{doctor, Finding, Tools};
use spikeforge_runtime::link::serial;

use super::exit::{Exit, Failure};
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    tools: Vec<Finding>,
    serial_ports: Vec<String>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let report = Report {
        tools: doctor(&Tools::from_environment()),
        serial_ports: serial::ports(),
    };
    print::result(args.json, &report, &text(&report))?;
    let missing: Vec<&str> = report
        .tools
        .iter()
        .filter(|tool| tool.required && tool.path.is_none())
        .map(|tool| tool.tool.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Tool,
        format!("missing: {}", missing.join(", ")),
    ))
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for Finding {
        tool,
        needed_for,
        required,
        path,
        version,
        install,
    } in &report.tools
    {
        let state = match (path, version) {
            (Some(_), Some(version)) => version.clone(),
            (Some(path), None) => path.display().to_string(),
            (None, _) if *required => format!("MISSING; type: {install}"),
            (None, _) => format!("not there; if you want it, type: {install}"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{tool:<32} {needed_for:<36} {state}");
    }
    let ports = match report.serial_ports.join(", ") {
        ports if ports.is_empty() => {
            "none; boards show up here when they are plugged in".to_owned()
        }
        ports => ports,
    };
    let _ = write!(text, "{:<32} {:<36} {ports}", "serial ports", "boards");
    text
}
