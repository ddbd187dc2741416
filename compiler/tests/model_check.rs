//! What `check` says about models: golden texts, one per kind of model.

use std::path::Path;

use expect_test::{expect, Expect};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::report;

#[test]
fn the_trained_model() {
    check(
        "../examples/snntorch/mnist_784_128_10.nir",
        expect![[r#"
            mnist_784_128_10.nir (nir 1.0.8) can be compiled

            node      type    shape  content
              input   Input   (784)
              fc1     Affine  (128)  128 x 784 binary weights of 1, bias -12 to 22
              lif1    LIF     (128)  tau 2e-4, r 2, v_threshold 9.5 to 21
              fc2     Affine  (10)   10 x 128 binary weights of 1, bias -4 to 8.5
              lif2    LIF     (10)   tau 2e-4, r 2, v_threshold 4.5 to 5
              output  Output  (10)

            neurons        value                   from
              reset        subtract                metadata
              reset-delay  on (one timestep late)  metadata
              fires        above (>)               metadata
              dt           0.0001 s                metadata
              decay        0.5                     metadata

            layer  inputs  neurons  fraction bits  beta bits  membrane bits
              fc1  784     128      12             1          23
              fc2  128     10       12             1          21

            rounding  weight scale  threshold  bias   decay  membrane
              fc1     1             exact      exact  exact  cannot overflow
              fc2     1             exact      exact  exact  cannot overflow
        "#]],
    );
}

#[test]
fn a_file_without_metadata() {
    check(
        "tests/fixtures/nir_0_1_0.nir",
        expect![[r#"
            nir_0_1_0.nir can be compiled

            node      type    shape  content
              input   Input   (12)
              fc      Affine  (5)    5 x 12 binary weights of 1, bias 0.25
              lif     LIF     (5)    tau 1e-3, r 9.999997, v_threshold 2.5
              output  Output  (5)

            neurons        value                           from
              reset        subtract                        snnTorch's default
              reset-delay  on (one timestep late)          snnTorch's default
              fires        above (>)                       snnTorch's default
              dt           0.0001 s                        file
              decay        0.9 (0.8999999698 in the file)  file

            layer  inputs  neurons  fraction bits  beta bits  membrane bits
              fc   12      5        12             12         20

            rounding  weight scale  threshold  bias   decay                                                             membrane
              fc      1             exact      exact  5 rounded, worst by 9.77e-5 (neuron 0: 0.9 became 0.89990234375)  cannot overflow

            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

#[test]
fn three_types_of_number() {
    check(
        "tests/fixtures/mixed.nir",
        expect![[r#"
            mixed.nir (nir 1.0.8) can be compiled

            node      type    shape  content
              input   Input   (12)
              fc      Affine  (5)    5 x 12 binary weights of 1, bias 0.25
              lif     LIF     (5)    tau 1e-3, r 9.999997, v_threshold 2.5
              output  Output  (5)

            neurons        value                           from
              reset        subtract                        snnTorch's default
              reset-delay  on (one timestep late)          snnTorch's default
              fires        above (>)                       snnTorch's default
              dt           0.0001 s                        file
              decay        0.9 (0.8999999698 in the file)  file

            layer  inputs  neurons  fraction bits  beta bits  membrane bits
              fc   12      5        12             12         20

            rounding  weight scale  threshold  bias   decay                                                             membrane
              fc      1             exact      exact  5 rounded, worst by 9.77e-5 (neuron 0: 0.9 became 0.89990234375)  cannot overflow

            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

#[test]
fn a_recurrent_layer() {
    check(
        "tests/fixtures/recurrent.nir",
        expect![[r#"
            recurrent.nir (nir 1.0.8) can be compiled

            node         type    shape  content
              input      Input   (12)
              fc         Linear  (5)    5 x 12 binary weights of 1
              rnn.w_rec  Linear  (5)    5 x 5 binary weights of 1
              rnn.lif    LIF     (5)    tau 2e-4, r 2, v_threshold 2.5, recurrent to rnn.w_rec
              output     Output  (5)

            neurons        value                           from
              reset        subtract                        snnTorch's default
              reset-delay  on (one timestep late)          snnTorch's default
              fires        above (>)                       snnTorch's default
              dt           0.0001 s                        file
              decay        0.5 (0.4999999874 in the file)  file

            layer  inputs  neurons  fraction bits  beta bits  membrane bits
              fc   12      5        12             1          18

            rounding  weight scale  threshold  bias   decay  membrane
              fc      1             exact      exact  exact  cannot overflow

            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

#[test]
fn convolutions_and_pools() {
    check(
        "tests/fixtures/convolution.nir",
        expect![[r#"
            convolution.nir (nir 1.0.8) can be compiled

            node       type       shape      content
              input    Input      (1, 8, 8)
              conv     Conv2d     (2, 6, 6)  2 x 1 x 3 x 3 binary weights of 1
              lif1     LIF        (2, 6, 6)  tau 2e-4, r 2, v_threshold 1
              pool     SumPool2d  (2, 3, 3)
              flatten  Flatten    (18)
              fc       Linear     (3)        3 x 18 binary weights of 1
              lif2     LIF        (3)        tau 2e-4, r 2, v_threshold 2.5
              output   Output     (3)

            neurons        value                           from
              reset        subtract                        snnTorch's default
              reset-delay  on (one timestep late)          snnTorch's default
              fires        above (>)                       snnTorch's default
              dt           0.0001 s                        file
              decay        0.5 (0.4999999874 in the file)  file

            layer   inputs  neurons  fraction bits  beta bits  membrane bits
              conv  64      72       12             1          17
              fc    72      3        12             1          20

            rounding  weight scale  threshold  bias   decay  membrane
              conv    1             exact      exact  exact  cannot overflow
              fc      1             exact      exact  exact  cannot overflow

            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

/// The report on a file, in which the file goes by its last name.
fn check(path: &str, expected: Expect) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let name = path.file_name().unwrap().to_str().unwrap();
    let model = Model::from_nir_bytes(name, std::fs::read(&path).unwrap()).unwrap();
    expected.assert_eq(&report::check(&model, &NeuronOptions::default()).to_string());
}
