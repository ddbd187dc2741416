//! What a test sees and sets of a block, by the names of its fields.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::signal::{Bus, Value};

use super::super::differential::Port;

pub trait Pin {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>);

    fn put(&mut self, _values: &mut dyn Iterator<Item = u64>) {
        unreachable!("an output cannot be set");
    }

    fn take(&self, _values: &mut Vec<u64>) {
        unreachable!("an input is no answer");
    }
}

impl Pin for Signal<In, Bit> {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>) {
        ports.push((name, 1));
    }

    fn put(&mut self, values: &mut dyn Iterator<Item = u64>) {
        self.next = values.next().unwrap() == 1;
    }
}

impl Pin for Signal<Out, Bit> {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>) {
        ports.push((name, 1));
    }

    fn take(&self, values: &mut Vec<u64>) {
        values.push(u64::from(self.val()));
    }
}

impl Pin for Bus<In> {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>) {
        ports.push((name, self.width()));
    }

    fn put(&mut self, values: &mut dyn Iterator<Item = u64>) {
        self.next = Value::new(values.next().unwrap(), self.width());
    }
}

impl Pin for Bus<Out> {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>) {
        ports.push((name, self.width()));
    }

    fn take(&self, values: &mut Vec<u64>) {
        values.push(self.val().raw());
    }
}

impl<P: Pin> Pin for Vec<P> {
    fn list(&self, name: &'static str, ports: &mut Vec<Port>) {
        for (index, pin) in self.iter().enumerate() {
            // The names of a test's ports live as long as the test.
            pin.list(Box::leak(format!("{name}${index}").into_boxed_str()), ports);
        }
    }

    fn put(&mut self, values: &mut dyn Iterator<Item = u64>) {
        self.iter_mut().for_each(|pin| pin.put(values));
    }

    fn take(&self, values: &mut Vec<u64>) {
        self.iter().for_each(|pin| pin.take(values));
    }
}

/// `ports!(Block = like_this_one; clock; inputs => outputs)`; without a clock nothing stands before the second semicolon.
macro_rules! ports {
    (@clock $block:ty;) => { None };
    (@clock $block:ty; $clock:ident) => { Some(|block: &mut $block, level| block.$clock.next = Clock { clk: level }) };
    ($block:ty = $like:expr; $($clock:ident)?; $($input:ident)* => $($output:ident)*) => {{
        let like: $block = $like;
        let (mut inputs, mut outputs) = (vec![], vec![]);
        $( $crate::twins::pin::Pin::list(&like.$input, stringify!($input), &mut inputs); )*
        $( $crate::twins::pin::Pin::list(&like.$output, stringify!($output), &mut outputs); )*
        $crate::differential::Ports::<$block> {
            inputs,
            outputs,
            set: |block, values| {
                let mut values = values.iter().copied();
                $( $crate::twins::pin::Pin::put(&mut block.$input, &mut values); )*
            },
            get: |block| {
                let mut values = vec![];
                $( $crate::twins::pin::Pin::take(&block.$output, &mut values); )*
                values
            },
            clock: ports!(@clock $block; $($clock)?),
        }
    }};
}
pub(super) use ports;
