//! Random numbers and readouts, reckoned by hand.

use spikeforge_sim::plasticity::Lfsr;

#[test]
fn the_register_is_the_galois_one() {
    let mut lfsr = Lfsr::new(1);
    // 1 -> B400 -> 5A00 -> 2D00 -> 1680, four steps a draw.
    assert_eq!(lfsr.draw(16), 1);
    assert_eq!(lfsr.state(), 0x1680);
    assert_eq!(lfsr.draw(8), 0x80);
    assert_eq!(lfsr.state(), 0x0168);
    assert_eq!(lfsr.draw(0), 0);
    // 0168 -> 00B4 -> 005A -> 002D -> (odd) 0016 ^ B400
    assert_eq!(lfsr.state(), 0xB416);
}

#[test]
fn it_visits_every_state_but_zero() {
    let mut lfsr = Lfsr::new(0);
    let start = lfsr.state();
    let mut seen = vec![false; 65_536];
    loop {
        seen[usize::from(lfsr.state())] = true;
        lfsr.draw(1);
        if lfsr.state() == start {
            break;
        }
    }
    // Four steps at a time, in a period that four does not divide.
    assert_eq!(seen.iter().filter(|&&seen| seen).count(), 65_535);
    assert!(!seen[0]);
}
