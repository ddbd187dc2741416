use std::fmt::Write;

use serde::Serialize;
use spikeforge_compiler::board::Board;

use super::exit::Failure;
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    description: String,
    family: String,
    device: String,
    clock_hz: u32,
    logic_cells: u32,
    block_rams: u32,
    block_ram_bits: u32,
}

#[derive(Serialize)]
struct Report {
    boards: Vec<Row>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let boards: Vec<Row> = Board::all()?.into_iter().map(Row::of).collect();
    let mut text = format!(
        "{:<17} {:<6} {:>9} {:>11} {:>20}  description\n",
        "board", "family", "clock", "logic cells", "block RAMs"
    );
    for row in &boards {
        let Row {
            name,
            description,
            family,
            logic_cells,
            block_rams,
            block_ram_bits,
            ..
        } = row;
        let megahertz = f64::from(row.clock_hz) / 1e6;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<17} {family:<6} {megahertz:>5.0} MHz {logic_cells:>11} {block_rams:>5} x {block_ram_bits:>6} bits  {description}");
    }
    print::result(args.json, &Report { boards }, &text)
}

impl Row {
    fn of(board: Board) -> Self {
        Row {
            family: board.family.to_string(),
            clock_hz: board.clock.hz,
            logic_cells: board.resources.logic_cells,
            block_rams: board.resources.block_rams,
            block_ram_bits: board.resources.block_ram_bits,
            name: board.name,
            description: board.description,
            device: board.device,
        }
    }
}
