use ndarray::array;

use super::*;

fn weights(levels: Array2<i16>, scale: f64) -> LevelWeights {
    let scale = vec![scale; levels.nrows()];
    LevelWeights { levels, scale, least_bits: 1 }
}

/// What both are after they were brought to one unit, if they can be: levels before, levels back, and the unit.
fn unified(forward: f64, back: f64) -> Option<(Array2<i16>, Array2<i16>, f64)> {
    let mut forward = weights(array![[1, -1, 1]], forward);
    let mut back = weights(array![[-1, 1]], back);
    let done = unify(&mut forward, &mut back, 0);
    assert!(!done || forward.scale == back.scale);
    done.then_some((forward.levels, back.levels, forward.scale[0]))
}

#[test]
fn scales_become_whole_multiples_of_one_unit() {
    assert_eq!(unified(0.5, 0.5), Some((array![[1, -1, 1]], array![[-1, 1]], 0.5)));
    assert_eq!(unified(0.5, 1.5), Some((array![[1, -1, 1]], array![[-3, 3]], 0.5)));
    assert_eq!(unified(0.5, 0.25), Some((array![[2, -2, 2]], array![[-1, 1]], 0.25)));
    assert_eq!(unified(1.0, 0.75), Some((array![[4, -4, 4]], array![[-3, 3]], 0.25)));
}

#[test]
fn scales_without_a_small_unit_are_left_as_they_are() {
    assert_eq!(unified(1.0, std::f64::consts::SQRT_2), None);
    assert_eq!(unified(1.0, 1.0 / 17.0), None, "a unit of a seventeenth");
    assert_eq!(unified(1.0, 128.0), None, "a level beyond eight bits");
    assert!(unified(1.0, 127.0).is_some());
}
