//! A design that codes its inputs itself: which networks and options go with it, and what it takes.

use spikeforge_hdl::arch::{Arch, EncoderArch, HostOptions, StageArch, Style, VALUE_BITS};
use spikeforge_sim::coding::Encoder;
use spikeforge_sim::Network;
use thiserror::Error;

use crate::fold::WeightStyle;
use crate::memory::{Memory, MemoryKind};

/// Why a design does not code its inputs itself.
#[derive(Debug, Error)]
pub enum EncoderError {
    #[error("--encoder makes other spikes at each timestep, --repeat-input keeps the currents of an input that repeats: leave one of them out")]
    Repeats,
    #[error("what the host writes into memories passes where --encoder takes values: leave out --host-writes, or --encoder")]
    Writes,
    #[error("weights in single-port RAM are written by the host, and what it writes passes where --encoder takes values: say --weights block, or leave out --encoder")]
    Spram,
    #[error("the network takes values of {bits} bits as they are, --encoder makes spikes of values: leave out --input-bits, or --encoder")]
    Values { bits: u32 },
    #[error("{removed} of {n} inputs were left out as constant, --encoder wants a value of each: leave out --calibration and --silent-inputs, or --encoder")]
    Inputs { removed: usize, n: usize },
    #[error("--encoder takes at most 65535 values a timestep, the network has {n} inputs")]
    TooMany { n: usize },
    #[error("--encoder lfsr draws for the {channels} channels of a place in turn, which --encode lfsr does not; use --encoder accumulator, which makes as many spikes")]
    Channels { channels: usize },
    #[error("--encoder latency takes 1 to 65535 timesteps, not {got}")]
    Timesteps { got: u32 },
    #[error("--encoder delta takes a threshold of 1 to 255, not {got}")]
    Threshold { got: u8 },
    #[error("--encoder lfsr takes a seed of 1 to 65535: from 0 the register never moves")]
    Seed,
}

/// Whether such a coding can be built at all.
fn check(encoder: Encoder) -> Result<(), EncoderError> {
    match encoder {
        Encoder::Latency { n_timesteps: got @ (0 | 65_536..) } => Err(EncoderError::Timesteps { got }),
        Encoder::Delta { threshold: got @ 0 } => Err(EncoderError::Threshold { got }),
        Encoder::Lfsr { seed: 0 } => Err(EncoderError::Seed),
        _ => Ok(()),
    }
}

/// The encoder before `network`, whose rewriting kept `n_kept` inputs of the model's `n`.
pub(crate) fn encoder(
    asked: Encoder,
    network: &Network,
    (n_kept, n): (usize, usize),
    (repeats, host, weights): (bool, HostOptions, WeightStyle),
) -> Result<EncoderArch, EncoderError> {
    check(asked)?;
    let bits = network.value_bits();
    let channels = network.layers.first().and_then(|layer| layer.window.as_ref()).map_or(1, |window| window.n_inputs() / window.n_frame().max(1));
    match asked {
        _ if repeats => Err(EncoderError::Repeats),
        _ if host.writes => Err(EncoderError::Writes),
        _ if weights == WeightStyle::Spram => Err(EncoderError::Spram),
        _ if bits > 1 => Err(EncoderError::Values { bits }),
        _ if n_kept < n => Err(EncoderError::Inputs { removed: n - n_kept, n }),
        _ if n > 65_535 => Err(EncoderError::TooMany { n }),
        Encoder::Lfsr { .. } if channels > 1 => Err(EncoderError::Channels { channels }),
        _ => Ok(arch_of(asked)),
    }
}

fn arch_of(encoder: Encoder) -> EncoderArch {
    match encoder {
        Encoder::Accumulator => EncoderArch::Accumulator,
        Encoder::Lfsr { seed } => EncoderArch::Lfsr { seed },
        Encoder::Latency { n_timesteps } => EncoderArch::Latency { n_timesteps },
        Encoder::Delta { threshold } => EncoderArch::Delta { threshold },
    }
}

/// The coding in software that a design's encoder equals.
pub fn coding_of(arch: EncoderArch) -> Encoder {
    match arch {
        EncoderArch::Accumulator => Encoder::Accumulator,
        EncoderArch::Lfsr { seed } => Encoder::Lfsr { seed },
        EncoderArch::Latency { n_timesteps } => Encoder::Latency { n_timesteps },
        EncoderArch::Delta { threshold } => Encoder::Delta { threshold },
    }
}

/// The memories of a design's encoder: values, and the states of the codings that have them.
pub fn encoder_memories(arch: &Arch) -> Vec<Memory> {
    let (Some(encoder), Some(first)) = (arch.encoder, arch.stages.first()) else { return vec![] };
    let width = usize::try_from(VALUE_BITS).unwrap_or(usize::MAX);
    let style = EncoderArch::memory_style(first.n_inputs);
    let memory = |kind| Memory { layer: 0, kind, words: first.n_inputs, width, style };
    let states = encoder.has_states().then(|| memory(MemoryKind::State));
    [memory(MemoryKind::Spikes)].into_iter().chain(states).collect()
}

/// Logic cells of a design's encoder: tables and flip-flops counted by hand. It stands beside the fitted model, whose builds
/// have no encoder.
pub fn encoder_cells(arch: &Arch) -> u32 {
    let (Some(encoder), Some(first)) = (arch.encoder, arch.stages.first()) else { return 0 };
    let of_coding = match encoder {
        EncoderArch::Accumulator => 28,
        EncoderArch::Delta { .. } => 20,
        EncoderArch::Lfsr { .. } => 50,
        EncoderArch::Latency { .. } => 70,
    };
    // The bit of the next spike and the word so far, each input's index three times, the passes that are left.
    let passes = 2 * first.beat + 4 * index_bits(first) + 55;
    let in_logic = encoder_memories(arch).iter().filter(|memory| memory.style == Style::Logic).map(|memory| memory.logic_cost(arch.host)).sum::<usize>();
    passes + of_coding + u32::try_from(in_logic).unwrap_or(u32::MAX)
}

fn index_bits(first: &StageArch) -> u32 {
    usize::BITS - (first.n_inputs - 1).leading_zeros()
}
