//! Which of the layers that ask wins: the one whose turn it was, so that it runs several timesteps in a row, or else the
//! last. Leaf.
//!
//! A layer's first group waits for the neurons of whichever layer ran before, a wait that is long behind a wide one: the fewer
//! changes, the better.
//!
//! No layer ever waits for a bank that only another turn could free, as it asks only when there is one. And one always asks
//! while any has a timestep: the last of those that do, as the buffer behind it is empty, or is read outside the stage.

use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Choice {
    pub asks: Vec<Signal<In, Bit>>,
    /// Whose turn it was: one hot.
    pub holds: Vec<Signal<In, Bit>>,
    pub wins: Vec<Signal<Out, Bit>>,
    pub any: Signal<Out, Bit>,
}

impl Choice {
    pub fn new(layers: usize) -> Self {
        Choice {
            asks: (0..layers).map(|_| Default::default()).collect(),
            holds: (0..layers).map(|_| Default::default()).collect(),
            wins: (0..layers).map(|_| Default::default()).collect(),
            any: Default::default(),
        }
    }
}

impl Logic for Choice {
    fn update(&mut self) {
        let kept = self.asks.iter().zip(&self.holds).any(|(asks, holds)| asks.val() && holds.val());
        let mut taken = false;
        for ((wins, asks), holds) in self.wins.iter_mut().zip(&self.asks).zip(&self.holds).rev() {
            wins.next = asks.val() && if kept { holds.val() } else { !taken };
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
        let keeps: Vec<String> = (0..asks.len()).map(|layer| format!("asks${layer} && holds${layer}")).collect();
        let win = |layer: usize| {
            let later: String = asks[layer + 1..].iter().map(|other| format!(" && !{other}")).collect();
            format!("always @(*) wins${layer} = kept ? {} : {}{later};\n", keeps[layer], asks[layer])
        };
        let wins: String = (0..asks.len()).map(win).collect();
        let kept = keeps.join(" || ");
        Verilog::Custom(format!("wire kept = {kept};\n{wins}always @(*) any = {};\n", asks.join(" || ")))
    }
}
