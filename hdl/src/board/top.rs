//! The whole design with a board's pins: clock, UART, one LED that shows activity.

use super::synchronizer::Synchronizer;
use super::system_clock::{ClockSource, SystemClock};
use super::uart_rx::UartRx;
use super::uart_tx::UartTx;
use crate::accelerator::Accelerator;
use crate::arch::Arch;
use crate::block::stage::StageImage;
use crate::plasticity::accelerator::LearningAccelerator;
use crate::plasticity::arch::LearningArch;
use crate::plasticity::layer::LearningImage;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use serde::{Deserialize, Serialize};

/// What the top needs of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pins {
    pub clock: ClockSource,
    /// Cycles of the system clock a UART bit.
    pub uart_divisor: usize,
    /// Whether the LED lights when its pin is low.
    pub led_active_low: bool,
}

#[derive(LogicBlock)]
pub struct Top {
    pub clock: Signal<In, Clock>,
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub led: Signal<Out, Bit>,
    system: SystemClock,
    line: Synchronizer,
    receiver: UartRx,
    transmitter: UartTx,
    /// One, or none in a design that learns.
    accelerator: Vec<Accelerator>,
    learner: Vec<LearningAccelerator>,
    computing: Signal<Local, Bit>,
    led_active_low: Constant<Bit>,
}

impl Top {
    pub fn new(arch: &Arch, images: &[StageImage], pins: &Pins) -> Self {
        Top::around(vec![Accelerator::new(arch, images)], vec![], pins)
    }

    /// Of a design that learns.
    pub fn learning(arch: &Arch, learning: &LearningArch, images: &[LearningImage], pins: &Pins) -> Self {
        Top::around(vec![], vec![LearningAccelerator::new(arch, learning, images)], pins)
    }

    fn around(accelerator: Vec<Accelerator>, learner: Vec<LearningAccelerator>, pins: &Pins) -> Self {
        Top {
            clock: Default::default(),
            uart_rx: Default::default(),
            uart_tx: Default::default(),
            led: Default::default(),
            system: SystemClock::new(pins.clock),
            line: Default::default(),
            receiver: UartRx::new(pins.uart_divisor),
            transmitter: UartTx::new(pins.uart_divisor),
            accelerator,
            learner,
            computing: Default::default(),
            led_active_low: Constant::new(pins.led_active_low),
        }
    }
}

impl Logic for Top {
    #[hdl_gen]
    fn update(&mut self) {
        self.system.pin.next = self.clock.val();
        self.line.clock.next = self.system.clock.val();
        self.line.pin.next = self.uart_rx.val() || !self.system.locked.val();
        self.receiver.clock.next = self.system.clock.val();
        self.receiver.line.next = self.line.level.val();
        self.transmitter.clock.next = self.system.clock.val();
        self.uart_tx.next = self.transmitter.line.val();
        for i in 0..self.accelerator.len() {
            self.accelerator[i].clock.next = self.system.clock.val();
            self.accelerator[i].in_valid.next = self.receiver.byte_valid.val();
            self.accelerator[i].in_byte.next = self.receiver.byte_out.val();
            self.accelerator[i].in_lost.next = self.receiver.lost.val();
            self.accelerator[i].out_ready.next = self.transmitter.byte_ready.val();
            self.receiver.byte_ready.next = self.accelerator[i].in_ready.val();
            self.transmitter.byte_valid.next = self.accelerator[i].out_valid.val();
            self.transmitter.byte_in.next = self.accelerator[i].out_byte.val();
            self.computing.next = self.accelerator[i].computing.val();
        }
        for i in 0..self.learner.len() {
            self.learner[i].clock.next = self.system.clock.val();
            self.learner[i].in_valid.next = self.receiver.byte_valid.val();
            self.learner[i].in_byte.next = self.receiver.byte_out.val();
            self.learner[i].in_lost.next = self.receiver.lost.val();
            self.learner[i].out_ready.next = self.transmitter.byte_ready.val();
            self.receiver.byte_ready.next = self.learner[i].in_ready.val();
            self.transmitter.byte_valid.next = self.learner[i].out_valid.val();
            self.transmitter.byte_in.next = self.learner[i].out_byte.val();
            self.computing.next = self.learner[i].computing.val();
        }
        self.led.next = self.computing.val();
        if self.led_active_low.val() {
            self.led.next = !self.computing.val();
        }
    }
}
