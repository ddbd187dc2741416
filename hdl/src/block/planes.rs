//! Which bit of wider weights a pass over the inputs takes, the highest first.
//!
//! ```text
//! pass         highest    ..    lowest | highest
//! pass_end     ........1  ..1  .......1
//! doubles       .........1 ......1.......          with the first beat of each but the highest
//! ```

use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Planes {
    pub clock: Signal<In, Clock>,
    pub issue: Signal<In, Bit>,
    pub pass_end: Signal<In, Bit>,
    pub doubles: Signal<Out, Bit>,
    pub is_highest: Signal<Out, Bit>,
    pub is_lowest: Signal<Out, Bit>,
    plane: Register,
    /// No beat of this pass has been issued.
    starts: Flag,
    above: Bus<Local>,
    first: Fixed,
    one: Fixed,
    last: Fixed,
    /// With one bit there is one pass, and no logic for others.
    has_passes: Constant<Bit>,
}

impl Planes {
    /// Weights of `bits` bits; one bit is -1 or +1.
    pub fn new(bits: u32) -> Self {
        let most = usize::try_from(bits - 1).unwrap_or(usize::MAX);
        let width = bits_for(most);
        Planes {
            clock: Default::default(),
            issue: Default::default(),
            pass_end: Default::default(),
            doubles: Default::default(),
            is_highest: Default::default(),
            is_lowest: Default::default(),
            plane: Register::new(width),
            starts: Default::default(),
            above: Bus::new(width),
            first: Fixed::new(0, width),
            one: Fixed::new(1, width),
            last: Fixed::count(most, width),
            has_passes: Constant::new(most > 0),
        }
    }
}

impl Logic for Planes {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, plane, starts);
        self.above.next = self.plane.q.val();
        self.is_highest.next = !self.has_passes.val() || (self.above.val() == self.first.val());
        self.is_lowest.next = !self.has_passes.val() || (self.above.val() == self.last.val());
        self.doubles.next = self.has_passes.val() && self.issue.val() && self.starts.q.val();
        if self.issue.val() {
            self.starts.d.next = false;
        }
        if self.pass_end.val() {
            self.plane.d.next = self.plane.q.val() + self.one.val();
            self.starts.d.next = true;
            if self.is_lowest.val() {
                self.plane.d.next = self.first.val();
                self.starts.d.next = false;
            }
        }
    }
}
