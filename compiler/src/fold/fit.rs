//! What a board has room for: memories go where there is any, and what does not fit is refused.

use spikeforge_hdl::arch::{Arch, Style};

use super::ecp5::in_lookup_tables;
use super::{larger_boards, Candidate, FoldError, WeightStyle, Wish, LOGIC_PERCENT};
use crate::board::Board;
use crate::cost::{logic_cells, total_block_rams, Cost};
use crate::memory::{memories, sprams, Memory, MemoryKind};

/// Memories of at most this many bits may be built of logic when block RAMs run short.
const LOGIC_MEMORY_BITS: usize = 2048;
/// Bits of one block of single-port RAM.
const SPRAM_BITS: u32 = 1 << 18;

/// `arch` with memories in logic where the block RAMs run short.
pub(super) fn fit(arch: Arch, board: &Board, wish: &Wish) -> Result<Candidate, FoldError> {
    let mut arch = in_lookup_tables(arch, board);
    let available = board.resources.block_rams;
    let mut moved = vec![];
    while total_block_rams(&arch, board) > available {
        let Some(memory) = smallest_that_may_move(&arch, wish) else {
            let needed = total_block_rams(&arch, board);
            let (board, others) = (board.name.clone(), larger_boards(board));
            return Err(FoldError::BlockRams { board, needed, available, others });
        };
        set_style(&mut arch, &memory, Style::Logic);
        moved.push(memory);
    }
    // A later one may have made room for an earlier one.
    for memory in moved.iter().rev() {
        set_style(&mut arch, memory, Style::Block);
        if total_block_rams(&arch, board) > available {
            set_style(&mut arch, memory, Style::Logic);
        }
    }
    let needed = arch.turns().flat_map(memories).filter(|memory| memory.style == Style::Spram).map(|memory| sprams(&memory)).sum();
    let available = board.resources.spram_bits / SPRAM_BITS;
    if needed > available {
        return Err(FoldError::Sprams { board: board.name.clone(), needed, available });
    }
    let needed = logic_cells(&arch, board);
    let available = board.resources.logic_cells;
    if u64::from(needed) * 100 > u64::from(available) * u64::from(LOGIC_PERCENT) {
        return Err(FoldError::LogicCells { board: board.name.clone(), needed, available, others: larger_boards(board) });
    }
    let cost = Cost::of(&arch, board);
    Ok(Candidate { arch, cost })
}

/// `None` when no memory that may be made of logic is small enough.
fn smallest_that_may_move(arch: &Arch, wish: &Wish) -> Option<Memory> {
    let stays = |kind: MemoryKind| match kind {
        MemoryKind::Weights => wish.swappable || wish.weights == WeightStyle::Block,
        MemoryKind::Parameters => wish.swappable,
        _ => false,
    };
    let starts = arch.turns().scan(0, |next, layers| {
        let start = *next;
        *next += layers.len();
        Some((start, layers))
    });
    starts
        .flat_map(|(start, layers)| memories(layers).into_iter().map(move |memory| Memory { layer: start + memory.layer, ..memory }))
        .filter(|memory| memory.style == Style::Block && !stays(memory.kind) && (1..=LOGIC_MEMORY_BITS).contains(&memory.bits()))
        .min_by_key(|memory| memory.logic_cost(arch.host))
}

fn set_style(arch: &mut Arch, memory: &Memory, style: Style) {
    *memory.kind.style_mut(&mut arch.stages[memory.layer].memories) = style;
}
