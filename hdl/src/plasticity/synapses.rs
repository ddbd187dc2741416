//! The synapses of a learning layer: the latent memory, whose signs are the weights, and its lanes.
//!
//! ```text
//! a spike    cycle 0       1                      2                3             4
//!            spiking       address = base+input   latents          met           sum  (group_end: take)
//! a row                    input                  address          latents, changes -> write
//! ```
//!
//! The current of a neuron is 2 * (spikes that met +1) - (spikes); one more lane counts all spikes.

use super::change::CODE_BITS;
use super::steps::MOST_STEPS;
use super::synapse_lane::SynapseLane;
use super::word_memory::{WordMemory, WordShape};
use crate::arch::StageArch;
use crate::block::lane::Lane;
use crate::block::wiring::Resize;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Synapses {
    // Control
    pub clock: Signal<In, Clock>,
    pub issue: Signal<In, Bit>,
    pub group_end: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    // Spikes
    pub spiking: Bus<In>,
    pub group_base: Bus<In>,
    pub count: Bus<Out>,
    pub input_count: Bus<Out>,
    // Plasticity
    pub learns: Signal<In, Bit>,
    pub row_valid: Signal<In, Bit>,
    pub row_input: Bus<In>,
    pub row_base: Bus<In>,
    pub shift_code: Signal<In, Bit>,
    pub code: Bus<In>,
    pub plus_two: Bus<In>,
    pub plus_one: Bus<In>,
    pub minus_one: Bus<In>,
    pub minus_two: Bus<In>,
    pub rises: Bus<In>,
    pub falls: Bus<In>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    latents: WordMemory,
    lanes: Vec<SynapseLane>,
    inputs: Lane,
    _last_lane: usize,
    spiking_1: Register,
    spiking_offset: Resize,
    row_offset: Resize,
    address_2: Register,
    address_3: Register,
    row_2: Flag,
    row_3: Flag,
    issue_1: Flag,
    issue_2: Flag,
    issue_3: Flag,
    end_1: Flag,
    end_2: Flag,
    end_3: Flag,
    end_4: Flag,
    one_spike: Fixed,
    no_spikes: Fixed,
}

impl Synapses {
    /// `shape` and `words` of the latent memory, whose lanes are the stage's.
    pub fn new(stage: &StageArch, shape: &WordShape, of_steps: bool, (words, file): (&Rc<Vec<Vec<u64>>>, String)) -> Self {
        let (address, counts, change) = (shape.address_bits(), stage.count_bits(), shape.bits + 1);
        let (spiking, input) = (stage.spiking_bits(), stage.input_index_bits());
        Synapses {
            clock: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            shift: Default::default(),
            take: Default::default(),
            spiking: Bus::new(spiking),
            group_base: Bus::new(address),
            count: Bus::new(counts),
            input_count: Bus::new(counts),
            learns: Default::default(),
            row_valid: Default::default(),
            row_input: Bus::new(input),
            row_base: Bus::new(address),
            shift_code: Default::default(),
            code: Bus::new(CODE_BITS),
            plus_two: Bus::new(change),
            plus_one: Bus::new(change),
            minus_one: Bus::new(change),
            minus_two: Bus::new(change),
            rises: Bus::new(MOST_STEPS * change),
            falls: Bus::new(MOST_STEPS * change),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            latents: WordMemory::new(shape, words, file),
            lanes: (0..shape.lanes).map(|_| SynapseLane::new(shape.bits, counts, of_steps)).collect(),
            inputs: Lane::new(counts),
            _last_lane: shape.lanes - 1,
            spiking_1: Register::new(spiking),
            spiking_offset: Resize::new(spiking, address),
            row_offset: Resize::new(input, address),
            address_2: Register::new(address),
            address_3: Register::new(address),
            row_2: Default::default(),
            row_3: Default::default(),
            issue_1: Default::default(),
            issue_2: Default::default(),
            issue_3: Default::default(),
            end_1: Default::default(),
            end_2: Default::default(),
            end_3: Default::default(),
            end_4: Default::default(),
            one_spike: Fixed::new(1, counts),
            no_spikes: Fixed::new(0, counts),
        }
    }
}

impl Logic for Synapses {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, spiking_1, address_2, address_3, row_2, row_3);
        dff_setup!(self, clock, issue_1, issue_2, issue_3, end_1, end_2, end_3, end_4);
        self.issue_1.d.next = self.issue.val();
        self.issue_2.d.next = self.issue_1.q.val();
        self.issue_3.d.next = self.issue_2.q.val();
        self.end_1.d.next = self.group_end.val();
        self.end_2.d.next = self.end_1.q.val();
        self.end_3.d.next = self.end_2.q.val();
        self.end_4.d.next = self.end_3.q.val();
        self.take.next = self.end_4.q.val();

        // A spike or a row finds its latents.
        self.spiking_1.d.next = self.spiking.val();
        self.spiking_offset.from.next = self.spiking_1.q.val();
        self.row_offset.from.next = self.row_input.val();
        self.address_2.d.next = self.row_base.val() + self.row_offset.to.val();
        self.address_3.d.next = self.address_2.q.val();
        self.row_2.d.next = self.row_valid.val();
        self.row_3.d.next = self.row_2.q.val();
        self.latents.clock.next = self.clock.val();
        self.latents.read_address.next = self.group_base.val() + self.spiking_offset.to.val();
        if self.learns.val() {
            self.latents.read_address.next = self.address_2.q.val();
        }
        self.latents.write_enable.next = self.row_3.q.val();
        self.latents.write_address.next = self.address_3.q.val();
        self.latents.load_enable.next = self.load_enable.val();
        self.latents.load_reads.next = self.load_reads.val();
        self.latents.load_address.next = self.load_address.val();
        self.latents.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.latents.read_piece.val();

        for i in 0..self.lanes.len() {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].enable.next = self.issue_2.q.val();
            self.lanes[i].accumulate.next = self.issue_3.q.val();
            self.lanes[i].take.next = self.end_4.q.val();
            self.lanes[i].shift.next = self.shift.val();
            self.lanes[i].latent.next = self.latents.read_lane[i].val();
            self.lanes[i].shift_code.next = self.shift_code.val();
            self.lanes[i].plus_two.next = self.plus_two.val();
            self.lanes[i].plus_one.next = self.plus_one.val();
            self.lanes[i].minus_one.next = self.minus_one.val();
            self.lanes[i].minus_two.next = self.minus_two.val();
            self.lanes[i].rises.next = self.rises.val();
            self.lanes[i].falls.next = self.falls.val();
            self.latents.write_lane[i].next = self.lanes[i].latent_next.val();
        }
        for i in self._last_lane..self.lanes.len() {
            self.lanes[i].next_lane.next = self.no_spikes.val();
            self.lanes[i].next_code.next = self.code.val();
        }
        for i in 1..self.lanes.len() {
            self.lanes[i - 1].next_lane.next = self.lanes[i].total.val();
            self.lanes[i - 1].next_code.next = self.lanes[i].code.val();
        }
        self.count.next = self.lanes[0].total.val();

        self.inputs.clock.next = self.clock.val();
        self.inputs.enable.next = self.issue_2.q.val();
        self.inputs.accumulate.next = self.issue_3.q.val();
        self.inputs.doubles.next = false;
        self.inputs.take.next = self.end_4.q.val();
        self.inputs.shift.next = false;
        self.inputs.count.next = self.one_spike.val();
        self.inputs.next_lane.next = self.no_spikes.val();
        self.input_count.next = self.inputs.total.val();
    }
}
