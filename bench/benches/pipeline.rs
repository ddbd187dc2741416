//! `cargo bench -p spikeforge-bench`: the reference, the emitter, and the whole way from a model to Verilog.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{compile, Clock};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::quantize;
use spikeforge_hdl::board::{system_clock::ClockSource, top::Pins};
use spikeforge_hdl::emit::emit;
use spikeforge_runtime::inputs::{Coding, Inputs};
use spikeforge_sim::{evaluate, Reference, Spikes};

const BOARD: &str = "hx8k-breakout";
const N_TIMESTEPS: usize = 8;
const BATCH: usize = 256;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn model_path() -> PathBuf {
    repository("examples/snntorch/mnist_784_128_10.nir")
}

fn model() -> Model {
    Model::read_nir(&model_path()).expect("the model")
}

fn images() -> Vec<Vec<Spikes>> {
    let path = repository("data/mnist/t10k-images-idx3-ubyte.gz");
    let coding = Coding::Rate { n_timesteps: N_TIMESTEPS };
    let inputs = Inputs::read(&path, Some(coding), Some(BATCH)).expect("the test images");
    (0..BATCH).map(|sample| inputs.train(sample)).collect()
}

fn reference(criterion: &mut Criterion) {
    let network = quantize(&model(), &Default::default()).expect("a network").network;
    let trains = images();
    let mut group = criterion.benchmark_group("reference, 784-128-10, 8 timesteps of a test image");
    group.throughput(Throughput::Elements(1));
    let mut reference = Reference::new(&network);
    let mut next = trains.iter().cycle();
    group.bench_function("one presentation", |bencher| {
        bencher.iter(|| reference.run_counts(next.next().expect("a train")).expect("a run"))
    });
    group.throughput(Throughput::Elements(256));
    for n_threads in [1, 2] {
        group.bench_function(format!("256 presentations, {n_threads} threads"), |bencher| {
            bencher.iter(|| evaluate(&network, BATCH, n_threads, |sample| &trains[sample]).expect("a run"))
        });
    }
    group.finish();
}

fn emitter(criterion: &mut Criterion) {
    let network = quantize(&model(), &Default::default()).expect("a network").network;
    let board = Board::load(BOARD).expect("a board");
    let design = compile(&model(), &board, &Default::default(), Clock::Oscillator).expect("a design");
    let images = pack(&network, &design.arch);
    let pins = Pins { clock: ClockSource::Oscillator, uart_divisor: 12, led_active_low: false };
    criterion.bench_function("emit, 784-128-10 for hx8k-breakout", |bencher| {
        bencher.iter(|| emit(black_box(&design.arch), &images, &pins).expect("Verilog"))
    });
}

fn compiler(criterion: &mut Criterion) {
    let (path, board) = (model_path(), Board::load(BOARD).expect("a board"));
    criterion.bench_function("compile, .nir file to Verilog, 784-128-10 for hx8k-breakout", |bencher| {
        bencher.iter(|| {
            let model = Model::read_nir(black_box(&path)).expect("the model");
            compile(&model, &board, &Default::default(), Clock::Oscillator).expect("a design")
        })
    });
}

fn few() -> Criterion {
    Criterion::default().sample_size(20)
}

criterion_group! { name = benches; config = few(); targets = reference, emitter, compiler }
criterion_main!(benches);
