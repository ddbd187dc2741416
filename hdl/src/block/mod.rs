//! The blocks of a layer, one a file; `stage` puts them together.

pub mod banks;
pub mod crossbar;
pub mod current_memory;
pub mod delay;
pub mod drain;
pub mod front;
pub mod lane;
pub mod lane_group;
pub mod lif;
pub mod lif_end;
pub mod lif_steps;
mod load_port;
pub mod packer;
pub mod parameter_memory;
pub mod planes;
pub mod popcount;
pub mod ram;
pub mod recurrence;
pub mod replay;
pub mod schedule;
pub mod spike_buffer;
pub mod spike_entry;
pub mod stage;
pub mod state_word;
pub mod weight_memory;
pub mod wiring;
