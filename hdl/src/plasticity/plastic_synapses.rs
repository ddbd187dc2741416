//! The synapses of a layer with the update of their latent weights.

use super::arch::LearningArch;
use super::change::CODE_BITS;
use super::latent_update::LatentUpdate;
use super::layer::LearningImage;
use super::potentiation::EFFECT_BITS;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use super::strength::SCALE_BITS;
use super::synapses::Synapses;
use crate::arch::StageArch;
use crate::protocol::ADDRESS_BITS;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct PlasticSynapses {
    // Control
    pub clock: Signal<In, Clock>,
    // Spikes
    pub issue: Signal<In, Bit>,
    pub group_end: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    pub spiking: Bus<In>,
    pub group_base: Bus<In>,
    pub spike_count: Bus<Out>,
    pub input_count: Bus<Out>,
    // Update
    /// A sample begins: no active rows.
    pub clear: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
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
    // The host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    pub random: Bus<Out>,
    pub load_random: Signal<In, Bit>,
    pub load_state: Bus<In>,
    synapses: Synapses,
    latents: LatentUpdate,
}

impl PlasticSynapses {
    /// Of layer `index`.
    pub fn new(learning: &LearningArch, index: usize, stage: &StageArch, image: &LearningImage) -> Self {
        let shape = learning.latents(index, stage, image.piece_bits);
        Self {
            clock: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            shift: Default::default(),
            take: Default::default(),
            spiking: Bus::new(stage.spiking_bits()),
            group_base: Bus::new(stage.latent_address_bits()),
            spike_count: Bus::new(stage.count_bits()),
            input_count: Bus::new(stage.count_bits()),
            clear: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            n_timesteps: Bus::new(learning.count_bits()),
            latent_shift: Bus::new(SHIFT_BITS),
            dense_bits: Bus::new(SHIFT_BITS),
            potentiation: Bus::new(EFFECT_BITS),
            depression: Bus::new(EFFECT_BITS),
            scale: Bus::new(SCALE_BITS),
            push: Default::default(),
            push_input: Bus::new(stage.input_index_bits()),
            push_count: Bus::new(learning.count_bits()),
            reads: Default::default(),
            neuron: Bus::new(stage.neuron_index_bits()),
            count: Bus::new(learning.count_bits()),
            readout_code: Bus::new(CODE_BITS),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            read_piece: Bus::new(image.piece_bits),
            random: Bus::new(RANDOM_BITS),
            load_random: Default::default(),
            load_state: Bus::new(RANDOM_BITS),
            synapses: Synapses::new(stage, &shape, learning.rule.is_contrastive(), (&image.latents, image.latents_file.clone())),
            latents: LatentUpdate::new(learning, index, stage, image.latent_random),
        }
    }
}

impl Logic for PlasticSynapses {
    #[hdl_gen]
    fn update(&mut self) {
        self.synapses.clock.next = self.clock.val();
        self.synapses.issue.next = self.issue.val();
        self.synapses.group_end.next = self.group_end.val();
        self.synapses.shift.next = self.shift.val();
        self.synapses.spiking.next = self.spiking.val();
        self.synapses.group_base.next = self.group_base.val();
        self.take.next = self.synapses.take.val();
        self.spike_count.next = self.synapses.count.val();
        self.input_count.next = self.synapses.input_count.val();

        self.latents.clock.next = self.clock.val();
        self.latents.clear.next = self.clear.val();
        self.latents.start.next = self.start.val();
        self.latents.n_timesteps.next = self.n_timesteps.val();
        self.latents.latent_shift.next = self.latent_shift.val();
        self.latents.dense_bits.next = self.dense_bits.val();
        self.latents.potentiation.next = self.potentiation.val();
        self.latents.depression.next = self.depression.val();
        self.latents.scale.next = self.scale.val();
        self.latents.push.next = self.push.val();
        self.latents.push_input.next = self.push_input.val();
        self.latents.push_count.next = self.push_count.val();
        self.latents.count.next = self.count.val();
        self.latents.readout_code.next = self.readout_code.val();
        self.busy.next = self.latents.busy.val();
        self.reads.next = self.latents.reads.val();
        self.neuron.next = self.latents.neuron.val();
        self.random.next = self.latents.random.val();
        self.latents.load_random.next = self.load_random.val();
        self.latents.load_state.next = self.load_state.val();

        self.synapses.learns.next = self.latents.busy.val();
        self.synapses.row_valid.next = self.latents.row_valid.val();
        self.synapses.row_input.next = self.latents.row_input.val();
        self.synapses.row_base.next = self.latents.row_base.val();
        self.synapses.shift_code.next = self.latents.shift_code.val();
        self.synapses.code.next = self.latents.code.val();
        self.synapses.plus_two.next = self.latents.plus_two.val();
        self.synapses.plus_one.next = self.latents.plus_one.val();
        self.synapses.minus_one.next = self.latents.minus_one.val();
        self.synapses.minus_two.next = self.latents.minus_two.val();
        self.synapses.rises.next = self.latents.rises.val();
        self.synapses.falls.next = self.latents.falls.val();
        self.synapses.load_enable.next = self.load_enable.val();
        self.synapses.load_reads.next = self.load_reads.val();
        self.synapses.load_address.next = self.load_address.val();
        self.synapses.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.synapses.read_piece.val();
    }
}
