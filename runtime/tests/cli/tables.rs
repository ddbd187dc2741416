//! The commands that make the tables of training.

use crate::program::Folder;

#[test]
fn descents_are_compared_on_xor_and_on_samples() {
    let json = Folder::new().run(&["spikeprop", "--starts", "4", "--epochs", "400", "--json"]).done().json();
    let rows = json["descents"].as_array().unwrap();
    let descents: Vec<(&str, u64)> = rows.iter().map(|row| (row["descent"].as_str().unwrap(), row["starts"].as_u64().unwrap())).collect();
    assert_eq!(descents, [("gradient", 4), ("quickprop", 4), ("rprop", 4)]);
    let epochs = |i: usize| json["descents"][i]["median_epochs"].as_u64().unwrap();
    assert!(epochs(1) < epochs(0) && epochs(2) < epochs(0), "{json}");
    let json = Folder::new().run(&["spikeprop", "--dataset", "cancer", "--epochs", "2", "--hidden", "4", "--limit", "150", "--json"]).done().json();
    // Silent outputs would be right nowhere, one that is always first in a third at least.
    let rows = json["descents"].as_array().unwrap();
    assert!(rows.len() == 3 && rows.iter().all(|row| row["test"].as_f64().unwrap() > 0.3), "{json}");
    Folder::new().run(&["spikeprop", "--dataset", "blinks"]).check(2, "cancer, blink, scp1 and seizure");
    Folder::new().run(&["spikeprop", "--fields", "3"]).check(2, "--dataset");
    Folder::new().run(&["spikeprop", "--starts", "0"]).check(2, "0 is not in 1..=1000");
}

#[test]
fn a_row_that_was_trained_is_not_trained_again() {
    let folder = Folder::new();
    let table: &[&str] = &["train-table", "--runs", "runs.jsonl", "--only", "digits, delta code, arctan, rate decoding, ce-count", "--json"];
    let json = folder.run(table).done().json();
    assert_eq!(json.as_array().unwrap().len(), 3, "{json}");
    let (float, integers) = (json[0]["accuracy"].as_f64().unwrap(), json[0]["integers"].as_f64().unwrap());
    assert!(float > 0.5 && (float - integers).abs() < 0.03, "{json}");
    assert!(json[0]["hidden_spikes"].as_f64().unwrap() > 1.0, "{json}");
    assert_eq!(folder.run(table).done().json(), json);

    let nowhere = folder.run(&["train-table", "--runs", "no/runs.jsonl", "--only", "digits, delta code, arctan, rate decoding, ce-count"]);
    assert!(!nowhere.stderr.contains("in floats"), "it was trained and is lost: {nowhere:?}");
    nowhere.check(4, "no/runs.jsonl");
    std::fs::write(folder.path("runs.jsonl"), "{\"row\": 3}\n").unwrap();
    folder.run(table).check(4, "runs.jsonl, line 1");
}

/// 1437 digits may be learned. The last sixth of them is tested, 240, and none of the 360 of the test: the spikes of all that is
/// tested together are a whole number.
#[test]
fn settings_can_be_tried_without_the_test() {
    let train: &[&str] = &["train", "--system", "readout", "--dataset", "digits", "--shape", "64-16-10", "--epochs", "1", "--json"];
    let n_tested = |more: &[&str]| {
        let spikes = Folder::new().run(&[train, more].concat()).done().json()["spikes_by_layer"][0].as_f64().unwrap();
        let is_whole = |n: &f64| (spikes * n - (spikes * n).round()).abs() < 1e-6;
        [240.0, 360.0].into_iter().filter(is_whole).collect::<Vec<_>>()
    };
    assert_eq!((n_tested(&[]), n_tested(&["--validate"])), (vec![360.0], vec![240.0]));
}
