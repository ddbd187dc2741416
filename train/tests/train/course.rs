use std::ops::ControlFlow;

use spikeforge_train::course::Training;
use spikeforge_train::{Options, Samples, SystemName, TrainError};

use crate::common::{digits, trained};

fn short() -> Options {
    Options { n_epochs: 3, batch: 64, rate: 5e-3, augment: 1, ..Options::new(SystemName::Bptt, "64-16-10") }
}

fn bits(training: &Training) -> Vec<u32> {
    let values = |tensor: &candle_core::Tensor| tensor.flatten_all().and_then(|all| all.to_vec1::<f32>()).expect("numbers");
    training.system.state().iter().flat_map(|(_, var)| values(var.as_tensor())).map(f32::to_bits).collect()
}

#[test]
fn an_interrupted_training_ends_at_the_same_bits() {
    let (train, _) = digits();
    let whole = trained(&short(), &train);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.training");
    let mut first = Training::new(&short(), &train).expect("a training");
    let is_done = first.run(&mut |training| {
        training.save(&path)?;
        Ok(ControlFlow::Break(()))
    });
    assert!(!is_done.expect("one epoch"));
    let mut second = Training::resume(&path, &train).expect("the checkpoint");
    assert_eq!(second.progress.epochs.len(), 1);
    assert!(second.run(&mut |_| Ok(ControlFlow::Continue(()))).expect("the rest"));
    assert_eq!(second.progress, whole.progress);
    assert_eq!(bits(&second), bits(&whole));
    let still = trained(&Options { augment: 0, ..short() }, &train);
    assert_ne!(bits(&still), bits(&whole), "no image was moved");
}

#[test]
fn an_altered_checkpoint_and_other_samples_are_refused() {
    let (train, test) = digits();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.training");
    Training::new(&short(), &train).and_then(|training| training.save(&path)).expect("written");
    let other = Training::resume(&path, &test).err().expect("refused").to_string();
    assert!(other.contains("the samples"), "{other}");
    let mut bytes = std::fs::read(&path).expect("bytes");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).expect("written");
    let altered = Training::resume(&path, &train).err().expect("refused").to_string();
    assert!(altered.contains("altered or cut short"), "{altered}");
}

#[test]
fn a_training_that_diverges_stops_and_says_where() {
    let (train, _) = digits();
    let mut training = Training::new(&short(), &train).expect("a training");
    let (_, var) = training.system.state().into_iter().find(|(name, _)| name == "layer2.gamma").expect("a norm");
    var.set(&var.affine(f64::NAN, 0.0).expect("a tensor")).expect("set");
    let error = training.run(&mut |_| Ok(ControlFlow::Continue(()))).err().expect("it stops");
    let told = error.to_string();
    assert!(matches!(error, TrainError::NotFinite { epoch: 1, batch: 1, .. }), "{told}");
    assert!(told.contains("the membranes of layer 2"), "{told}");
}

#[test]
fn bad_samples_are_refused() {
    let label = Samples::new(vec![0; 8], vec![4], vec![0, 3], 3).err().expect("refused").to_string();
    assert_eq!(label, "label 1 is 3, the network tells the classes 0 to 2 apart");
    assert!(Samples::new(vec![0; 7], vec![4], vec![0, 1], 3).is_err());
    let few = Samples::new(vec![0; 40], vec![4], vec![0; 10], 3).expect("samples");
    assert!(few.parted(1).err().expect("refused").to_string().contains("20 are needed"));
    let flat = Samples::new(vec![0; 4 * 30], vec![4], vec![0; 30], 2).expect("samples");
    let moved = Options { shape: "4-2".to_owned(), ..short() };
    assert!(Training::new(&moved, &flat).err().expect("refused").to_string().contains("for images alone"));
    let (train, _) = digits();
    let inputs = Options { shape: "63-10".to_owned(), ..short() };
    assert!(Training::new(&inputs, &train).err().expect("refused").to_string().contains("63"));
}
