//! Walks a crossbar through a frame: positions, groups of channels, bits of the weights, row taps, column
//! taps, from outermost to innermost.
//!
//! ```text
//! waiting --(a timestep is available)--> walking --(last tap)--> turning --(more groups or positions)--> walking
//!    ^                                                              |
//!    +--------------------(last position: free)------------------+
//! ```
//!
//! Of values of several bits and weights of several, the row taps list all pairs, those of the highest worth first, and tell
//! where the sum doubles: then there is one pass.
//!
//! A table shows the line that its pointer stands at, because its memory is addressed with the pointer's next value.
//! A group's last tap waits as in [`crate::block::schedule`].
//!
//! | signal | bits |
//! |---|---|
//! | address | of a beat in the frame, in steps |
//! | weight_base, weight_offset | address of the weight memory |

use super::tap_table::TapTable;
use crate::arch::{StageArch, WindowArch};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

use crate::block::planes::Planes;
use crate::block::wiring::Resize;

#[derive(LogicBlock)]
pub struct Walk {
    // Control
    pub clock: Signal<In, Clock>,
    pub available: Signal<In, Bit>,
    pub may_end: Signal<In, Bit>,
    pub issue: Signal<Out, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub doubles: Signal<Out, Bit>,
    pub counts_inputs: Signal<Out, Bit>,
    pub free: Signal<Out, Bit>,
    pub walking: Signal<Out, Bit>,
    // Data
    pub address: Bus<Out>,
    pub mask: Bus<Out>,
    pub live: Bus<Out>,
    pub weight_base: Bus<Out>,
    pub weight_offset: Bus<Out>,
    rows: TapTable,
    columns: TapTable,
    row_weights: Resize,
    column_weights: Resize,
    walk: Flag,
    turn: Flag,
    /// No beat of this row tap has been issued.
    row_starts: Flag,
    ends_row: Flag,
    ends_frame: Flag,
    row: Register,
    row_start: Register,
    row_after: Register,
    column: Register,
    column_start: Register,
    column_after: Register,
    group: Register,
    base: Register,
    planes: Planes,
    row_next: Bus<Local>,
    column_next: Bus<Local>,
    at_last: Signal<Local, Bit>,
    first_row: Fixed,
    one_row: Fixed,
    first_column: Fixed,
    one_column: Fixed,
    first_group: Fixed,
    one_group: Fixed,
    last_group: Fixed,
    first_base: Fixed,
    kernel_words: Fixed,
}

impl Walk {
    pub fn new(stage: &StageArch, window: &WindowArch) -> Self {
        let weights = stage.weight_address_bits();
        let group = bits_for(stage.groups() - 1);
        let (rows, columns) = tables(stage, window);
        let (row, column) = (rows.line.width(), columns.line.width());
        Walk {
            clock: Default::default(),
            available: Default::default(),
            may_end: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            free: Default::default(),
            walking: Default::default(),
            address: Bus::new(rows.address.width()),
            mask: Bus::new(stage.beat),
            live: Bus::new(1),
            weight_base: Bus::new(weights),
            weight_offset: Bus::new(weights),
            row_weights: Resize::new(rows.weights.width(), weights),
            column_weights: Resize::new(columns.weights.width(), weights),
            rows,
            columns,
            walk: Default::default(),
            turn: Default::default(),
            row_starts: Default::default(),
            ends_row: Default::default(),
            ends_frame: Default::default(),
            row: Register::new(row),
            row_start: Register::new(row),
            row_after: Register::new(row),
            column: Register::new(column),
            column_start: Register::new(column),
            column_after: Register::new(column),
            group: Register::new(group),
            base: Register::new(weights),
            planes: Planes::new(stage.passes()),
            row_next: Bus::new(row),
            column_next: Bus::new(column),
            at_last: Default::default(),
            first_row: Fixed::new(0, row),
            one_row: Fixed::new(1, row),
            first_column: Fixed::new(0, column),
            one_column: Fixed::new(1, column),
            first_group: Fixed::new(0, group),
            one_group: Fixed::new(1, group),
            last_group: Fixed::count(stage.groups() - 1, group),
            first_base: Fixed::new(0, weights),
            // With one pass the base never moves, and the step need not fit.
            kernel_words: Fixed::count(if stage.groups() * stage.planes() > 1 { window.kernel_words } else { 0 }, weights),
        }
    }
}

/// The tables of row taps and of column taps.
pub fn tables(stage: &StageArch, window: &WindowArch) -> (TapTable, TapTable) {
    let address = window.address_bits(stage.n_inputs, stage.beat);
    let table = |lines: Vec<_>, mask, what| {
        TapTable::new(lines.into(), address, mask, format!("{}_{what}.hex", stage.name), stage.memories.tables)
    };
    (table(window.row_lines(stage.beat), 1, "rows"), table(window.column_lines(stage.beat), stage.beat, "columns"))
}

impl Logic for Walk {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, walk, turn, row_starts, ends_row, ends_frame, group, base);
        dff_setup!(self, clock, row, row_start, row_after, column, column_start, column_after);
        self.rows.clock.next = self.clock.val();
        self.columns.clock.next = self.clock.val();
        self.at_last.next = self.rows.last.val() && self.columns.last.val();
        self.issue.next =
            self.walk.q.val() && (self.may_end.val() || !self.at_last.val() || !self.planes.is_lowest.val());
        self.group_end.next = self.issue.val() && self.at_last.val() && self.planes.is_lowest.val();
        self.planes.clock.next = self.clock.val();
        self.planes.issue.next = self.issue.val();
        self.planes.pass_end.next = self.issue.val() && self.at_last.val();
        self.doubles.next = self.planes.doubles.val()
            || (self.rows.doubles.val() && self.row_starts.q.val() && self.issue.val());
        self.counts_inputs.next = self.planes.is_highest.val() && self.rows.counts.val();
        if self.issue.val() {
            self.row_starts.d.next = self.columns.last.val();
        }
        self.free.next = false;
        self.walking.next = self.walk.q.val();
        self.address.next = self.rows.address.val() + self.columns.address.val();
        self.mask.next = self.columns.mask.val();
        self.live.next = self.rows.mask.val();
        self.row_weights.from.next = self.rows.weights.val();
        self.column_weights.from.next = self.columns.weights.val();
        self.weight_base.next = self.base.q.val() + self.row_weights.to.val();
        self.weight_offset.next = self.column_weights.to.val();

        self.turn.d.next = self.group_end.val();
        self.row_next.next = self.row.q.val();
        self.column_next.next = self.column.q.val();
        if self.issue.val() {
            self.column_next.next = self.column.q.val() + self.one_column.val();
            if self.columns.last.val() {
                self.column_next.next = self.column_start.q.val();
                self.row_next.next = self.row.q.val() + self.one_row.val();
                if self.rows.last.val() {
                    self.row_next.next = self.row_start.q.val();
                    if !self.planes.is_lowest.val() {
                        self.base.d.next = self.base.q.val() + self.kernel_words.val();
                    }
                }
            }
        }
        if self.group_end.val() {
            self.walk.d.next = false;
            self.column_after.d.next = self.column.q.val() + self.one_column.val();
            self.row_after.d.next = self.row.q.val() + self.one_row.val();
            self.ends_row.d.next = self.columns.closing.val();
            self.ends_frame.d.next = self.rows.closing.val();
        }
        if self.turn.q.val() {
            self.walk.d.next = true;
            self.group.d.next = self.group.q.val() + self.one_group.val();
            self.base.d.next = self.base.q.val() + self.kernel_words.val();
            if self.group.q.val() == self.last_group.val() {
                self.group.d.next = self.first_group.val();
                self.base.d.next = self.first_base.val();
                self.column_next.next = self.column_after.q.val();
                self.column_start.d.next = self.column_after.q.val();
                if self.ends_row.q.val() {
                    self.column_next.next = self.first_column.val();
                    self.column_start.d.next = self.first_column.val();
                    self.row_next.next = self.row_after.q.val();
                    self.row_start.d.next = self.row_after.q.val();
                    if self.ends_frame.q.val() {
                        self.row_next.next = self.first_row.val();
                        self.row_start.d.next = self.first_row.val();
                        self.walk.d.next = false;
                        self.free.next = true;
                    }
                }
            }
        }
        if !self.walk.q.val() && !self.turn.q.val() && self.available.val() {
            self.walk.d.next = true;
        }
        self.row.d.next = self.row_next.val();
        self.column.d.next = self.column_next.val();
        self.rows.line.next = self.row_next.val();
        self.columns.line.next = self.column_next.val();
    }
}
