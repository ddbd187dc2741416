//! The rows that an update walks, in ascending order: each input that spiked, by STDP some silent ones too, and how often.

use crate::arch::Style;
use crate::block::ram::Ram;
use crate::block::spike_entry::SpikeEntry;
use crate::block::wiring::{Concat, Resize};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct TraceList {
    // Control
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    /// What is pushed becomes a row; its spikes count in any case.
    pub keeps: Signal<In, Bit>,
    // Data
    pub push_input: Bus<In>,
    pub push_count: Bus<In>,
    pub n_rows: Bus<Out>,
    pub n_spikes: Bus<Out>,
    /// A row comes out a cycle after it is asked for.
    pub row: Bus<In>,
    pub input_of_row: Bus<Out>,
    pub count: Bus<Out>,
    ram: Ram,
    stored: Concat,
    read: SpikeEntry,
    rows: Register,
    spikes: Register,
    write_row: Resize,
    more: Resize,
    no_rows: Fixed,
    one_row: Fixed,
    no_spikes: Fixed,
}

impl TraceList {
    pub fn new(n_inputs: usize, max_timesteps: usize, style: Style) -> Self {
        let (input, count) = (bits_for(n_inputs - 1), bits_for(max_timesteps));
        let (rows, spikes) = (bits_for(n_inputs), bits_for(n_inputs * max_timesteps));
        TraceList {
            clock: Default::default(),
            clear: Default::default(),
            push: Default::default(),
            keeps: Default::default(),
            push_input: Bus::new(input),
            push_count: Bus::new(count),
            n_rows: Bus::new(rows),
            n_spikes: Bus::new(spikes),
            row: Bus::new(input),
            input_of_row: Bus::new(input),
            count: Bus::new(count),
            ram: Ram::new(input, count + input, n_inputs, style),
            stored: Concat::new(count, input, count + input),
            read: SpikeEntry::new(count + input, count, input),
            rows: Register::new(rows),
            spikes: Register::new(spikes),
            write_row: Resize::new(rows, input),
            more: Resize::new(count, spikes),
            no_rows: Fixed::new(0, rows),
            one_row: Fixed::new(1, rows),
            no_spikes: Fixed::new(0, spikes),
        }
    }
}

impl Logic for TraceList {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, rows, spikes);
        self.n_rows.next = self.rows.q.val();
        self.n_spikes.next = self.spikes.q.val();
        self.stored.low.next = self.push_count.val();
        self.stored.high.next = self.push_input.val();
        self.write_row.from.next = self.rows.q.val();
        self.more.from.next = self.push_count.val();
        self.ram.clock.next = self.clock.val();
        self.ram.write_enable.next = self.push.val();
        self.ram.write_address.next = self.write_row.to.val();
        self.ram.write_word.next = self.stored.joined.val();
        self.ram.read_address.next = self.row.val();
        self.read.stored.next = self.ram.read_word.val();
        self.read.asked.next = self.row.val();
        self.input_of_row.next = self.read.index.val();
        self.count.next = self.read.spikes.val();
        if self.push.val() {
            self.spikes.d.next = self.spikes.q.val() + self.more.to.val();
        }
        if self.push.val() && self.keeps.val() {
            self.rows.d.next = self.rows.q.val() + self.one_row.val();
        }
        if self.clear.val() {
            self.rows.d.next = self.no_rows.val();
            self.spikes.d.next = self.no_spikes.val();
        }
    }
}
