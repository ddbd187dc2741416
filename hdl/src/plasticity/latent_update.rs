//! The update of a layer's latent weights: the list of active rows, the codes of the modulators, and for each row the
//! changes that its lanes share.
//!
//! ```text
//! count, readout code -> gate -> code -> lanes            list -> input, trace -> changes -> lanes
//!                                                                 random numbers --^
//! ```
//! By contrastive rules a code is of steps, whose changes lanes share too; its gate is in it, as by PEPITA.
//! By STDP the code is that of the winner, whose gate is not asked, the list has silent inputs too, and a row's change is by
//! whether its input spiked.

use super::arch::{LearningArch, RuleArch};
use super::change::CODE_BITS;
use super::changes::Changes;
use super::dense_shift::DenseShift;
use super::latent_control::LatentControl;
use super::potentiation::{Potentiation, EFFECT_BITS};
use super::random_numbers::RandomNumbers;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use super::steps::{StepChanges, MOST_STEPS};
use super::strength::SCALE_BITS;
use super::trace_list::TraceList;
use crate::arch::StageArch;
use crate::block::wiring::Resize;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LatentUpdate {
    // Control
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // Parameters
    pub n_timesteps: Bus<In>,
    pub latent_shift: Bus<In>,
    pub dense_bits: Bus<In>,
    pub potentiation: Bus<In>,
    pub depression: Bus<In>,
    pub scale: Bus<In>,
    // Active rows
    pub push: Signal<In, Bit>,
    pub push_input: Bus<In>,
    pub push_count: Bus<In>,
    // Modulators
    pub reads: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    pub count: Bus<In>,
    pub readout_code: Bus<In>,
    pub shift_code: Signal<Out, Bit>,
    pub code: Bus<Out>,
    // Rows
    pub row_valid: Signal<Out, Bit>,
    pub row_input: Bus<Out>,
    pub row_base: Bus<Out>,
    pub plus_two: Bus<Out>,
    pub plus_one: Bus<Out>,
    pub minus_one: Bus<Out>,
    pub minus_two: Bus<Out>,
    pub rises: Bus<Out>,
    pub falls: Bus<Out>,
    // Random numbers, for the host
    pub random: Bus<Out>,
    pub load_random: Signal<In, Bit>,
    pub load_state: Bus<In>,
    list: TraceList,
    dense: DenseShift,
    shift: Register,
    control: LatentControl,
    numbers: RandomNumbers,
    /// One by the rules of errors and targets, else none.
    changes: Vec<Changes>,
    /// One by STDP, else none.
    potentiated: Vec<Potentiation>,
    /// One by contrastive rules, else none.
    stepped: Vec<StepChanges>,
    last_row: Resize,
    gate: Signal<Local, Bit>,
    spiked: Signal<Local, Bit>,
    ungated: Constant<Bit>,
    one_row: Fixed,
    no_code: Fixed,
    no_change: Fixed,
    no_changes: Fixed,
}

impl LatentUpdate {
    /// Of layer `index`; `random` is the first state of the random numbers.
    pub fn new(learning: &LearningArch, index: usize, stage: &StageArch, random: u16) -> Self {
        let (latent_bits, max_timesteps) = (learning.layers[index].latent_bits, learning.max_timesteps);
        let (stdp, contrastive) = (learning.rule == RuleArch::Stdp, learning.rule.is_contrastive());
        let (neuron, count, input) = (stage.neuron_index_bits(), bits_for(max_timesteps), stage.input_index_bits());
        let (rows, spikes) = (bits_for(stage.n_inputs), bits_for(stage.n_inputs * max_timesteps));
        let change = || Bus::new(latent_bits + 1);
        LatentUpdate {
            clock: Default::default(),
            clear: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            n_timesteps: Bus::new(count),
            latent_shift: Bus::new(SHIFT_BITS),
            dense_bits: Bus::new(SHIFT_BITS),
            potentiation: Bus::new(EFFECT_BITS),
            depression: Bus::new(EFFECT_BITS),
            scale: Bus::new(SCALE_BITS),
            push: Default::default(),
            push_input: Bus::new(input),
            push_count: Bus::new(count),
            reads: Default::default(),
            neuron: Bus::new(neuron),
            count: Bus::new(count),
            readout_code: Bus::new(CODE_BITS),
            shift_code: Default::default(),
            code: Bus::new(CODE_BITS),
            row_valid: Default::default(),
            row_input: Bus::new(input),
            row_base: Bus::new(stage.latent_address_bits()),
            plus_two: change(),
            plus_one: change(),
            minus_one: change(),
            minus_two: change(),
            rises: Bus::new(MOST_STEPS * (latent_bits + 1)),
            falls: Bus::new(MOST_STEPS * (latent_bits + 1)),
            random: Bus::new(RANDOM_BITS),
            load_random: Default::default(),
            load_state: Bus::new(RANDOM_BITS),
            list: TraceList::new(stage.n_inputs, max_timesteps, stage.memories.spikes),
            dense: DenseShift::new(spikes),
            shift: Register::new(SHIFT_BITS),
            control: LatentControl::new(stage),
            numbers: RandomNumbers::starting_at(random),
            changes: (0..usize::from(!stdp && !contrastive)).map(|_| Changes::new(count, latent_bits)).collect(),
            potentiated: (0..usize::from(stdp)).map(|_| Potentiation::new(count, latent_bits)).collect(),
            stepped: (0..usize::from(contrastive)).map(|_| StepChanges::new(count, latent_bits)).collect(),
            last_row: Resize::new(rows, input),
            gate: Default::default(),
            spiked: Default::default(),
            ungated: Constant::new(learning.rule.gates_itself()),
            one_row: Fixed::new(1, rows),
            no_code: Fixed::new(0, CODE_BITS),
            no_change: Fixed::new(0, latent_bits + 1),
            no_changes: Fixed::new(0, MOST_STEPS * (latent_bits + 1)),
        }
    }
}

impl Logic for LatentUpdate {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, shift);
        self.list.clock.next = self.clock.val();
        self.list.clear.next = self.clear.val();
        self.list.push.next = self.push.val();
        self.list.push_input.next = self.push_input.val();
        self.list.push_count.next = self.push_count.val();
        self.list.keeps.next = true;
        self.spiked.next = self.push_count.val().any();
        for i in 0..self.potentiated.len() {
            self.list.keeps.next = self.potentiated[i].listed.val();
            self.potentiated[i].spiked.next = self.spiked.val();
            self.potentiated[i].potentiation.next = self.potentiation.val();
            self.potentiated[i].depression.next = self.depression.val();
        }
        self.list.row.next = self.control.row.val();
        self.dense.n_spikes.next = self.list.n_spikes.val();
        self.dense.latent_shift.next = self.latent_shift.val();
        self.dense.dense_bits.next = self.dense_bits.val();
        self.shift.d.next = self.dense.shift.val();

        self.control.clock.next = self.clock.val();
        self.control.start.next = self.start.val();
        self.control.any_rows.next = self.list.n_rows.val().any();
        self.last_row.from.next = self.list.n_rows.val() - self.one_row.val();
        self.control.last_row.next = self.last_row.to.val();
        self.busy.next = self.control.busy.val();
        self.reads.next = self.control.reads.val();
        self.neuron.next = self.control.neuron.val();

        self.gate.next = self.count.val().any() && (self.count.val() < self.n_timesteps.val());
        self.code.next = self.no_code.val();
        if (self.gate.val() || self.ungated.val()) && self.control.in_layer.val() {
            self.code.next = self.readout_code.val();
        }
        self.control.is_open.next = self.code.val().any();
        self.shift_code.next = self.control.shift_code.val();

        self.row_valid.next = self.control.row_valid.val();
        self.row_input.next = self.list.input_of_row.val();
        self.row_base.next = self.control.row_base.val();
        self.numbers.clock.next = self.clock.val();
        self.numbers.restart.next = self.control.restart_random.val();
        self.numbers.draw.next = self.control.row_valid.val();
        self.numbers.keep.next = self.control.keep_random.val();
        self.numbers.load_enable.next = self.load_random.val();
        self.numbers.load_state.next = self.load_state.val();
        self.random.next = self.numbers.kept.val();
        self.plus_two.next = self.no_change.val();
        self.plus_one.next = self.no_change.val();
        self.minus_one.next = self.no_change.val();
        self.minus_two.next = self.no_change.val();
        self.rises.next = self.no_changes.val();
        self.falls.next = self.no_changes.val();
        for i in 0..self.changes.len() {
            self.changes[i].clock.next = self.clock.val();
            self.changes[i].shift.next = self.shift.q.val();
            self.changes[i].trace.next = self.list.count.val();
            self.changes[i].random.next = self.numbers.random.val();
            self.plus_two.next = self.changes[i].plus_two.val();
            self.plus_one.next = self.changes[i].plus_one.val();
            self.minus_one.next = self.changes[i].minus_one.val();
            self.minus_two.next = self.changes[i].minus_two.val();
        }
        for i in 0..self.potentiated.len() {
            self.potentiated[i].clock.next = self.clock.val();
            self.potentiated[i].shift.next = self.shift.q.val();
            self.potentiated[i].trace.next = self.list.count.val();
            self.potentiated[i].random.next = self.numbers.random.val();
            self.plus_one.next = self.potentiated[i].change.val();
        }
        for i in 0..self.stepped.len() {
            self.stepped[i].clock.next = self.clock.val();
            self.stepped[i].scale.next = self.scale.val();
            self.stepped[i].shift.next = self.shift.q.val();
            self.stepped[i].trace.next = self.list.count.val();
            self.stepped[i].random.next = self.numbers.random.val();
            self.rises.next = self.stepped[i].rises.val();
            self.falls.next = self.stepped[i].falls.val();
        }
    }
}
