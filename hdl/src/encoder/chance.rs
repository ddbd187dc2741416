//! Spikes by chance: where a draw of 8 bits is below `value + value / 128`, so never of 0 and always of 255.
//!
//! ```text
//! starts -> seed         valid -> eight steps of the register        spike: its low 8 bits against the value
//! ```

use crate::arch::VALUE_BITS;
use crate::dff_setup;
use crate::plasticity::lfsr::LfsrSteps;
use crate::plasticity::rounding::RANDOM_BITS;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Chance {
    // Control
    pub clock: Signal<In, Clock>,
    pub starts: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    // Data
    pub value: Bus<In>,
    pub spike: Signal<Out, Bit>,
    register: Register,
    steps: LfsrSteps,
    more_steps: LfsrSteps,
    below: Below,
    seed: Fixed,
}

impl Chance {
    pub fn new(seed: u16) -> Self {
        // The register would never leave 0.
        let seed = u64::from(seed.max(1));
        Chance {
            clock: Default::default(),
            starts: Default::default(),
            valid: Default::default(),
            value: Bus::new(VALUE_BITS),
            spike: Default::default(),
            register: Register::starting_at(seed, RANDOM_BITS),
            steps: Default::default(),
            more_steps: Default::default(),
            below: Default::default(),
            seed: Fixed::new(seed, RANDOM_BITS),
        }
    }
}

impl Logic for Chance {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, register);
        self.steps.state.next = self.register.q.val();
        self.more_steps.state.next = self.steps.state_next.val();
        self.below.draw.next = self.register.q.val();
        self.below.value.next = self.value.val();
        self.spike.next = self.below.below.val();
        if self.valid.val() {
            self.register.d.next = self.more_steps.state_next.val();
        }
        if self.starts.val() {
            self.register.d.next = self.seed.val();
        }
    }
}

/// below = the low 8 bits of the draw < value + value / 128. Leaf.
#[derive(LogicBlock)]
pub struct Below {
    pub draw: Bus<In>,
    pub value: Bus<In>,
    pub below: Signal<Out, Bit>,
}

impl Default for Below {
    fn default() -> Self {
        Below { draw: Bus::new(RANDOM_BITS), value: Bus::new(VALUE_BITS), below: Default::default() }
    }
}

impl Logic for Below {
    fn update(&mut self) {
        let value = self.value.val().raw();
        self.below.next = (self.draw.val().raw() & 255) < value + value / 128;
    }

    fn connect(&mut self) {
        self.below.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) below = {1'b0, draw[7:0]} < {1'b0, value} + {8'b0, value[7]};\n".into())
    }
}
