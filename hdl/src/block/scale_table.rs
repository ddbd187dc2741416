//! What each parameter of each timestep multiplies a current by and adds to it: `{ bias, scale }`, a cycle after `line`, or
//! two where they pass a register.
//!
//! Leaf.

use super::ram::{attributes, range, read_statements};
use crate::arch::{ScalingArch, Style};
use crate::emit::TextFile;
use crate::signal::{bits_for, Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct ScaleTable {
    pub clock: Signal<In, Clock>,
    pub line: Bus<In>,
    pub scale: Bus<Out>,
    pub bias: Bus<Out>,
    _lines: Vec<(i64, i64)>,
    _file: String,
    _style: Style,
    _registered: bool,
    _read: (i64, i64),
}

impl ScaleTable {
    pub fn new(scaling: &ScalingArch, file: String, style: Style) -> Self {
        ScaleTable {
            clock: Default::default(),
            line: Bus::new(bits_for(scaling.lines.len() - 1)),
            scale: Bus::new(scaling.scale_bits),
            bias: Bus::new(scaling.bias_bits),
            _lines: scaling.lines.clone(),
            _file: file,
            _style: style,
            _registered: false,
            _read: (0, 0),
        }
    }

    /// The word passes a register.
    pub fn registered(self, registered: bool) -> Self {
        ScaleTable { _registered: registered, ..self }
    }

    /// What `$readmemh` reads.
    pub fn file(&self) -> TextFile {
        let (scale, bias) = (self.scale.width(), self.bias.width());
        let digits = usize::try_from((scale + bias).div_ceil(4)).unwrap_or(0);
        let word = |&(s, b): &(i64, i64)| Value::signed(b, bias).raw() << scale | Value::signed(s, scale).raw();
        let text = self._lines.iter().map(|line| format!("{:0digits$x}\n", word(line))).collect();
        TextFile { name: self._file.clone(), text }
    }
}

impl Logic for ScaleTable {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        let Some(&line) = self._lines.get(self.line.val().index()) else { return };
        let (scale, bias) = if self._registered { self._read } else { line };
        self._read = line;
        self.scale.next = Value::signed(scale, self.scale.width());
        self.bias.next = Value::signed(bias, self.bias.width());
    }

    fn connect(&mut self) {
        self.scale.connect();
        self.bias.connect();
    }

    fn hdl(&self) -> Verilog {
        let (scale, bias) = (self.scale.width(), self.bias.width());
        let (register, reads) = read_statements("line", self._registered);
        let reads = if self._registered { format!("begin\n    {reads}\nend") } else { reads };
        Verilog::Custom(format!(
            "{attributes}\nreg {range}words [0:{last}];\nreg {range}word{register};\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) {reads}\n\
             always @(*) scale = word[0 +: {scale}];\nalways @(*) bias = word[{scale} +: {bias}];\n",
            attributes = attributes(self._style),
            range = range(scale + bias),
            last = self._lines.len() - 1,
            file = self._file,
        ))
    }
}
