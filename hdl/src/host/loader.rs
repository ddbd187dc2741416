//! Carries the pieces of a WRITE from the first spike buffer, where its payload waited for its CRC, to their memory.
//!
//! ```text
//! cycle        0      1       2       3   ..
//! start        1
//! entry               0       1       2       (the piece is there a cycle later)
//! write, address              0       1   ..  done with the last
//! ```

use crate::block::wiring::{Concat, Slice};
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Loader {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    // The request
    pub addr: Bus<In>,
    pub page: Bus<In>,
    pub len: Bus<In>,
    pub n_pieces: Bus<Out>,
    // Pieces
    pub entry: Bus<Out>,
    pub write: Signal<Out, Bit>,
    pub address: Bus<Out>,
    reading: Flag,
    writing: Flag,
    position: Register,
    left: Register,
    place: Register,
    first_place: Concat,
    pieces: Slice,
    first_entry: Fixed,
    one_entry: Fixed,
    one_piece: Fixed,
    one_place: Fixed,
}

impl Loader {
    /// For a spike buffer of `words` words of `beat` bits, each of which holds a piece.
    pub fn new(words: usize, beat: u32) -> Self {
        let (entry, count) = (bits_for(words - 1), bits_for(words));
        Loader {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            addr: Bus::new(16),
            page: Bus::new(4),
            len: Bus::new(16),
            n_pieces: Bus::new(count),
            entry: Bus::new(entry),
            write: Default::default(),
            address: Bus::new(ADDRESS_BITS),
            reading: Default::default(),
            writing: Default::default(),
            position: Register::new(entry),
            left: Register::new(count),
            place: Register::new(ADDRESS_BITS),
            first_place: Concat::new(16, 4, ADDRESS_BITS),
            pieces: Slice::new(16, (beat / 8).trailing_zeros(), count),
            first_entry: Fixed::new(0, entry),
            one_entry: Fixed::new(1, entry),
            one_piece: Fixed::new(1, count),
            one_place: Fixed::new(1, ADDRESS_BITS),
        }
    }
}

impl Logic for Loader {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, reading, writing, position, left, place);
        self.first_place.low.next = self.addr.val();
        self.first_place.high.next = self.page.val();
        self.pieces.from.next = self.len.val();
        self.n_pieces.next = self.pieces.to.val();
        self.busy.next = self.reading.q.val() || self.writing.q.val();
        self.done.next = self.writing.q.val() && !self.reading.q.val();
        self.entry.next = self.position.q.val();
        self.write.next = self.writing.q.val();
        self.address.next = self.place.q.val();

        self.writing.d.next = self.reading.q.val();
        self.position.d.next = self.first_entry.val();
        if self.reading.q.val() {
            self.position.d.next = self.position.q.val() + self.one_entry.val();
            self.left.d.next = self.left.q.val() - self.one_piece.val();
            self.reading.d.next = self.left.q.val() != self.one_piece.val();
        }
        if self.writing.q.val() {
            self.place.d.next = self.place.q.val() + self.one_place.val();
        }
        if self.start.val() {
            self.reading.d.next = true;
            self.left.d.next = self.pieces.to.val();
            self.place.d.next = self.first_place.joined.val();
        }
    }
}
