//! Networks as text: the same again, and nothing malformed gets in.

use expect_test::{expect, Expect};
use proptest::prelude::*;
use spikeforge_sim::{random, Network, SignMatrix};

proptest! {
    #[test]
    fn a_network_survives_text(seed: u64, bounds in super::bounds()) {
        let network = random::network_within(bounds, seed);
        let text = serde_json::to_string(&network).unwrap();
        prop_assert_eq!(serde_json::from_str::<Network>(&text).unwrap(), network);
    }
}

#[test]
fn a_row_is_hexadecimal_bytes() {
    let mut weights = SignMatrix::new(2, 13);
    for (j, i) in [(0, 0), (0, 4), (0, 12), (1, 9)] {
        weights.set(j, i, true);
    }
    let text = serde_json::to_string(&weights).unwrap();
    expect![[r#"{"n_inputs":13,"rows":["1110","0002"]}"#]].assert_eq(&text);
    assert_eq!(serde_json::from_str::<SignMatrix>(&text).unwrap(), weights);
    let rows: Vec<Vec<bool>> = (0..2).map(|j| (0..13).map(|i| weights.get(j, i)).collect()).collect();
    assert_eq!(SignMatrix::from_rows(&rows).unwrap(), weights);
    assert_eq!(weights.row_words(0), [0x1011]);
    assert_eq!(weights.n_positive(0), 3);
}

fn check(text: &str, expected: Expect) {
    let error = serde_json::from_str::<SignMatrix>(text).unwrap_err().to_string();
    let sentence = error.split(" at line").next().unwrap();
    expected.assert_eq(sentence);
}

#[test]
fn malformed_weights_are_refused() {
    check(
        r#"{"n_inputs":13,"rows":["1110","00"]}"#,
        expect!["row 1 of the weights has 2 hexadecimal digits, 13 inputs need 4"],
    );
    check(
        r#"{"n_inputs":8,"rows":["1g"]}"#,
        expect!["row 0 of the weights has 'g' at character 1, which is no hexadecimal digit"],
    );
    check(
        r#"{"n_inputs":8,"rows":["é1"]}"#,
        expect!["row 0 of the weights has 'é' at character 0, which is no hexadecimal digit"],
    );
    check(
        r#"{"n_inputs":13,"rows":["1120"]}"#,
        expect!["row 0 of the weights has a bit set beyond its 13 inputs; the padding must be zero"],
    );
    check(
        r#"{"n_inputs":18446744073709551615,"rows":["11"]}"#,
        expect!["row 0 of the weights has 2 hexadecimal digits, 18446744073709551615 inputs need 4611686018427387904"],
    );
    check(r#"{"n_inputs":1,"rows":[],"more":1}"#, expect!["unknown field `more`, expected `n_inputs` or `rows`"]);
    let ragged = SignMatrix::from_rows(&[vec![true], vec![true, false]]).unwrap_err();
    expect!["row 1 of the weights has 2 inputs, row 0 has 1; every neuron needs a weight for each input"]
        .assert_eq(&ragged.to_string());
}
