//! A faster clock than the board's oscillator: the settings of the part's PLL, and its Verilog.
//!
//! ```text
//! clock_in --/R--> compare --> VCO --/Q--> clock_out      SB_PLL40, EHXPLLL: F in the feedback
//!                     ^---------/F---------'
//! ```
//! The rate is chosen so that the serial port's rate divides it exactly.

use serde::{Deserialize, Serialize};

use super::{Board, BoardError};

/// Name of the module that [`Pll::verilog`] and [`simulation_verilog`] define:
/// `(input clock_in, output clock_out, output locked)`.
pub const MODULE: &str = "spikeforge_pll";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Primitive {
    /// iCE40, the clock pin is the PLL's own pad and has no other use.
    #[serde(rename = "SB_PLL40_PAD")]
    IcePad,
    /// iCE40, fed from inside.
    #[serde(rename = "SB_PLL40_CORE")]
    IceCore,
    #[serde(rename = "EHXPLLL")]
    Ecp5,
    #[serde(rename = "rPLL")]
    Gowin,
}

/// Dividers that make `output_hz` exactly: `output = reference / divide * multiply`, with the
/// oscillator at `output * post`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pll {
    pub primitive: Primitive,
    pub reference_hz: u32,
    pub output_hz: u32,
    /// Reference divider.
    pub divide: u32,
    /// Feedback: for iCE40 it includes the output divider (`output = reference / divide * multiply / post`).
    pub multiply: u32,
    /// Divider from the oscillator to the output.
    pub post: u32,
}

/// What a primitive can do, from its data sheet.
struct Limits {
    divides: std::ops::RangeInclusive<u32>,
    multiplies: std::ops::RangeInclusive<u32>,
    posts: &'static [u32],
    compare_hz: std::ops::RangeInclusive<u64>,
    oscillator_hz: std::ops::RangeInclusive<u64>,
}

impl Pll {
    /// The fastest clock of at most `at_most_hz` that the serial rate divides.
    pub fn fastest(board: &Board, at_most_hz: u32) -> Result<Pll, BoardError> {
        let refuse = |reason: String| BoardError::Pll {
            board: board.name.clone(),
            clock_hz: board.clock.hz,
            asked_hz: at_most_hz,
            reason,
        };
        let primitive = board
            .pll
            .ok_or_else(|| refuse("the board file names no pll".to_owned()))?;
        let usable =
            |pll: &Pll| pll.output_hz <= at_most_hz && pll.output_hz % board.uart.baud_hz == 0;
        let rates = candidates(primitive, board.clock.hz);
        rates
            .iter()
            .filter(|pll| usable(pll))
            .max_by_key(|pll| pll.output_hz)
            .copied()
            .ok_or_else(|| {
                let least = rates
                    .iter()
                    .filter(|pll| pll.output_hz % board.uart.baud_hz == 0)
                    .map(|pll| pll.output_hz)
                    .min();
                refuse(format!(
                    "the least rate of {primitive:?} that {} baud divides is {} Hz",
                    board.uart.baud_hz,
                    least.unwrap_or(0)
                ))
            })
    }

    /// The module [`MODULE`] for synthesis.
    pub fn verilog(&self) -> String {
        let instance = match self.primitive {
            Primitive::IcePad => self.ice("SB_PLL40_PAD", "PACKAGEPIN"),
            Primitive::IceCore => self.ice("SB_PLL40_CORE", "REFERENCECLK"),
            Primitive::Ecp5 => self.ecp5(),
            Primitive::Gowin => self.gowin(),
        };
        module(&format!(
            "    // {} Hz -> {} Hz\n{instance}",
            self.reference_hz, self.output_hz
        ))
    }

    fn ice(&self, name: &str, reference_port: &str) -> String {
        let filter = match self.reference_hz / self.divide / 1_000_000 {
            0..=16 => 1,
            17..=25 => 2,
            26..=43 => 3,
            44..=65 => 4,
            66..=100 => 5,
            _ => 6,
        };
        format!(
            "    {name} #(\n        .FEEDBACK_PATH(\"SIMPLE\"), .DIVR(4'd{}), .DIVF(7'd{}), .DIVQ(3'd{}), .FILTER_RANGE(3'd{filter})\n    ) pll (\n        .{reference_port}(clock_in), .PLLOUTGLOBAL(clock_out), .LOCK(locked), .RESETB(1'b1), .BYPASS(1'b0)\n    );\n",
            self.divide - 1,
            self.multiply - 1,
            self.post.ilog2(),
        )
    }

    fn ecp5(&self) -> String {
        format!(
            "    (* ICP_CURRENT=\"12\" *) (* LPF_RESISTOR=\"8\" *) (* MFG_ENABLE_FILTEROPAMP=\"1\" *) (* MFG_GMCREF_SEL=\"2\" *)\n    EHXPLLL #(\n        .CLKI_DIV({}), .CLKFB_DIV({}), .FEEDBK_PATH(\"CLKOP\"),\n        .CLKOP_ENABLE(\"ENABLED\"), .CLKOP_DIV({}), .CLKOP_CPHASE({}), .CLKOP_FPHASE(0)\n    ) pll (\n        .CLKI(clock_in), .CLKFB(clock_out), .CLKOP(clock_out), .LOCK(locked), .RST(1'b0), .STDBY(1'b0),\n        .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1), .PHASESTEP(1'b1), .PHASELOADREG(1'b1),\n        .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0)\n    );\n",
            self.divide,
            self.multiply,
            self.post,
            (self.post / 2).saturating_sub(1),
        )
    }

    fn gowin(&self) -> String {
        format!(
            "    rPLL #(\n        .FCLKIN(\"{}.{:06}\"), .IDIV_SEL({}), .FBDIV_SEL({}), .ODIV_SEL({})\n    ) pll (\n        .CLKIN(clock_in), .CLKOUT(clock_out), .LOCK(locked), .CLKOUTP(), .CLKOUTD(), .CLKOUTD3(), .RESET(1'b0), .RESET_P(1'b0),\n        .CLKFB(1'b0), .FBDSEL(6'b0), .IDSEL(6'b0), .ODSEL(6'b0), .PSDA(4'b0), .DUTYDA(4'b0), .FDLY(4'b0)\n    );\n",
            self.reference_hz / 1_000_000,
            self.reference_hz % 1_000_000,
            self.divide - 1,
            self.multiply - 1,
            self.post,
        )
    }
}

/// [`MODULE`] for simulation: the simulated clock is the design's clock, locked from the start.
pub fn simulation_verilog() -> String {
    module("    assign clock_out = clock_in;\n    assign locked = 1'b1;\n")
}

fn module(body: &str) -> String {
    format!("module {MODULE} (\n    input clock_in,\n    output clock_out,\n    output locked\n);\n{body}endmodule\n")
}

/// Every exact whole rate of `primitive`; of the ways to make one, that with the fastest oscillator.
fn candidates(primitive: Primitive, reference_hz: u32) -> Vec<Pll> {
    let limits = primitive.limits();
    let mut found = Vec::new();
    for divide in limits.divides.clone() {
        let compare_hz = u64::from(reference_hz) / u64::from(divide);
        if reference_hz % divide != 0 || !limits.compare_hz.contains(&compare_hz) {
            continue;
        }
        for multiply in limits.multiplies.clone() {
            for post in limits.posts.iter().copied() {
                let (oscillator_hz, output_hz) = primitive.rates(compare_hz, multiply, post);
                let exact = oscillator_hz % u64::from(post) == 0;
                if let (true, true, Ok(output_hz)) = (
                    exact,
                    limits.oscillator_hz.contains(&oscillator_hz),
                    u32::try_from(output_hz),
                ) {
                    found.push(Pll {
                        primitive,
                        reference_hz,
                        output_hz,
                        divide,
                        multiply,
                        post,
                    });
                }
            }
        }
    }
    found.sort_by_key(|pll| (pll.output_hz, pll.divide, std::cmp::Reverse(pll.post)));
    found.dedup_by_key(|pll| pll.output_hz);
    found
}

impl Primitive {
    /// Oscillator and output, in Hz.
    fn rates(self, compare_hz: u64, multiply: u32, post: u32) -> (u64, u64) {
        let product = compare_hz * u64::from(multiply);
        match self {
            Primitive::IcePad | Primitive::IceCore => (product, product / u64::from(post)),
            Primitive::Ecp5 | Primitive::Gowin => (product * u64::from(post), product),
        }
    }

    fn limits(self) -> Limits {
        match self {
            Primitive::IcePad | Primitive::IceCore => Limits {
                divides: 1..=16,
                multiplies: 1..=128,
                posts: &[2, 4, 8, 16, 32],
                compare_hz: 10_000_000..=133_000_000,
                oscillator_hz: 533_000_000..=1_066_000_000,
            },
            Primitive::Ecp5 => Limits {
                divides: 1..=128,
                multiplies: 1..=80,
                posts: &[2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32],
                compare_hz: 3_125_000..=400_000_000,
                oscillator_hz: 400_000_000..=800_000_000,
            },
            Primitive::Gowin => Limits {
                divides: 1..=64,
                multiplies: 1..=64,
                posts: &[2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128],
                compare_hz: 3_000_000..=400_000_000,
                oscillator_hz: 500_000_000..=1_200_000_000,
            },
        }
    }
}
