//! What the synapse of each neuron keeps, a cycle after its index, or two where it passes a register: `decay`, in units of
//! 2^-beta_bits, less than all.
//!
//! Leaf.

use super::ram::{attributes, range, read_statements};
use crate::arch::{StageArch, Style};
use crate::emit::TextFile;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct DecayTable {
    pub clock: Signal<In, Clock>,
    pub index: Bus<In>,
    pub decay: Bus<Out>,
    _decays: Vec<u64>,
    _bits: u32,
    _file: String,
    _style: Style,
    _registered: bool,
    _read: u64,
}

impl DecayTable {
    /// The table of a stage whose synapses keep something else each; `decay` has `width` bits, the highest of them 0.
    pub fn new(stage: &StageArch, decays: &[i64], width: u32) -> Self {
        DecayTable {
            clock: Default::default(),
            index: Bus::new(stage.neuron_index_bits()),
            decay: Bus::new(width),
            _decays: decays.iter().map(|decay| decay.unsigned_abs()).collect(),
            _bits: decay_bits(stage),
            _file: format!("{}_decays.hex", stage.name),
            _style: stage.memories.tables,
            _registered: stage.memories.registered,
            _read: 0,
        }
    }

    /// What `$readmemh` reads.
    pub fn file(&self) -> TextFile {
        let digits = usize::try_from(self._bits.div_ceil(4)).unwrap_or(0);
        let text = self._decays.iter().map(|decay| format!("{decay:0digits$x}\n")).collect();
        TextFile { name: self._file.clone(), text }
    }
}

/// Bits of a decay; at least 2: Verilog cannot index a word of one bit.
pub fn decay_bits(stage: &StageArch) -> u32 {
    stage.neuron.beta_bits.max(2)
}

impl Logic for DecayTable {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let Some(&decay) = self._decays.get(self.index.val().index()) else { return };
            let shown = if self._registered { self._read } else { decay };
            self.decay.next = Value::new(shown, self.decay.width());
            self._read = decay;
        }
    }

    fn connect(&mut self) {
        self.decay.connect();
    }

    fn hdl(&self) -> Verilog {
        let (register, reads) = read_statements("index", self._registered);
        let reads = if self._registered { format!("begin\n    {reads}\nend") } else { reads };
        Verilog::Custom(format!(
            "{attributes}\nreg {range}words [0:{last}];\nreg {range}word{register};\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) {reads}\n\
             always @(*) decay = {{{fill}'b0, word}};\n",
            attributes = attributes(self._style),
            range = range(self._bits),
            last = self._decays.len() - 1,
            file = self._file,
            fill = self.decay.width() - self._bits,
        ))
    }
}
