//! The bytes that a response carries: output spikes, neuron states, pieces of a memory, the result of a lesson, the
//! identity or a status.
//!
//! The position starts at the request's address and moves a byte on each `advance`; the byte is there at most four cycles
//! later: a memory is read, its word may be registered, and the byte that is chosen is.

use super::bytes::ByteOut;
use crate::block::verdict::VERDICT_BITS;
use crate::plasticity::lessons::RESULT_BITS;
use crate::dff_setup;
use crate::protocol::{HostMap, StateMap, ADDRESS_BITS, COUNTERS, COUNTER_BITS, DATA, IDENTITY, SPIKES, STATE, VERDICT, VERDICT_BYTES, WEIGHTS};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Readout {
    // Control
    pub clock: Signal<In, Clock>,
    pub rewind: Signal<In, Bit>,
    pub advance: Signal<In, Bit>,
    pub layer_exists: Signal<Out, Bit>,
    // Data
    pub kind: Bus<In>,
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub place: Bus<In>,
    pub status: Bus<In>,
    pub byte_out: Bus<Out>,
    // Sources
    pub position: Bus<Out>,
    pub output_byte: Bus<In>,
    pub state: Vec<Bus<In>>,
    pub row: Vec<Bus<In>>,
    pub count: Bus<In>,
    /// One, in a design that tells the class.
    pub verdict: Vec<Bus<In>>,
    pub piece_exists: Signal<In, Bit>,
    pub piece: Bus<In>,
    pub is_result: Signal<In, Bit>,
    pub result: Bus<In>,
    index: Register,
    chosen: Register,
    /// A header names its layer long before it ends.
    exists: Flag,
    byte_index: Register,
    state_byte: Vec<ByteOut>,
    row_byte: Vec<ByteOut>,
    is_row: Signal<Local, Bit>,
    identity_byte: ByteOut,
    count_byte: ByteOut,
    verdict_byte: Vec<ByteOut>,
    row_last_byte: Vec<Fixed>,
    has_rows: Vec<Constant<Bit>>,
    piece_byte: ByteOut,
    result_byte: ByteOut,
    /// Of what the frame carries, which is known before its body begins.
    last_byte: Register,
    layer_number: Vec<Fixed>,
    layer_last_byte: Vec<Fixed>,
    piece_last_byte: Fixed,
    identity_layer: Fixed,
    counters_layer: Fixed,
    count_last_byte: Fixed,
    verdict_layer: Fixed,
    verdict_last_byte: Fixed,
    has_counters: Constant<Bit>,
    identity: Fixed,
    state_region: Fixed,
    weights_region: Fixed,
    spikes: Fixed,
    data: Fixed,
    first_index: Fixed,
    one_index: Fixed,
    first_byte: Fixed,
    one_byte: Fixed,
}

impl Readout {
    pub fn new(map: &HostMap, piece_bits: u32) -> Self {
        let layers: Vec<&StateMap> = map.stages().collect();
        let last_byte = |layer: &&StateMap| Fixed::new(u64::from(layer.row_bits / 8 - 1), 3);
        let has_rows = |layer| map.regions.iter().any(|region| region.is_volatile && usize::from(region.layer) == layer);
        let byte = |value: u8| Fixed::new(u64::from(value), 8);
        let verdicts = || 0..usize::from(map.tells_class);
        Readout {
            clock: Default::default(),
            rewind: Default::default(),
            advance: Default::default(),
            layer_exists: Default::default(),
            kind: Bus::new(8),
            layer: Bus::new(8),
            region: Bus::new(4),
            place: Bus::new(ADDRESS_BITS),
            status: Bus::new(8),
            byte_out: Bus::new(8),
            position: Bus::new(ADDRESS_BITS),
            output_byte: Bus::new(8),
            state: layers.iter().map(|layer| Bus::new(layer.membrane_bits + 1)).collect(),
            row: layers.iter().map(|layer| Bus::new(layer.row_bits)).collect(),
            count: Bus::new(COUNTER_BITS),
            verdict: verdicts().map(|_| Bus::new(VERDICT_BITS)).collect(),
            piece_exists: Default::default(),
            piece: Bus::new(piece_bits),
            is_result: Default::default(),
            result: Bus::new(RESULT_BITS),
            index: Register::new(ADDRESS_BITS),
            chosen: Register::new(8),
            exists: Default::default(),
            byte_index: Register::new(3),
            state_byte: layers.iter().map(|layer| ByteOut::new(layer.membrane_bits + 1)).collect(),
            row_byte: layers.iter().map(|layer| ByteOut::new(layer.row_bits)).collect(),
            is_row: Default::default(),
            identity_byte: ByteOut::new(32),
            count_byte: ByteOut::new(COUNTER_BITS),
            verdict_byte: verdicts().map(|_| ByteOut::new(VERDICT_BITS)).collect(),
            piece_byte: ByteOut::new(piece_bits),
            result_byte: ByteOut::new(RESULT_BITS),
            piece_last_byte: Fixed::new(u64::from(piece_bits / 8 - 1), 3),
            last_byte: Register::new(3),
            layer_number: (0..layers.len()).map(|layer| Fixed::count(layer, 8)).collect(),
            layer_last_byte: layers.iter().map(|layer| Fixed::count(layer.bytes_per_neuron() - 1, 3)).collect(),
            row_last_byte: layers.iter().map(last_byte).collect(),
            has_rows: (0..layers.len()).map(|layer| Constant::new(has_rows(layer))).collect(),
            identity_layer: byte(IDENTITY),
            counters_layer: byte(COUNTERS),
            verdict_layer: byte(VERDICT),
            verdict_last_byte: Fixed::new(u64::from(VERDICT_BYTES - 1), 3),
            count_last_byte: Fixed::new(u64::from(COUNTER_BITS / 8 - 1), 3),
            has_counters: Constant::new(map.counts),
            identity: Fixed::new(u64::from(map.identity), 32),
            state_region: Fixed::new(u64::from(STATE), 4),
            weights_region: Fixed::new(u64::from(WEIGHTS), 4),
            spikes: byte(SPIKES),
            data: byte(DATA),
            first_index: Fixed::new(0, ADDRESS_BITS),
            one_index: Fixed::new(1, ADDRESS_BITS),
            first_byte: Fixed::new(0, 3),
            one_byte: Fixed::new(1, 3),
        }
    }
}

impl Logic for Readout {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, index, byte_index, chosen, exists, last_byte);
        self.byte_out.next = self.chosen.q.val();
        self.layer_exists.next = self.exists.q.val();
        self.position.next = self.index.q.val();
        self.identity_byte.word.next = self.identity.val();
        self.identity_byte.index.next = self.byte_index.q.val();

        self.is_row.next = self.region.val() == self.weights_region.val();
        self.chosen.d.next = self.status.val();
        self.last_byte.d.next = self.first_byte.val();
        self.exists.d.next = self.layer.val() == self.identity_layer.val();
        if self.kind.val() == self.data.val() {
            self.chosen.d.next = self.identity_byte.byte_out.val();
            if self.layer.val() == self.identity_layer.val() {
                self.last_byte.d.next = !self.first_byte.val();
            }
        }
        self.count_byte.word.next = self.count.val();
        self.count_byte.index.next = self.byte_index.q.val();
        if self.has_counters.val() && (self.layer.val() == self.counters_layer.val()) {
            self.exists.d.next = true;
            if self.kind.val() == self.data.val() {
                self.chosen.d.next = self.count_byte.byte_out.val();
                self.last_byte.d.next = self.count_last_byte.val();
            }
        }
        for i in 0..self.verdict.len() {
            self.verdict_byte[i].word.next = self.verdict[i].val();
            self.verdict_byte[i].index.next = self.byte_index.q.val();
            if self.layer.val() == self.verdict_layer.val() {
                self.exists.d.next = true;
                if self.kind.val() == self.data.val() {
                    self.chosen.d.next = self.verdict_byte[i].byte_out.val();
                    self.last_byte.d.next = self.verdict_last_byte.val();
                }
            }
        }
        for i in 0..self.state.len() {
            self.state_byte[i].word.next = self.state[i].val();
            self.state_byte[i].index.next = self.byte_index.q.val();
            self.row_byte[i].word.next = self.row[i].val();
            self.row_byte[i].index.next = self.byte_index.q.val();
            if self.layer.val() == self.layer_number[i].val() {
                self.exists.d.next = self.region.val() == self.state_region.val();
                if self.kind.val() == self.data.val() {
                    self.chosen.d.next = self.state_byte[i].byte_out.val();
                    self.last_byte.d.next = self.layer_last_byte[i].val();
                }
                if self.has_rows[i].val() && self.is_row.val() {
                    self.exists.d.next = true;
                    if self.kind.val() == self.data.val() {
                        self.chosen.d.next = self.row_byte[i].byte_out.val();
                        self.last_byte.d.next = self.row_last_byte[i].val();
                    }
                }
            }
        }
        self.piece_byte.word.next = self.piece.val();
        self.piece_byte.index.next = self.byte_index.q.val();
        self.result_byte.word.next = self.result.val();
        self.result_byte.index.next = self.byte_index.q.val();
        if self.piece_exists.val() {
            self.exists.d.next = true;
        }
        if self.piece_exists.val() && (self.kind.val() == self.data.val()) {
            self.chosen.d.next = self.piece_byte.byte_out.val();
            self.last_byte.d.next = self.piece_last_byte.val();
        }
        if self.is_result.val() && (self.kind.val() == self.data.val()) {
            self.chosen.d.next = self.result_byte.byte_out.val();
            self.last_byte.d.next = !self.first_byte.val();
        }
        if self.kind.val() == self.spikes.val() {
            self.chosen.d.next = self.output_byte.val();
        }

        if self.advance.val() {
            self.byte_index.d.next = self.byte_index.q.val() + self.one_byte.val();
            if self.byte_index.q.val() == self.last_byte.q.val() {
                self.byte_index.d.next = self.first_byte.val();
                self.index.d.next = self.index.q.val() + self.one_index.val();
            }
        }
        if self.rewind.val() {
            self.byte_index.d.next = self.first_byte.val();
            self.index.d.next = self.first_index.val();
            if self.kind.val() == self.data.val() {
                self.index.d.next = self.place.val();
            }
        }
    }
}
