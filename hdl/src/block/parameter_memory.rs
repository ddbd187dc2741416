//! Threshold, bias and beta of each neuron, a cycle after its index, or two where they pass a register.
//!
//! Fields that are equal for the whole layer are constants and take no memory; the others share a word
//! `{ beta, bias, threshold }` and are shifted and sign-extended on the way out.

use super::load_port::{replace_piece, write_statements};
use super::ram::{attributes, range, read_statements};
use crate::arch::{Field, Load, NeuronArch, Style};
use crate::protocol::{RegionMap, ADDRESS_BITS, PARAMETERS};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// The parameters of one neuron, as the image gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    pub threshold: i64,
    pub bias: i64,
    pub beta: i64,
}

#[derive(LogicBlock)]
pub struct ParameterMemory {
    pub clock: Signal<In, Clock>,
    pub neuron: Bus<In>,
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub threshold: Bus<Out>,
    pub bias: Bus<Out>,
    pub beta: Bus<Out>,
    _layout: Layout,
    _neurons: Rc<Vec<Parameters>>,
    _file: String,
    _style: Style,
    _load: Load,
    _registered: bool,
    _read: Parameters,
}

/// Where each field lies in a stored word.
#[derive(Clone, Copy)]
pub struct Layout {
    fields: [Field; 3],
}

impl Layout {
    pub fn new(neuron: &NeuronArch) -> Self {
        Layout { fields: [neuron.threshold, neuron.bias, neuron.beta] }
    }

    pub fn width(&self) -> u32 {
        self.fields.iter().map(Field::stored_bits).sum()
    }

    /// The stored word of a neuron.
    pub fn pack(&self, parameters: &Parameters) -> u128 {
        let values = [parameters.threshold, parameters.bias, parameters.beta];
        let mut word = 0;
        let mut offset = 0;
        for (field, value) in self.fields.iter().zip(values) {
            if let Field::Stored { bits, shift, .. } = *field {
                word |= u128::from(Value::signed(value >> shift, bits).raw()) << offset;
                offset += bits;
            }
        }
        word
    }

    /// The parameters of a stored word; those that are constants are `neuron`'s.
    fn unpack(&self, mut word: u128, neuron: &Parameters) -> Parameters {
        let mut values = [neuron.threshold, neuron.bias, neuron.beta];
        for (field, value) in self.fields.iter().zip(&mut values) {
            if let Field::Stored { bits, shift, signed } = *field {
                let raw = words_of(word & ((1 << bits) - 1))[0];
                let fill = if signed { 64 - bits } else { 0 };
                *value = (raw << fill).cast_signed() >> fill << shift;
                word >>= bits;
            }
        }
        Parameters { threshold: values[0], bias: values[1], beta: values[2] }
    }

    /// `target = expression` for each output, the fields cut from `word`.
    fn outputs(&self, widths: [u32; 3]) -> String {
        let mut offset = 0;
        let mut text = String::new();
        for ((field, name), width) in self.fields.iter().zip(["threshold", "bias", "beta"]).zip(widths) {
            text += &match *field {
                Field::Constant(value) => {
                    // A register that never changes: `always @(*)` would have nothing to wake it.
                    let constant = format!("{width}'h{:x}", Value::signed(value, width).raw());
                    format!("initial {name} = {constant};\nalways @(posedge clock) {name} <= {constant};\n")
                }
                Field::Stored { bits, shift, signed } => {
                    let cut = format!("word[{offset} +: {bits}]");
                    let sign = if signed { format!("word[{}]", offset + bits - 1) } else { "1'b0".into() };
                    let fill = width - bits - shift;
                    offset += bits;
                    let low = if shift > 0 { format!(", {shift}'b0") } else { String::new() };
                    let high = if fill > 0 { format!("{{{fill}{{{sign}}}}}, ") } else { String::new() };
                    format!("always @(*) {name} = {{{high}{cut}{low}}};\n")
                }
            };
        }
        text
    }
}

impl ParameterMemory {
    /// `work_bits` is the width of threshold and bias; beta is unsigned, one bit more than `beta_bits`.
    pub fn new(
        neuron: &NeuronArch,
        widths: (u32, u32),
        (neurons, file): (Rc<Vec<Parameters>>, String),
        style: Style,
        load: Load,
    ) -> Self {
        let (index_bits, work_bits) = widths;
        let layout = Layout::new(neuron);
        let first = neurons.first().copied().unwrap_or(Parameters { threshold: 0, bias: 0, beta: 0 });
        let mut memory = ParameterMemory {
            clock: Default::default(),
            neuron: Bus::new(index_bits),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            threshold: Bus::new(work_bits),
            bias: Bus::new(work_bits),
            beta: Bus::new(neuron.beta_bits + 2),
            _layout: layout,
            _neurons: neurons,
            _file: file,
            _style: style,
            _load: load,
            _registered: false,
            _read: layout.unpack(0, &first),
        };
        memory.show(first);
        memory
    }

    /// The word passes a register.
    pub fn registered(self, registered: bool) -> Self {
        ParameterMemory { _registered: registered, ..self }
    }

    fn show(&mut self, parameters: Parameters) {
        self.threshold.next = Value::signed(parameters.threshold, self.threshold.width());
        self.bias.next = Value::signed(parameters.bias, self.bias.width());
        self.beta.next = Value::signed(parameters.beta, self.beta.width());
    }
}

impl ParameterMemory {
    fn load(&mut self) {
        let layout = self._layout;
        let (row_bits, piece_bits) = (layout.width(), self._load.word_bits);
        let map = RegionMap { layer: 0, region: PARAMETERS, rows: self._neurons.len(), row_bits, piece_bits, is_volatile: false };
        let address = self.load_address.val().index();
        let (row, column) = (address >> map.column_bits(), address % map.address(1));
        if let Some(neuron) = Rc::make_mut(&mut self._neurons).get_mut(row) {
            let mut words = words_of(layout.pack(neuron));
            let column = u64::try_from(column).unwrap_or(u64::MAX);
            replace_piece(&mut words, 64, piece_bits, column, self.load_piece.val().raw());
            let packed = u128::from(words[0]) | u128::from(words[1]) << 64;
            *neuron = layout.unpack(packed, neuron);
        }
    }
}

/// A stored word in elements of 64 bits, lowest first.
pub fn words_of(packed: u128) -> [u64; 2] {
    let low = u64::MAX;
    [packed & u128::from(low), packed >> 64].map(|word| u64::try_from(word).unwrap_or(low))
}

impl Logic for ParameterMemory {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let before = self._read;
            if let Some(&read) = self._neurons.get(self.neuron.val().index()) {
                self._read = read;
            }
            self.show(if self._registered { before } else { self._read });
            if self._load.writes && self.load_enable.val() {
                self.load();
            }
        }
    }

    fn connect(&mut self) {
        self.threshold.connect();
        self.bias.connect();
        self.beta.connect();
    }

    fn hdl(&self) -> Verilog {
        let outputs = self._layout.outputs([self.threshold.width(), self.bias.width(), self.beta.width()]);
        if self._layout.width() == 0 {
            return Verilog::Custom(outputs);
        }
        let (register, reads) = read_statements("neuron", self._registered);
        Verilog::Custom(format!(
            "{attributes}\nreg {range}words [0:{last}];\nreg {range}word{register};\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) begin\n    {reads}\n{writes}end\n{outputs}",
            attributes = attributes(self._style),
            range = range(self._layout.width()),
            last = self._neurons.len() - 1,
            file = self._file,
            writes = write_statements(self._neurons.len(), self._layout.width(), self._load.word_bits, self._load),
        ))
    }
}
