use spikeforge_hdl::arch::*;
use spikeforge_hdl::block::parameter_memory::Parameters;
use spikeforge_hdl::board::{pll::ClockSource, top::Pins};
use spikeforge_hdl::emit::{emit, Image};

#[test]
fn dump() {
    let logic = MemoryStyles { spikes: Style::Block, weights: Style::Logic, state: Style::Logic, parameters: Style::Logic };
    let styles = MemoryStyles { spikes: Style::Block, weights: Style::Block, state: Style::Block, parameters: Style::Block };
    let stage = |name: &str, n_inputs: usize, n: usize, lanes, beat| StageArch {
        name: name.into(), n_inputs, n_neurons: n, lanes, beat, skip_zero_beats: n_inputs > 500,
        neuron: NeuronArch { fraction_bits: 12, membrane_bits: 24, beta_bits: 1, beta: Field::Constant(1), threshold: Field::Stored { bits: 8, shift: 11, signed: false }, bias: Field::Stored { bits: 8, shift: 11, signed: true }, reset: Reset::Subtract, reset_delay: true, fires: Fires::Above },
        memories: if n == 10 { logic } else { styles },
    };
    let arch = Arch { identity: 0x12345678, stages: vec![stage("layer0", 784, 128, 26, 16), stage("layer1", 128, 10, 1, 16)] };
    let image = |s: &StageArch| Image { weights: (0..s.weight_words()).map(|a| (0..s.lanes).map(|l| (a as u64 * 7919 + l as u64 * 104729) & 0xffff).collect()).collect(), parameters: (0..s.n_neurons).map(|j| Parameters { threshold: 2048 * (j as i64 + 3), bias: 2048 * (j as i64 - 60), beta: 1 }).collect() };
    let images: Vec<_> = arch.stages.iter().map(image).collect();
    let out = emit(&arch, &images, &Pins { clock: ClockSource::Plain, uart_divisor: 12, led_active_low: false }).unwrap();
    let dir = std::env::var("DUMP").unwrap_or("/tmp/dump".into());
    std::fs::create_dir_all(&dir).unwrap();
    for f in out.memories.iter().chain([&out.top, &out.accelerator]) { std::fs::write(format!("{dir}/{}", f.name), &f.text).unwrap(); }
}
