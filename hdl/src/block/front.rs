//! What feeds a crossbar: the buffer that a layer's spikes arrive in, and the schedule that walks it.
//!
//! ```text
//! dense        spike buffer, every word of it for each group
//! window       frame buffer, the taps of each position for each group
//! and, for an input that repeats, the replay that lets both rest
//! ```
//!
//! `group_end` tells the drain that a group's last beat is issued; `issue_end` tells the crossbar, in step with `issue`.

use super::replay::Replay;
use super::schedule::Schedule;
use super::spike_buffer::SpikeBuffer;
use crate::arch::StageArch;
use crate::protocol::TIMESTEPS_BITS;
use crate::signal::Bus;
use crate::window::front::WindowFront;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Front {
    // Control
    pub clock: Signal<In, Clock>,
    pub walking: Signal<Out, Bit>,
    /// A beat is there and cannot be taken.
    pub waits: Signal<Out, Bit>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    // An input that repeats
    pub show: Signal<In, Bit>,
    pub timesteps: Bus<In>,
    pub replay: Signal<Out, Bit>,
    // Words that are no spikes
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    // Drain
    pub may_drain: Signal<In, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub fresh: Signal<Out, Bit>,
    // Crossbar
    pub issue: Signal<Out, Bit>,
    pub issue_end: Signal<Out, Bit>,
    pub doubles: Signal<Out, Bit>,
    pub counts_inputs: Signal<Out, Bit>,
    pub weight_base: Bus<Out>,
    pub weight_offset: Bus<Out>,
    pub spikes: Bus<Out>,
    // Parameters
    pub drains: Signal<In, Bit>,
    pub neuron: Bus<In>,
    pub parameter_index: Bus<Out>,
    /// One, without a window.
    buffer: Vec<SpikeBuffer>,
    schedule: Vec<Schedule>,
    /// One, with a window.
    window: Vec<WindowFront>,
    replays: Vec<Replay>,
    /// Kept currents run, and the crossbar waits.
    rests: Signal<Local, Bit>,
    /// The input's bank is given up.
    freed: Signal<Local, Bit>,
}

impl Front {
    pub fn new(stage: &StageArch) -> Self {
        let (index, weights) = (stage.beat_index_bits(), stage.weight_address_bits());
        let dense = || 0..usize::from(stage.window.is_none());
        let buffer =
            |_| SpikeBuffer::new(stage.beats(), stage.beat, stage.skip_zero_beats, stage.memories.spikes);
        Front {
            clock: Default::default(),
            walking: Default::default(),
            waits: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            show: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            replay: Default::default(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(stage.entry_bits()),
            kept_aside: Bus::new(stage.beat),
            may_drain: Default::default(),
            group_end: Default::default(),
            fresh: Default::default(),
            issue: Default::default(),
            issue_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            weight_base: Bus::new(weights),
            weight_offset: Bus::new(index),
            spikes: Bus::new(stage.beat),
            drains: Default::default(),
            neuron: Bus::new(stage.neuron_index_bits()),
            parameter_index: Bus::new(stage.parameter_bits()),
            buffer: dense().map(buffer).collect(),
            schedule: dense().map(|_| Schedule::new(stage)).collect(),
            window: stage.window.iter().map(|window| WindowFront::new(stage, window)).collect(),
            replays: (0..usize::from(stage.keeps_currents)).map(|_| Default::default()).collect(),
            rests: Default::default(),
            freed: Default::default(),
        }
    }
}

impl Logic for Front {
    #[hdl_gen]
    fn update(&mut self) {
        self.rests.next = false;
        for i in 0..self.replays.len() {
            self.rests.next = self.replays[i].pending.val();
        }
        for i in 0..self.buffer.len() {
            self.buffer[i].clock.next = self.clock.val();
            self.buffer[i].write_enable.next = self.write_enable.val();
            self.buffer[i].write_last.next = self.write_last.val();
            self.buffer[i].commit.next = self.commit.val();
            self.buffer[i].restart.next = self.restart.val();
            self.buffer[i].write_word.next = self.write_word.val();
            self.buffer[i].write_fresh.next = self.write_fresh.val();
            self.buffer[i].keeps_all.next = self.keeps_aside.val();
            self.buffer[i].entry.next = self.schedule[i].entry.val();
            if self.keeps_aside.val() {
                self.buffer[i].entry.next = self.load_entry.val();
            }
            self.kept_aside.next = self.buffer[i].spikes.val();
            self.buffer[i].free.next = self.schedule[i].free.val();
            self.ready.next = self.buffer[i].ready.val();
            self.fresh.next = self.buffer[i].fresh.val();
            self.spikes.next = self.buffer[i].spikes.val();
            self.weight_offset.next = self.buffer[i].index.val();
            self.parameter_index.next = self.neuron.val();

            self.schedule[i].clock.next = self.clock.val();
            self.schedule[i].available.next = self.buffer[i].available.val() && !self.rests.val();
            self.schedule[i].last_entry.next = self.buffer[i].last_entry.val();
            self.schedule[i].may_drain.next = self.may_drain.val();
            self.freed.next = self.schedule[i].free.val();
            self.walking.next = self.schedule[i].walking.val();
            self.issue.next = self.schedule[i].issue.val();
            self.waits.next = self.schedule[i].walking.val() && !self.schedule[i].issue.val();
            self.issue_end.next = self.schedule[i].group_end.val();
            self.doubles.next = self.schedule[i].doubles.val();
            self.counts_inputs.next = self.schedule[i].counts_inputs.val();
            self.group_end.next = self.schedule[i].group_end.val();
            self.weight_base.next = self.schedule[i].group_base.val();
        }
        for i in 0..self.window.len() {
            self.window[i].clock.next = self.clock.val();
            self.window[i].write_enable.next = self.write_enable.val();
            self.window[i].commit.next = self.commit.val();
            self.window[i].restart.next = self.restart.val();
            self.window[i].write_word.next = self.write_word.val();
            self.window[i].write_fresh.next = self.write_fresh.val();
            self.window[i].keeps_aside.next = self.keeps_aside.val();
            self.window[i].load_entry.next = self.load_entry.val();
            self.kept_aside.next = self.window[i].kept_aside.val();
            self.window[i].rests.next = self.rests.val();
            self.window[i].may_drain.next = self.may_drain.val();
            self.window[i].drains.next = self.drains.val();
            self.ready.next = self.window[i].ready.val();
            self.fresh.next = self.window[i].fresh.val();
            self.spikes.next = self.window[i].spikes.val();
            self.weight_offset.next = self.window[i].weight_offset.val();
            self.parameter_index.next = self.window[i].parameter_index.val();
            self.freed.next = self.window[i].free.val();
            self.walking.next = self.window[i].walking.val();
            self.issue.next = self.window[i].issue.val();
            self.waits.next = self.window[i].waits.val();
            self.issue_end.next = self.window[i].issue_end.val();
            self.doubles.next = self.window[i].doubles.val();
            self.counts_inputs.next = self.window[i].counts_inputs.val();
            self.group_end.next = self.window[i].group_end.val();
            self.weight_base.next = self.window[i].weight_base.val();
        }
        self.replay.next = false;
        for i in 0..self.replays.len() {
            self.replays[i].clock.next = self.clock.val();
            self.replays[i].commit.next = self.commit.val();
            self.replays[i].show.next = self.show.val();
            self.replays[i].timesteps.next = self.timesteps.val();
            self.replays[i].free.next = self.freed.val();
            self.replays[i].may_drain.next = self.may_drain.val();
            self.replay.next = self.replays[i].replay.val();
        }
    }
}
