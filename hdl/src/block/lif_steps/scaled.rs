//! The drive of a current that its timestep scales.

use super::extended;
use crate::arch::{ScalingArch, StageArch};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// drive = current * scale + bias
#[derive(LogicBlock)]
pub struct Scaled {
    pub current: Bus<In>,
    pub scale: Bus<In>,
    pub bias: Bus<In>,
    pub drive: Bus<Out>,
}

impl Scaled {
    pub fn new(stage: &StageArch, scaling: &ScalingArch) -> Self {
        Scaled {
            current: Bus::new(stage.current_bits()),
            scale: Bus::new(scaling.scale_bits),
            bias: Bus::new(scaling.bias_bits),
            drive: Bus::new(stage.work_bits()),
        }
    }
}

impl Logic for Scaled {
    fn update(&mut self) {
        let product = self.current.val().as_signed() * self.scale.val().as_signed();
        self.drive.next = Value::signed(product + self.bias.val().as_signed(), self.drive.width());
    }

    fn connect(&mut self) {
        self.drive.connect();
    }

    fn hdl(&self) -> Verilog {
        let (current, scale, bias, work) = (self.current.width(), self.scale.width(), self.bias.width(), self.drive.width());
        let product = current + scale;
        Verilog::Custom(format!(
            "reg signed [{top}:0] product;\n\
             always @(*) begin\n\
             \x20   product = $signed({current_extended}) * $signed({scale_extended});\n\
             \x20   drive = {product_extended} + {bias_extended};\n\
             end\n",
            top = product - 1,
            current_extended = extended("current", current, product),
            scale_extended = extended("scale", scale, product),
            product_extended = extended("product", product, work),
            bias_extended = extended("bias", bias, work),
        ))
    }
}
