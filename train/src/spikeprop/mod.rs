//! SpikeProp (Bohte, Kok and La Poutre 2002): backpropagation of the times of single spikes, and its faster descents by
//! QuickProp and RProp (Schrauwen and Van Campenhout 2004; McKennoch, Liu and Bushnell 2006).
//!
//! ```text
//! potential  x_j(t) = sum_i sum_k w_ijk eps(t - t_i - d_k),   eps(s) = s/tau exp(1 - s/tau) for s > 0
//! spike      t_j = the first t with x_j(t) >= threshold       d_k = 1 .. 16 ms, tau = 7 ms, threshold = 50
//! error      E = 1/2 sum_j (t_j - wanted_j)^2
//! delta_j    = dE/dt_j / x_j'(t_j)
//! dE/dw_ijk  = -delta_j eps(t_j - t_i - d_k)
//! dE/dt_i    = sum_j delta_j sum_k w_ijk eps'(t_j - t_i - d_k)
//! ```
//! Times are milliseconds, in float64; there are no timesteps: between two arrivals the potential has a closed form.

mod classify;
mod coding;
mod comparison;
mod descent;
mod network;
mod neuron;
mod training;

pub use classify::{classify, Course, Learned, HALF};
pub use coding::{class_times, Fields};
pub use comparison::{compare, Compared};
pub use descent::{Descent, DescentName};
pub use network::{Network, Times};
pub use training::{xor, Outcome, Pattern, Training, ENOUGH};
