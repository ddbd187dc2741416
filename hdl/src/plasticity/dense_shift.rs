//! The shift of a layer for a presentation of so many input spikes. Leaf.
//!
//! ```text
//! shift = min(latent_shift + max(0, floor(log2(max(1, n_spikes))) - dense_bits), 16)
//! ```

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

use super::rounding::SHIFT_BITS;

const MOST: u64 = 16;

#[derive(LogicBlock)]
pub struct DenseShift {
    pub n_spikes: Bus<In>,
    pub latent_shift: Bus<In>,
    pub dense_bits: Bus<In>,
    pub shift: Bus<Out>,
}

impl DenseShift {
    pub fn new(count_bits: u32) -> Self {
        assert!(count_bits < 32, "a count of {count_bits} bits");
        DenseShift {
            n_spikes: Bus::new(count_bits),
            latent_shift: Bus::new(SHIFT_BITS),
            dense_bits: Bus::new(SHIFT_BITS),
            shift: Bus::new(SHIFT_BITS),
        }
    }
}

impl Logic for DenseShift {
    fn update(&mut self) {
        let log = u64::from(self.n_spikes.val().raw().max(1).ilog2());
        let shift = self.latent_shift.val().raw() + log.saturating_sub(self.dense_bits.val().raw());
        self.shift.next = Value::new(shift.min(MOST), SHIFT_BITS);
    }

    fn connect(&mut self) {
        self.shift.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.n_spikes.width();
        let logs: String = (1..width).map(|bit| format!("    if (n_spikes[{bit}]) log = 6'd{bit};\n")).collect();
        Verilog::Custom(format!(
            "reg [5:0] log, wide;\n\
             always @(*) begin\n\
             \x20   log = 6'd0;\n{logs}\
             \x20   wide = {{1'b0, latent_shift}};\n\
             \x20   if (log > {{1'b0, dense_bits}}) wide = {{1'b0, latent_shift}} + log - {{1'b0, dense_bits}};\n\
             \x20   shift = (wide > 6'd{MOST}) ? 5'd{MOST} : wide[0 +: 5];\n\
             end\n"
        ))
    }
}
