use spikeforge_sim::random::{convolutional_network, network_within, Bounds};

use super::*;

fn dense() -> Network {
    network_within(Bounds { max_layers: 2, max_size: 20, max_fraction_bits: 3 }, 3)
}

#[track_caller]
fn refused(layer: &Layer, planned: &Layer) -> (String, String) {
    match check_shape(layer, planned) {
        Err(SwapError::Shape { got, expected, .. }) => (got, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_layer_of_the_same_shape_fits() {
    for layer in dense().layers.iter().chain(&convolutional_network(1).layers) {
        assert_eq!(check_shape(layer, layer), Ok(()));
    }
}

#[test]
fn a_window_that_moves_otherwise_does_not_fit_though_the_sizes_are_equal() {
    let is_moved = |layer: &Layer| layer.window.as_ref().is_some_and(|window| window.x.taps.len() > 1);
    let layers = (0..).flat_map(|seed| convolutional_network(seed).layers);
    let planned = layers.into_iter().find(is_moved).unwrap();
    let mut other = planned.clone();
    other.window.as_mut().unwrap().x.taps.reverse();
    if other.window == planned.window {
        other.window.as_mut().unwrap().x.taps[0].clear();
    }
    let (got, expected) = refused(&other, &planned);
    assert_eq!(got, expected, "nothing but the window differs");
}

#[test]
fn weights_of_more_bits_and_other_sizes_are_named() {
    let network = dense();
    let planned = &network.layers[0];
    let mut wider = planned.clone();
    wider.lower.push(wider.weights.clone());
    let (got, expected) = refused(&wider, planned);
    assert_eq!(got, format!("{expected} with weights of 2 bits"));
    let mut larger = planned.clone();
    larger.weights = spikeforge_sim::SignMatrix::new(planned.n_neurons(), planned.n_inputs() + 1);
    let (got, expected) = refused(&larger, planned);
    assert_ne!(got, expected);
}
