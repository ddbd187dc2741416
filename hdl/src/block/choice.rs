//! Of the layers that ask, the last one wins. Leaf.
//!
//! A stage's layers write to one another, so that of the last must be served first: no layer then ever waits for a
//! bank that only another turn could free.

use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Choice {
    pub asks: Vec<Signal<In, Bit>>,
    pub wins: Vec<Signal<Out, Bit>>,
    pub any: Signal<Out, Bit>,
}

impl Choice {
    pub fn new(layers: usize) -> Self {
        Choice {
            asks: (0..layers).map(|_| Default::default()).collect(),
            wins: (0..layers).map(|_| Default::default()).collect(),
            any: Default::default(),
        }
    }
}

impl Logic for Choice {
    fn update(&mut self) {
        let mut taken = false;
        for (wins, asks) in self.wins.iter_mut().zip(&self.asks).rev() {
            wins.next = asks.val() && !taken;
            taken |= asks.val();
        }
        self.any.next = taken;
    }

    fn connect(&mut self) {
        self.wins.iter_mut().for_each(Logic::connect);
        self.any.connect();
    }

    fn hdl(&self) -> Verilog {
        let asks: Vec<String> = (0..self.asks.len()).map(|layer| format!("asks${layer}")).collect();
        let win = |layer: usize| {
            let later: String = asks[layer + 1..].iter().map(|other| format!(" && !{other}")).collect();
            format!("always @(*) wins${layer} = {}{later};\n", asks[layer])
        };
        let wins: String = (0..asks.len()).map(win).collect();
        Verilog::Custom(format!("{wins}always @(*) any = {};\n", asks.join(" || ")))
    }
}
