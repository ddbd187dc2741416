use spikeforge_train::export::integer_accuracy;
use spikeforge_train::{Coding, Options, SystemName};

use crate::common::{digits, trained};

/// So few hidden neurons that a readout of random ones does not do: what a rule gains, it gains in the hidden layer, and
/// one of the wrong sign would lose. The integers of the hidden layer decide as its floats do.
#[test]
fn every_rule_beats_a_hidden_layer_that_stays_random() {
    let (train, test) = digits();
    let trained = |rule| {
        let options = Options { n_epochs: 30, batch: 10, beta: 0.875, coding: "ramp".to_owned(), ..Options::new(rule, "64-16-10") };
        trained(&options, &train)
    };
    let control = trained(SystemName::Readout).accuracy(&train).expect("an accuracy");
    let rules = [
        (SystemName::Backprop, 0.25),
        (SystemName::SignSymmetric, 0.25),
        (SystemName::FeedbackAlignment, 0.22),
        (SystemName::Drtp, 0.20),
        (SystemName::Sigprop, 0.15),
        (SystemName::ForwardForward, 0.15),
        (SystemName::Pepita, 0.04),
        (SystemName::Stdp, 0.06),
    ];
    for (rule, gain) in rules {
        let training = trained(rule);
        let got = training.accuracy(&train).expect("an accuracy");
        assert!(got > control + gain, "{rule}: {got}, without a rule {control}");
        let float = training.accuracy(&test).expect("an accuracy");
        let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Ramp, 8).expect("an accuracy");
        assert!((float - integer).abs() < 0.006, "{rule}: {float} {integer}");
    }
}

#[test]
fn a_hidden_layer_that_is_not_dense_is_refused() {
    let (train, _) = digits();
    for (rule, shape) in [(SystemName::Sigprop, "8x8-c3x8-10"), (SystemName::Stdp, "8x8-p2-16-10"), (SystemName::ForwardForward, "8x8-c3x8-10")] {
        let refused = Options::new(rule, shape).build(&train).err().map(|error| error.to_string());
        assert!(refused.as_ref().is_some_and(|error| error.contains("takes a dense hidden layer")), "{rule} {shape}: {refused:?}");
    }
}
