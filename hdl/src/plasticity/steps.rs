//! From a row's trace to the changes of contrastive rules, in which a neuron moves by 1 to 7 steps up or down.
//!
//! ```text
//! cycle    1                           2        3
//!          trace, random -> product    sums     changes
//! ```

use super::rounding::{RoundedShift, RANDOM_BITS, SHIFT_BITS};
use super::standing::extended;
use super::strength::SCALE_BITS;
use crate::dff_setup;
use crate::signal::{Bus, Register, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// The most steps that a neuron moves: more are as many.
pub const MOST_STEPS: u32 = 7;

/// Of a product for traces of so many bits.
pub fn product_bits(trace_bits: u32) -> u32 {
    trace_bits + SCALE_BITS
}

/// Of a sum: none can wrap.
fn sum_bits(trace_bits: u32) -> u32 {
    (product_bits(trace_bits) + 3).max(RANDOM_BITS) + 2
}

#[derive(LogicBlock)]
pub struct StepChanges {
    pub clock: Signal<In, Clock>,
    pub scale: Bus<In>,
    pub shift: Bus<In>,
    pub trace: Bus<In>,
    pub random: Bus<In>,
    /// Seven changes, of one step in the lowest bits.
    pub rises: Bus<Out>,
    pub falls: Bus<Out>,
    product: StepProduct,
    up: Vec<StepRow>,
    down: Vec<StepRow>,
    all_up: StepPack,
    all_down: StepPack,
}

impl StepChanges {
    /// For weights of `weight_bits`, at most 8.
    pub fn new(trace_bits: u32, weight_bits: u32) -> Self {
        let change = weight_bits + 1;
        let rows = |sign: i64| (1..=i64::from(MOST_STEPS)).map(|steps| StepRow::new(sign * steps, trace_bits, change)).collect();
        StepChanges {
            clock: Default::default(),
            scale: Bus::new(SCALE_BITS),
            shift: Bus::new(SHIFT_BITS),
            trace: Bus::new(trace_bits),
            random: Bus::new(RANDOM_BITS),
            rises: Bus::new(MOST_STEPS * change),
            falls: Bus::new(MOST_STEPS * change),
            product: StepProduct::new(trace_bits),
            up: rows(1),
            down: rows(-1),
            all_up: StepPack::new(change),
            all_down: StepPack::new(change),
        }
    }
}

impl Logic for StepChanges {
    #[hdl_gen]
    fn update(&mut self) {
        self.product.trace.next = self.trace.val();
        self.product.scale.next = self.scale.val();
        self.product.random.next = self.random.val();
        self.product.shift.next = self.shift.val();
        for k in 0..self.up.len() {
            self.up[k].clock.next = self.clock.val();
            self.up[k].product.next = self.product.product.val();
            self.up[k].drawn.next = self.product.drawn.val();
            self.up[k].shift.next = self.shift.val();
            self.all_up.part[k].next = self.up[k].change.val();
            self.down[k].clock.next = self.clock.val();
            self.down[k].product.next = self.product.product.val();
            self.down[k].drawn.next = self.product.drawn.val();
            self.down[k].shift.next = self.shift.val();
            self.all_down.part[k].next = self.down[k].change.val();
        }
        self.rises.next = self.all_up.joined.val();
        self.falls.next = self.all_down.joined.val();
    }
}

/// The change of one number of steps.
#[derive(LogicBlock)]
pub struct StepRow {
    pub clock: Signal<In, Clock>,
    pub product: Bus<In>,
    pub drawn: Bus<In>,
    pub shift: Bus<In>,
    pub change: Bus<Out>,
    total: StepSum,
    sum_2: Register,
    shifted: RoundedShift,
    change_3: Register,
}

impl StepRow {
    fn new(steps: i64, trace_bits: u32, change_bits: u32) -> Self {
        let (product, sum) = (product_bits(trace_bits), sum_bits(trace_bits));
        StepRow {
            clock: Default::default(),
            product: Bus::new(product),
            drawn: Bus::new(RANDOM_BITS),
            shift: Bus::new(SHIFT_BITS),
            change: Bus::new(change_bits),
            total: StepSum::new(steps, product, sum),
            sum_2: Register::new(sum),
            shifted: RoundedShift::new(sum, change_bits),
            change_3: Register::new(change_bits),
        }
    }
}

impl Logic for StepRow {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum_2, change_3);
        self.total.product.next = self.product.val();
        self.total.drawn.next = self.drawn.val();
        self.sum_2.d.next = self.total.sum.val();
        self.shifted.sum.next = self.sum_2.q.val();
        self.shifted.shift.next = self.shift.val();
        self.change_3.d.next = self.shifted.change.val();
        self.change.next = self.change_3.q.val();
    }
}

/// product = trace * scale; drawn = the low `shift` bits of random. Leaf.
#[derive(LogicBlock)]
pub struct StepProduct {
    pub trace: Bus<In>,
    pub scale: Bus<In>,
    pub random: Bus<In>,
    pub shift: Bus<In>,
    pub product: Bus<Out>,
    pub drawn: Bus<Out>,
}

impl StepProduct {
    pub fn new(trace_bits: u32) -> Self {
        StepProduct {
            trace: Bus::new(trace_bits),
            scale: Bus::new(SCALE_BITS),
            random: Bus::new(RANDOM_BITS),
            shift: Bus::new(SHIFT_BITS),
            product: Bus::new(product_bits(trace_bits)),
            drawn: Bus::new(RANDOM_BITS),
        }
    }
}

impl Logic for StepProduct {
    fn update(&mut self) {
        let product = self.trace.val().raw().cast_signed() * self.scale.val().as_signed();
        self.product.next = Value::signed(product, self.product.width());
        self.drawn.next = Value::new(self.random.val().raw() & ((1 << self.shift.val().raw()) - 1), RANDOM_BITS);
    }

    fn connect(&mut self) {
        self.product.connect();
        self.drawn.connect();
    }

    fn hdl(&self) -> Verilog {
        let product = self.product.width();
        Verilog::Custom(format!(
            "always @(*) begin\n\
             \x20   product = {{{SCALE_BITS}'b0, trace}} * {scale};\n\
             \x20   drawn = random & ~(16'hffff << shift);\n\
             end\n",
            scale = extended("scale", SCALE_BITS, product),
        ))
    }
}

/// sum = steps * product + drawn. Leaf.
#[derive(LogicBlock)]
pub struct StepSum {
    pub product: Bus<In>,
    pub drawn: Bus<In>,
    pub sum: Bus<Out>,
    _steps: i64,
}

impl StepSum {
    pub fn new(steps: i64, product_bits: u32, sum_bits: u32) -> Self {
        StepSum { product: Bus::new(product_bits), drawn: Bus::new(RANDOM_BITS), sum: Bus::new(sum_bits), _steps: steps }
    }
}

impl Logic for StepSum {
    fn update(&mut self) {
        let sum = self._steps * self.product.val().as_signed() + self.drawn.val().raw().cast_signed();
        self.sum.next = Value::signed(sum, self.sum.width());
    }

    fn connect(&mut self) {
        self.sum.connect();
    }

    fn hdl(&self) -> Verilog {
        let sum = self.sum.width();
        let sign = if self._steps < 0 { "-" } else { "+" };
        Verilog::Custom(format!(
            "wire [{top}:0] wide = {product};\n\
             always @(*) sum = {{{fill}'b0, drawn}} {sign} wide * {sum}'d{steps};\n",
            top = sum - 1,
            fill = sum - RANDOM_BITS,
            product = extended("product", self.product.width(), sum),
            steps = self._steps.abs(),
        ))
    }
}

/// joined = { part[6], .., part[0] }. Leaf.
#[derive(LogicBlock)]
pub struct StepPack {
    pub part: Vec<Bus<In>>,
    pub joined: Bus<Out>,
}

impl StepPack {
    pub fn new(change_bits: u32) -> Self {
        StepPack { part: (0..MOST_STEPS).map(|_| Bus::new(change_bits)).collect(), joined: Bus::new(MOST_STEPS * change_bits) }
    }
}

impl Logic for StepPack {
    fn update(&mut self) {
        let joined = self.part.iter().rev().fold(0, |joined, part| joined << part.width() | part.val().raw());
        self.joined.next = Value::new(joined, self.joined.width());
    }

    fn connect(&mut self) {
        self.joined.connect();
    }

    fn hdl(&self) -> Verilog {
        let parts: Vec<String> = (0..self.part.len()).rev().map(|k| format!("part${k}")).collect();
        Verilog::Custom(format!("always @(*) joined = {{{}}};\n", parts.join(", ")))
    }
}
