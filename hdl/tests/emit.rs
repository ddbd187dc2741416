//! An emitted design has a module a distinct block, its memory files beside it, and lines for every weight.

use spikeforge_hdl::arch::*;
use spikeforge_hdl::block::parameter_memory::Parameters;
use spikeforge_hdl::board::{system_clock::ClockSource, top::Pins};
use spikeforge_hdl::emit::{emit, EmitError, Emitted, Image, ACCELERATOR, TOP};

fn stage(name: &str, n_inputs: usize, n_neurons: usize, lanes: usize, beat: u32) -> StageArch {
    let block = Style::Block;
    StageArch {
        name: name.into(),
        n_inputs,
        n_neurons,
        window: None,
        weight_bits: 1,
        lanes,
        beat,
        skip_zero_beats: n_inputs > 128,
        keeps_currents: false,
        recurrent: false,
        neuron: NeuronArch {
            fraction_bits: 4,
            membrane_bits: 16,
            beta_bits: 1,
            beta: Field::Constant(1),
            threshold: Field::Stored { bits: 8, shift: 2, signed: false },
            bias: Field::Constant(0),
            reset: Reset::Subtract,
            reset_delay: true,
            fires: Fires::Above,
            synapse: None,
            scaling: None,
        },
        memories: MemoryStyles { spikes: block, weights: block, state: block, parameters: block, tables: block, registered: false },
        shared: false,
        banks: 2,
        pipelines: 1,
    }
}

fn image(stage: &StageArch) -> Image {
    let neuron = |j: usize| Parameters { threshold: 4 * (i64::try_from(j).unwrap_or(0) + 3), bias: 0, beta: 1 };
    Image {
        weights: vec![vec![0xA5; stage.lanes]; stage.weight_words()],
        parameters: (0..stage.n_neurons).map(neuron).collect(),
    }
}

fn emitted(images: impl Fn(&Arch) -> Vec<Image>) -> Result<Emitted, EmitError> {
    emitted_of(vec![stage("layer0", 200, 12, 5, 16), stage("layer1", 12, 3, 1, 8)], images)
}

fn emitted_of(stages: Vec<StageArch>, images: impl Fn(&Arch) -> Vec<Image>) -> Result<Emitted, EmitError> {
    let arch = Arch { identity: 0x1234_5678, stages, host: HostOptions::default(), encoder: None, learning: None };
    let pins = Pins { clock: ClockSource::Oscillator, uart_divisor: 12, led_active_low: false };
    emit(&arch, &images(&arch), &pins)
}

#[test]
fn equal_blocks_are_one_module() {
    let design = emitted(|arch| arch.stages.iter().map(image).collect()).unwrap();
    for (file, top) in [(&design.top, TOP), (&design.accelerator, ACCELERATOR)] {
        assert_eq!(file.text.matches(&format!("module {top}(")).count(), 1);
        let names: Vec<&str> = file.text.lines().filter_map(|line| line.strip_prefix("module ")?.split('(').next()).collect();
        let distinct: std::collections::HashSet<&&str> = names.iter().collect();
        assert_eq!(names.len(), distinct.len(), "a module is defined twice");
        let instances = file.text.lines().filter(|line| line.starts_with("    sf_") && line.ends_with('(')).count();
        assert!(names.len() < instances, "{} modules for {instances} instances: equal ones were not merged", names.len());
        assert!(!file.text.contains("always @(*) begin\n    end"), "an empty block");
    }
    let names: Vec<&str> = design.memories.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["layer0_weights.hex", "layer0_parameters.hex", "layer1_weights.hex", "layer1_parameters.hex"]);
    assert_eq!(design.memories[0].text.lines().count(), 13 * 3);
    assert!(design.memories.iter().all(|file| design.top.text.contains(&file.name)));
}

#[test]
fn an_image_of_another_size_is_refused() {
    let error = emitted(|arch| {
        let mut images: Vec<Image> = arch.stages.iter().map(image).collect();
        images[1].parameters.pop();
        images
    });
    assert_eq!(error.unwrap_err().to_string(), "layer1: the image has 2 parameters, the design 3");
}

#[test]
fn pipelines_that_do_not_divide_a_layer_are_refused() {
    for (lanes, pipelines) in [(5, 2), (6, 4), (4, 8)] {
        let stages = vec![StageArch { pipelines, ..stage("layer0", 200, 12, lanes, 16) }];
        let error = emitted_of(stages, |arch| arch.stages.iter().map(image).collect()).unwrap_err().to_string();
        assert_eq!(error, format!("layer0 cannot have {pipelines} LIF pipelines; they serve layers of dense synapses whose neurons and lanes they divide"));
    }
    let text = serde_json::to_string(&stage("layer0", 200, 12, 4, 16)).unwrap();
    let told = text.replace("\"shared\":false", "\"shared\":false,\"pipelines\":0");
    assert!(serde_json::from_str::<StageArch>(&told).unwrap_err().to_string().starts_with("0 pipelines; there are 1, 2 or 4"));
}
