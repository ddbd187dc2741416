//! The steps of an update of a layer's latent weights: for each group of lanes its modulators, then the active rows.
//!
//! ```text
//! start --> modulating --> deciding --(a gate is open)--> walking --> settling --+--> (last group) done
//!               ^             |  (none is)                                       |
//!               +-------------+--------------(more groups)-----------------------+
//! cycle    0                 1                       3
//! neuron   counts, readout   code -> lanes
//! row      list              input, trace, a draw    latents, changes -> write
//! ```
//!
//! A group without an open gate is left out, but the last one when all are: the rows draw their random numbers in any case.

use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LatentControl {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // Modulators
    pub reads: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    pub shift_code: Signal<Out, Bit>,
    /// The code that is shifted is of a neuron of the layer.
    pub in_layer: Signal<Out, Bit>,
    pub is_open: Signal<In, Bit>,
    // Rows
    pub any_rows: Signal<In, Bit>,
    pub last_row: Bus<In>,
    pub row: Bus<Out>,
    pub row_valid: Signal<Out, Bit>,
    pub row_base: Bus<Out>,
    pub restart_random: Signal<Out, Bit>,
    pub keep_random: Signal<Out, Bit>,
    modulating: Flag,
    modulated: Flag,
    deciding: Flag,
    walking: Flag,
    settling_1: Flag,
    settling_2: Flag,
    settling_3: Flag,
    past_last: Flag,
    shift_1: Flag,
    inside_1: Flag,
    any_open: Flag,
    walked: Flag,
    row_1: Flag,
    position: Register,
    lane: Register,
    group: Register,
    base: Register,
    list_row: Register,
    at_last_group: Signal<Local, Bit>,
    group_done: Signal<Local, Bit>,
    first_neuron: Fixed,
    one_neuron: Fixed,
    last_neuron: Fixed,
    first_lane: Fixed,
    one_lane: Fixed,
    last_lane: Fixed,
    first_group: Fixed,
    one_group: Fixed,
    last_group: Fixed,
    first_base: Fixed,
    inputs: Fixed,
    first_row: Fixed,
    one_row: Fixed,
}

impl LatentControl {
    pub fn new(stage: &StageArch) -> Self {
        let (neuron, lane, group) =
            (stage.neuron_index_bits(), bits_for(stage.lanes - 1), bits_for(stage.groups() - 1));
        let (address, row) = (stage.latent_address_bits(), stage.input_index_bits());
        LatentControl {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            reads: Default::default(),
            neuron: Bus::new(neuron),
            shift_code: Default::default(),
            in_layer: Default::default(),
            is_open: Default::default(),
            any_rows: Default::default(),
            last_row: Bus::new(row),
            row: Bus::new(row),
            row_valid: Default::default(),
            row_base: Bus::new(address),
            restart_random: Default::default(),
            keep_random: Default::default(),
            modulating: Default::default(),
            modulated: Default::default(),
            deciding: Default::default(),
            walking: Default::default(),
            settling_1: Default::default(),
            settling_2: Default::default(),
            settling_3: Default::default(),
            past_last: Default::default(),
            shift_1: Default::default(),
            inside_1: Default::default(),
            any_open: Default::default(),
            walked: Default::default(),
            row_1: Default::default(),
            position: Register::new(neuron),
            lane: Register::new(lane),
            group: Register::new(group),
            base: Register::new(address),
            list_row: Register::new(row),
            at_last_group: Default::default(),
            group_done: Default::default(),
            first_neuron: Fixed::new(0, neuron),
            one_neuron: Fixed::new(1, neuron),
            last_neuron: Fixed::count(stage.n_neurons - 1, neuron),
            first_lane: Fixed::new(0, lane),
            one_lane: Fixed::new(1, lane),
            last_lane: Fixed::count(stage.lanes - 1, lane),
            first_group: Fixed::new(0, group),
            one_group: Fixed::new(1, group),
            last_group: Fixed::count(stage.groups() - 1, group),
            first_base: Fixed::new(0, address),
            inputs: Fixed::count(if stage.groups() > 1 { stage.n_inputs } else { 0 }, address),
            first_row: Fixed::new(0, row),
            one_row: Fixed::new(1, row),
        }
    }
}

impl Logic for LatentControl {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, modulating, modulated, deciding, walking, settling_1, settling_2, settling_3);
        dff_setup!(self, clock, past_last, shift_1, inside_1, any_open, walked, row_1, position, lane, group, base, list_row);
        self.busy.next = self.modulating.q.val() || self.modulated.q.val() || self.deciding.q.val() || self.walking.q.val() || self.settling_1.q.val() || self.settling_2.q.val() || self.settling_3.q.val();
        self.reads.next = self.modulating.q.val();
        self.neuron.next = self.position.q.val();
        self.shift_code.next = self.shift_1.q.val();
        self.in_layer.next = self.inside_1.q.val();
        self.row.next = self.list_row.q.val();
        self.row_valid.next = self.row_1.q.val();
        self.row_base.next = self.base.q.val();
        self.restart_random.next = false;
        self.keep_random.next = false;
        self.at_last_group.next = self.group.q.val() == self.last_group.val();
        self.group_done.next = self.settling_3.q.val();

        // The group's modulators, one a cycle.
        self.shift_1.d.next = self.modulating.q.val();
        self.inside_1.d.next = !self.past_last.q.val();
        self.modulated.d.next = self.modulating.q.val() && (self.lane.q.val() == self.last_lane.val());
        self.deciding.d.next = self.modulated.q.val();
        if self.modulating.q.val() {
            self.lane.d.next = self.lane.q.val() + self.one_lane.val();
            self.position.d.next = self.position.q.val() + self.one_neuron.val();
            if self.position.q.val() == self.last_neuron.val() {
                self.past_last.d.next = true;
            }
            if self.lane.q.val() == self.last_lane.val() {
                self.lane.d.next = self.first_lane.val();
                self.modulating.d.next = false;
            }
        }
        if self.shift_1.q.val() && self.is_open.val() {
            self.any_open.d.next = true;
        }

        // Its rows.
        if self.deciding.q.val() {
            self.list_row.d.next = self.first_row.val();
            if self.any_rows.val() && (self.any_open.q.val() || (self.at_last_group.val() && !self.walked.q.val())) {
                self.walking.d.next = true;
                self.walked.d.next = true;
                self.restart_random.next = true;
            } else {
                self.group_done.next = true;
            }
        }
        self.row_1.d.next = self.walking.q.val();
        self.settling_1.d.next = self.walking.q.val() && (self.list_row.q.val() == self.last_row.val());
        self.settling_2.d.next = self.settling_1.q.val();
        self.settling_3.d.next = self.settling_2.q.val();
        if self.walking.q.val() {
            self.list_row.d.next = self.list_row.q.val() + self.one_row.val();
            self.walking.d.next = self.list_row.q.val() != self.last_row.val();
        }

        // The next group.
        if self.group_done.val() {
            self.any_open.d.next = false;
            self.group.d.next = self.group.q.val() + self.one_group.val();
            self.base.d.next = self.base.q.val() + self.inputs.val();
            self.modulating.d.next = !self.at_last_group.val();
            self.keep_random.next = self.at_last_group.val() && self.walked.q.val();
        }
        if self.start.val() {
            self.modulating.d.next = true;
            self.position.d.next = self.first_neuron.val();
            self.lane.d.next = self.first_lane.val();
            self.group.d.next = self.first_group.val();
            self.base.d.next = self.first_base.val();
            self.past_last.d.next = false;
            self.any_open.d.next = false;
            self.walked.d.next = false;
        }
    }
}
