//! A layer's spike buffer among those of the layers that share a stage, whose entries are as wide as the widest needs.

use super::spike_buffer::SpikeBuffer;
use super::wiring::Resize;
use crate::arch::StageArch;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LayerBuffer {
    // Control
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub keeps_all: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub roomy: Signal<Out, Bit>,
    pub available: Signal<Out, Bit>,
    // Data
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub entry: Bus<In>,
    pub spikes: Bus<Out>,
    pub index: Bus<Out>,
    pub last_entry: Bus<Out>,
    pub fresh: Signal<Out, Bit>,
    buffer: SpikeBuffer,
    /// Its spikes come from outside the stage.
    is_first: Constant<Bit>,
    own_entry: Resize,
    wide_last_entry: Resize,
    wide_index: Resize,
}

impl LayerBuffer {
    /// `entry` bits for entries and indices. What comes from the layer before is neither kept aside nor taken back.
    pub fn new(layer: &StageArch, entry: u32, is_first: bool) -> Self {
        let own = layer.beat_index_bits();
        LayerBuffer {
            clock: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            keeps_all: Default::default(),
            free: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            available: Default::default(),
            write_word: Bus::new(layer.beat),
            write_fresh: Default::default(),
            entry: Bus::new(entry),
            spikes: Bus::new(layer.beat),
            index: Bus::new(entry),
            last_entry: Bus::new(entry),
            fresh: Default::default(),
            buffer: SpikeBuffer::of_banks(layer.banks, layer.beats(), layer.beat, layer.skip_zero_beats, layer.memories.spikes),
            is_first: Constant::new(is_first),
            own_entry: Resize::new(entry, own),
            wide_last_entry: Resize::new(own, entry),
            wide_index: Resize::new(own, entry),
        }
    }
}

impl Logic for LayerBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        self.buffer.clock.next = self.clock.val();
        self.buffer.write_enable.next = self.write_enable.val();
        self.buffer.write_last.next = self.write_last.val();
        self.buffer.commit.next = self.commit.val();
        self.buffer.restart.next = self.is_first.val() && self.restart.val();
        self.buffer.keeps_all.next = self.is_first.val() && self.keeps_all.val();
        self.buffer.free.next = self.free.val();
        self.ready.next = self.buffer.ready.val();
        self.roomy.next = self.buffer.roomy.val();
        self.available.next = self.buffer.available.val();
        self.buffer.write_word.next = self.write_word.val();
        self.buffer.write_fresh.next = self.write_fresh.val();
        self.own_entry.from.next = self.entry.val();
        self.buffer.entry.next = self.own_entry.to.val();
        self.spikes.next = self.buffer.spikes.val();
        self.wide_index.from.next = self.buffer.index.val();
        self.index.next = self.wide_index.to.val();
        self.wide_last_entry.from.next = self.buffer.last_entry.val();
        self.last_entry.next = self.wide_last_entry.to.val();
        self.fresh.next = self.buffer.fresh.val();
    }
}
