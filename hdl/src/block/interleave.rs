//! Which pipeline a row belongs to, and its number there: neighbours belong to neighbouring pipelines. Leaf without logic.
//!
//! ```text
//! from = { number, pipeline, column }      place = { number, column }
//! ```

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Interleave {
    pub from: Bus<In>,
    pub pipeline: Bus<Out>,
    pub place: Bus<Out>,
    _pipeline_bits: u32,
    _column_bits: u32,
}

impl Interleave {
    /// From and to so many bits; the pipeline is 0 where there is one.
    pub fn new((from, to): (u32, u32), pipelines: usize, column_bits: u32) -> Self {
        let bits = pipelines.ilog2();
        Interleave {
            from: Bus::new(from),
            pipeline: Bus::new(bits.max(1)),
            place: Bus::new(to),
            _pipeline_bits: bits,
            _column_bits: column_bits,
        }
    }
}

impl Logic for Interleave {
    fn update(&mut self) {
        let (from, column) = (self.from.val().raw(), self._column_bits);
        let number = from >> (column + self._pipeline_bits);
        let pipeline = if self._pipeline_bits == 0 { 0 } else { from >> column };
        self.pipeline.next = Value::new(pipeline, self.pipeline.width());
        self.place.next = Value::new(number << column | from & ((1 << column) - 1), self.place.width());
    }

    fn connect(&mut self) {
        self.pipeline.connect();
        self.place.connect();
    }

    fn hdl(&self) -> Verilog {
        let (from, to, bits, column) = (self.from.width(), self.place.width(), self._pipeline_bits, self._column_bits);
        let above = from.saturating_sub(column + bits).min(to - column);
        let fill = to - column - above;
        let mut parts = vec![];
        if fill > 0 {
            parts.push(format!("{fill}'b0"));
        }
        if above > 0 {
            parts.push(format!("from[{} +: {above}]", column + bits));
        }
        if column > 0 {
            parts.push(format!("from[0 +: {column}]"));
        }
        let place = if bits == 0 && from == to { "from".to_owned() } else { format!("{{{}}}", parts.join(", ")) };
        let pipeline = if bits == 0 {
            // Something must wake `always @(*)`.
            "always @(*) pipeline = ^from & 1'b0;\n".to_owned()
        } else {
            format!("always @(*) pipeline = from[{column} +: {bits}];\n")
        };
        Verilog::Custom(format!("always @(*) place = {place};\n{pipeline}"))
    }
}
