//! The pipeline: five functions that fit together in one order only. Pure.

use spikeforge_hdl::arch::{Arch, HostOptions, Score};
use spikeforge_hdl::board::{system_clock::ClockSource, top::Pins};
use spikeforge_hdl::emit::{emit, Image, TextFile};
use spikeforge_hdl::harness;
use spikeforge_sim::coding::Encoder;
use spikeforge_sim::{Network, Readout};

use crate::board::pll::Pll;
use crate::board::Board;
use crate::encoder::encoder;
use crate::error::CompileError;
use crate::fold::{fold, Goal, WeightStyle, Wish};
use crate::model::Model;
use crate::options::NeuronOptions;
use crate::pack::pack;
use crate::quantize::{quantize, Quantized};
use crate::rewrite::{rewrite, InputMap, Removal, Rewrites};
use crate::toolchain::PLL_FILE;

/// The system clock that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The board's oscillator.
    Oscillator,
    /// The fastest that the board's PLL makes, up to this many Hz, and that the serial rate divides.
    Pll { at_most_hz: u32 },
}

/// What is asked of the hardware beside the network and its board.
#[derive(Clone, Debug, PartialEq)]
pub struct HardwareOptions {
    pub clock: Clock,
    /// The input repeats at each timestep: its first-layer currents can be computed once a presentation.
    pub repeat_input: bool,
    pub host: HostOptions,
    /// The design tells the class of a presentation itself, by the network's own readout.
    pub argmax: bool,
    /// The design takes values and codes them itself.
    pub encoder: Option<Encoder>,
    pub weights: WeightStyle,
    /// Weights and parameters may be exchanged in the bitstream.
    pub swappable: bool,
    /// None where the weights are to be replaced by those of networks in which other neurons are dead or equal.
    pub rewrites: Rewrites,
    pub goal: Goal,
}

impl From<Clock> for HardwareOptions {
    fn from(clock: Clock) -> Self {
        HardwareOptions {
            clock,
            repeat_input: false,
            host: HostOptions::default(),
            argmax: false,
            encoder: None,
            weights: WeightStyle::Auto,
            swappable: false,
            rewrites: Rewrites::none(),
            goal: Goal::Fastest,
        }
    }
}

/// A network as hardware for a board.
#[derive(Clone, Debug)]
pub struct Design {
    pub board: Board,
    pub pll: Option<Pll>,
    pub quantized: Quantized,
    /// What of a presentation the network takes.
    pub inputs: InputMap,
    pub removals: Vec<Removal>,
    /// Weights and parameters may be exchanged in the bitstream.
    pub swappable: bool,
    pub arch: Arch,
    pub images: Vec<Image>,
    pub top: TextFile,
    pub accelerator: TextFile,
    pub memories: Vec<TextFile>,
}

/// A model for a board.
pub fn compile(
    model: &Model,
    board: &Board,
    options: &NeuronOptions,
    hardware: impl Into<HardwareOptions>,
) -> Result<Design, CompileError> {
    design(quantize(model, options)?, board, hardware)
}

/// A network that is integers already.
pub fn design(quantized: Quantized, board: &Board, hardware: impl Into<HardwareOptions>) -> Result<Design, CompileError> {
    let HardwareOptions { clock, repeat_input, host, argmax, encoder: coding, weights, swappable, rewrites, goal } = hardware.into();
    let n_inputs = quantized.network.input.n();
    let rewritten = rewrite(quantized.network, &rewrites);
    let quantized = Quantized { network: rewritten.network, ..quantized };
    let host = HostOptions { argmax: if argmax { Some(score(&quantized.network)?) } else { None }, ..host };
    let pll = clocked(board, clock)?;
    let coded = coding.map(|asked| encoder(asked, &quantized.network, (quantized.network.input.n(), n_inputs), (repeat_input, host, weights)));
    let encoder = coded.transpose()?;
    let wish = Wish { goal, repeat_input, host, encoder, weights, swappable, system_hz: system_hz(board, pll.as_ref()) };
    let arch = fold(&quantized.network, board, &wish)?;
    let images = pack(&quantized.network, &arch);
    let emitted = emit(&arch, &images, &pins(board, pll.as_ref())?)?;
    Ok(Design {
        board: board.clone(),
        pll,
        quantized,
        inputs: rewritten.inputs,
        removals: rewritten.removals,
        swappable,
        arch,
        images,
        top: emitted.top,
        accelerator: emitted.accelerator,
        memories: emitted.memories,
    })
}

/// What a design compares that tells the class.
fn score(network: &Network) -> Result<Score, CompileError> {
    // The neurons of a convolution pass in another order than the network numbers them.
    if let Some(last) = network.layers.last().filter(|last| last.n_positions() > 1) {
        return Err(CompileError::NoArgmax { layer: last.name.clone(), n_positions: last.n_positions() });
    }
    Ok(match Readout::of(network) {
        Readout::Membrane => Score::Membrane,
        _ => Score::Count,
    })
}

/// The PLL that a clock takes, if any.
pub(crate) fn clocked(board: &Board, clock: Clock) -> Result<Option<Pll>, CompileError> {
    Ok(match clock {
        Clock::Oscillator => None,
        Clock::Pll { at_most_hz } => Some(Pll::fastest(board, at_most_hz)?),
    })
}

pub(crate) fn pins(board: &Board, pll: Option<&Pll>) -> Result<Pins, CompileError> {
    let divisor = board.uart_divisor(system_hz(board, pll))?;
    Ok(Pins {
        clock: if pll.is_some() { ClockSource::Pll } else { ClockSource::Oscillator },
        uart_divisor: usize::try_from(divisor).unwrap_or(usize::MAX),
        led_active_low: board.leds.active_low,
    })
}

fn system_hz(board: &Board, pll: Option<&Pll>) -> u32 {
    pll.map_or(board.clock.hz, |pll| pll.output_hz)
}

impl Design {
    /// Of the clock that the whole design runs at.
    pub fn system_hz(&self) -> u32 {
        system_hz(&self.board, self.pll.as_ref())
    }

    pub fn network(&self) -> &Network {
        &self.quantized.network
    }

    /// The board's top and its memory files, as the tools take them.
    pub fn top_files(&self) -> Vec<(String, String)> {
        let mut files = files(&self.top, &self.memories);
        files.extend(self.pll.map(|pll| (PLL_FILE.to_owned(), pll.verilog())));
        files
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
        Ok(harness::board(pins(&self.board, self.pll.as_ref())?.uart_divisor))
    }
}

fn files(verilog: &TextFile, memories: &[TextFile]) -> Vec<(String, String)> {
    [verilog].into_iter().chain(memories).map(|file| (file.name.clone(), file.text.clone())).collect()
}
