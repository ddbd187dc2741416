//! Memories of the ECP5, whose block RAMs take longer to answer than the gates behind them.

use spikeforge_hdl::arch::{Arch, StageArch, Style};

use crate::board::{Board, Family};
use crate::memory::{memories, Memory, MemoryKind};

/// Memories of at most this many bits go into lookup tables: beyond, choosing a word takes as long as a block RAM.
const DISTRIBUTED_BITS: usize = 4096;

/// Words of block RAM pass a register; the clock is worth its cycle.
pub(super) fn registered(mut stage: StageArch, board: &Board) -> StageArch {
    stage.memories.registered = board.family == Family::Ecp5;
    stage
}

/// `arch` with small memories in lookup tables, but for those whose contents are exchanged, in block RAM.
pub(super) fn in_lookup_tables(mut arch: Arch, board: &Board) -> Arch {
    if board.family != Family::Ecp5 {
        return arch;
    }
    let mut chosen: Vec<(usize, MemoryKind)> = vec![];
    let mut first = 0;
    for layers in arch.turns() {
        let all = memories(layers);
        chosen.extend(all.iter().filter(|memory| is_small(memory, &all)).map(|memory| (first + memory.layer, memory.kind)));
        first += layers.len();
    }
    for (stage, kind) in chosen {
        let style = if kind == MemoryKind::Tables { Style::Logic } else { Style::Distributed };
        *kind.style_mut(&mut arch.stages[stage].memories) = style;
    }
    arch
}

/// Whether its contents stay, and it and those built as it is are small.
fn is_small(memory: &Memory, all: &[Memory]) -> bool {
    let alike: fn(MemoryKind) -> bool = match memory.kind {
        MemoryKind::Spikes => |kind| kind == MemoryKind::Spikes,
        MemoryKind::State | MemoryKind::Currents => |kind| matches!(kind, MemoryKind::State | MemoryKind::Currents),
        MemoryKind::Tables => |kind| kind == MemoryKind::Tables,
        MemoryKind::Weights | MemoryKind::Parameters => return false,
    };
    all.iter().filter(|other| other.layer == memory.layer && alike(other.kind)).all(|other| other.bits() <= DISTRIBUTED_BITS)
}
