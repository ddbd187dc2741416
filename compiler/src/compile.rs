//! The pipeline: five functions that fit together in one order only. Pure.

use spikeforge_hdl::arch::Arch;
use spikeforge_hdl::board::{pll::ClockSource, top::Pins};
use spikeforge_hdl::emit::{emit, Image, TextFile};
use spikeforge_hdl::harness;
use spikeforge_sim::Network;

use crate::board::Board;
use crate::error::CompileError;
use crate::fold::fold;
use crate::model::Model;
use crate::options::NeuronOptions;
use crate::pack::pack;
use crate::quantize::{quantize, Quantized};

/// A network as hardware for a board.
#[derive(Clone, Debug)]
pub struct Design {
    pub board: Board,
    pub quantized: Quantized,
    pub arch: Arch,
    pub images: Vec<Image>,
    pub top: TextFile,
    pub accelerator: TextFile,
    pub memories: Vec<TextFile>,
}

/// A model for a board.
pub fn compile(model: &Model, board: &Board, options: &NeuronOptions) -> Result<Design, CompileError> {
    design(quantize(model, options)?, board)
}

/// A network that is integers already.
pub fn design(quantized: Quantized, board: &Board) -> Result<Design, CompileError> {
    let arch = fold(&quantized.network, board)?;
    let images = pack(&quantized.network, &arch);
    let emitted = emit(&arch, &images, &pins(board)?)?;
    Ok(Design {
        board: board.clone(),
        quantized,
        arch,
        images,
        top: emitted.top,
        accelerator: emitted.accelerator,
        memories: emitted.memories,
    })
}

/// The board's oscillator is the system clock.
pub fn pins(board: &Board) -> Result<Pins, CompileError> {
    let divisor = board.uart_divisor(board.clock.hz)?;
    Ok(Pins {
        clock: ClockSource::Plain,
        uart_divisor: usize::try_from(divisor).unwrap_or(usize::MAX),
        led_active_low: board.leds.active_low,
    })
}

impl Design {
    pub fn network(&self) -> &Network {
        &self.quantized.network
    }

    /// The board's top and its memory files, as the tools take them.
    pub fn top_files(&self) -> Vec<(String, String)> {
        files(&self.top, &self.memories)
    }

    /// The accelerator without its pins, for fast simulation.
    pub fn accelerator_files(&self) -> Vec<(String, String)> {
        files(&self.accelerator, &self.memories)
    }

    /// C++ main program for [`Design::accelerator_files`].
    pub fn accelerator_harness(&self) -> String {
        harness::accelerator(&self.arch)
    }

    /// C++ main program for [`Design::top_files`] and every netlist of it.
    pub fn board_harness(&self) -> Result<String, CompileError> {
        Ok(harness::board(pins(&self.board)?.uart_divisor))
    }

    /// Cycles of a timestep of the slowest stage, when no beat is skipped.
    pub fn cycles_per_timestep(&self) -> usize {
        self.arch.stages.iter().map(|stage| stage.cycles_per_timestep()).max().unwrap_or(0)
    }
}

fn files(verilog: &TextFile, memories: &[TextFile]) -> Vec<(String, String)> {
    [verilog].into_iter().chain(memories).map(|file| (file.name.clone(), file.text.clone())).collect()
}
