//! What a network means, in plain integers: the one definition against which the hardware is checked.
//!
//! A [`Network`] is a chain of layers of binary weights (-1, +1) and leaky integrate-and-fire neurons. At every
//! timestep a layer takes the spikes `x` of the layer before it and does, for each neuron `j`, in this order:
//!
//! ```text
//! current    = sum_i w[j][i] * x[i]                        exact
//! drive      = (current << fraction_bits) + bias[j]        bias and threshold in units of 2^-fraction_bits
//! leaked     = (membrane * beta[j]) >> beta_bits           floor; 0 when the reset is a delayed zero and the neuron
//!                                                          fired at the previous timestep
//! integrated = leaked + drive                              less threshold[j] when the reset is a delayed subtraction
//!                                                          and the neuron fired at the previous timestep
//! membrane'  = saturate(integrated, membrane_bits)         two's complement range
//! fires      = membrane' > threshold[j] (Fires::Above)  or  membrane' >= threshold[j] (Fires::At)  or never (Fires::Never)
//! membrane   = membrane', or after an immediate reset of a neuron that fires: 0 (zero), membrane' - threshold (subtract)
//! ```
//!
//! With [`Reset::SubtractAhead`], where above = the stored membrane fires: integrated = leaked + drive - above * threshold,
//! and membrane = saturate(membrane' - (fires - above) * threshold).
//!
//! With a [`Synapse`] (CubaLIF) what drives the membrane is a current that decays by itself, and takes the drive first:
//!
//! ```text
//! synapse'   = ((synapse * decay[j]) >> beta_bits) + drive floor; wide enough on any input
//! integrated = leaked + synapse'                           less the resets, as above
//! ```
//!
//! With [`Scaling`]s the drive depends on the timestep t of the presentation, counted from 0, and from the last of them on no
//! longer (batch norm through time, calibrated attention):
//!
//! ```text
//! drive      = current * scale[t][j] + bias[t][j]          both in units of 2^-fraction_bits, the scale of either sign
//! ```
//!
//! or, with [`ScaledBy::Count`] in place of t, on how many spikes have entered the layer so far: attention without a look ahead.
//!
//! A presentation starts with every membrane and every synaptic current 0 and no neuron having fired.
//!
//! A recurrent layer has its own spikes of the timestep before among its inputs, behind those of the layer before it; at the
//! first timestep none of them fired.
//!
//! The input of a timestep may be unsigned values in place of spikes: then `x[i]` is a number of several bits, which come as
//! lines of their own. See the module [`window`].
//!
//! A layer with a [`Window`] is a convolution: the neurons of a channel share their weights, and each sums over the
//! taps that its position has in the frame. See the module [`window`].
//!
//! Invariants, most of them absences:
//!
//! * this crate never sees the hardware: no plan, folding, schedule, address or board reaches it;
//! * no float, and no `as`: every conversion, rounding and overflow is a named function in `arithmetic.rs`;
//! * a [`Network`] that was made by [`Network::new`] or read by serde cannot overflow the arithmetic of the reference;
//! * nothing depends on time, addresses or thread order: the same network, train and seed give the same bits anywhere.

mod arithmetic;
mod columns;
pub mod coding;
mod device;
mod encoded;
mod evaluate;
mod lockstep;
mod network;
mod narrow;
mod neurons;
mod packed;
pub mod plasticity;
pub mod random;
pub mod range;
mod readout;
mod reference;
mod sign_matrix;
mod synapse;
mod transpose;
mod validate;
#[cfg(feature = "verilated")]
pub mod verilated;
pub mod window;

pub use device::{Device, DeviceError, LayerState, Trace};
pub use encoded::Encoded;
pub use evaluate::{argmax, evaluate, scores};
pub use lockstep::{lockstep, Compare, Comparison, LockstepError, Mismatch, NeuronState};
pub use network::{Input, Layer, LayerId, Network};
pub use neurons::{Fires, Neurons, Reset, ScaledBy, Scaling};
pub use readout::{Readout, Verdict};
pub use reference::Reference;
pub use sign_matrix::{SignMatrix, SignMatrixError};
pub use synapse::Synapse;
pub use validate::{limits, NetworkError};
pub use window::Window;

/// The spikes of one timestep: bit `i` is neuron (or input) `i`.
pub type Spikes = bitvec::vec::BitVec<u64, bitvec::order::Lsb0>;
