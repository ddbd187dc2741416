//! Signals whose width is chosen at run time, as first-class rust-hdl atoms.
//!
//! rust-hdl's own `Signal<_, Bits<N>>` wants each width at compile time, but a layer's widths follow
//! from the network. `Bus`, `Fixed` and `Register` carry theirs as a value; `#[hdl_gen]`, `check_all`
//! and the Verilog printer take them unchanged. Every operator asserts equal widths, because
//! rust-hdl's implicit widening is where its Verilog and its simulation part ways.

mod bus;
mod fixed;
mod register;
mod value;

pub use bus::Bus;
pub use fixed::Fixed;
pub use register::{Flag, Register};
pub use value::Value;

/// Bits that hold every value in `0..=max`; at least one.
pub fn bits_for(max: usize) -> u32 {
    (usize::BITS - max.leading_zeros()).max(1)
}

/// Clocks the named registers, and lets each keep its value unless the block says otherwise.
/// The name and form are those that `#[hdl_gen]` knows.
#[macro_export]
macro_rules! dff_setup {
    ($self: ident, $clock: ident, $($register: ident),+) => {
        $($self.$register.clock.next = $self.$clock.val());+;
        $($self.$register.d.next = $self.$register.q.val());+;
    }
}
