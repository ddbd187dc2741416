//! Bundles on disk: whole, checked, and never half there.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{expect, Expect};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::bundle::{Bundle, BundleError};

fn bundle() -> Bundle {
    Bundle {
        board: Board::load("icebreaker").unwrap(),
        manifest: serde_json::json!({ "layers": [{ "neurons": 10, "beta": 0.1 }] }),
        files: vec![
            ("design.v".to_owned(), b"module m; endmodule\n".to_vec()),
            ("w.hex".to_owned(), vec![0, 255]),
        ],
    }
}

/// Everything in `folder`, hidden files too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn sentence(result: Result<impl Sized, BundleError>, folder: &Path) -> String {
    result
        .err()
        .unwrap()
        .to_string()
        .replace(&folder.display().to_string(), "..")
}

/// Saves a bundle, lets `damage` at it, and expects the sentence of the refusal.
fn check(damage: impl FnOnce(&PathBuf), expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bundle");
    bundle().save(&path).unwrap();
    damage(&path);
    expected.assert_eq(&sentence(Bundle::load(&path), folder.path()));
}

#[test]
fn what_is_saved_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bundle");
    bundle().save(&path).unwrap();
    assert_eq!(Bundle::load(&path).unwrap(), bundle());
    assert_eq!(
        names(&path),
        [
            "board.json",
            "bundle.json",
            "design.v",
            "manifest.json",
            "w.hex"
        ]
    );
}

#[test]
fn a_bundle_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bundle");
    bundle().save(&path).unwrap();
    let smaller = Bundle {
        files: vec![],
        ..bundle()
    };
    smaller.save(&path).unwrap();
    assert_eq!(Bundle::load(&path).unwrap(), smaller);
    assert_eq!(
        names(folder.path()),
        ["x.bundle"],
        "nothing is left beside it"
    );
}

#[test]
fn nothing_else_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other, deep) = (
        folder.path().join("file"),
        folder.path().join("other"),
        folder.path().join("no/x"),
    );
    fs::write(&file, "mine").unwrap();
    fs::create_dir(&other).unwrap();
    expect!["a file stands where the bundle folder should go: ../file; move it away or name another place"]
        .assert_eq(&sentence(bundle().save(&file), folder.path()));
    expect!["../other is a folder that is not a bundle (it has no bundle.json); it is left alone, name another place"]
        .assert_eq(&sentence(bundle().save(&other), folder.path()));
    expect!["there is no folder ../no to put the bundle in"]
        .assert_eq(&sentence(bundle().save(&deep), folder.path()));
    let mut hostile = bundle();
    hostile.files.push(("../up".to_owned(), vec![]));
    expect![[r#"../x lists "../up", which is not a plain file name; the bundle is refused"#]]
        .assert_eq(&sentence(
            hostile.save(&folder.path().join("x")),
            folder.path(),
        ));
    assert_eq!(
        names(folder.path()),
        ["file", "other"],
        "nothing is left behind"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn each_damage_has_its_sentence() {
    let edit = |path: &PathBuf, from: &str, to: &str| {
        let index = path.join("bundle.json");
        let text = fs::read_to_string(&index).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(index, text.replacen(from, to, 1)).unwrap();
    };
    check(|path| fs::write(path.join("w.hex"), [1, 255]).unwrap(), expect!["../x.bundle: w.hex is not the file that was written (its SHA-256 differs); compile the model again"]);
    check(
        |path| fs::remove_file(path.join("w.hex")).unwrap(),
        expect!["../x.bundle lacks its file w.hex; compile the model again"],
    );
    check(
        |path| fs::remove_file(path.join("bundle.json")).unwrap(),
        expect!["../x.bundle is not a bundle: it has no bundle.json"],
    );
    check(
        |path| fs::remove_dir_all(path).unwrap(),
        expect!["there is no bundle ../x.bundle"],
    );
    check(
        |path| edit(path, "\"format\": 4", "\"format\": 9"),
        expect![
            "../x.bundle has bundle format 9, this program reads format 4; compile the model again"
        ],
    );
    check(
        |path| edit(path, "\"format\": 4,", ""),
        expect!["../x.bundle/bundle.json is damaged: it tells no format"],
    );
    check(
        |path| edit(path, "{", "["),
        expect!["../x.bundle/bundle.json is damaged: expected `,` or `]` at line 2 column 11"],
    );
    check(|path| edit(path, "w.hex", "v.hex"), expect!["../x.bundle: bundle.json is not the file that was written (its SHA-256 differs); compile the model again"]);
}

#[test]
fn a_name_that_leads_out_is_refused_though_its_checksums_hold() {
    use sha2::{Digest, Sha256};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bundle");
    bundle().save(&path).unwrap();
    let index = path.join("bundle.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    json["files"][1]["name"] = "../w.hex".into();
    let mut text = format!(
        "{}\n{}\n{}\n",
        json["format"],
        json["spikeforge"].as_str().unwrap(),
        json["board"].as_str().unwrap()
    );
    for file in json["files"].as_array().unwrap() {
        text.push_str(&format!(
            "{} {}\n",
            file["sha256"].as_str().unwrap(),
            file["name"].as_str().unwrap()
        ));
    }
    json["sha256"] = Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .into();
    fs::write(&index, json.to_string()).unwrap();
    expect![[
        r#"../x.bundle lists "../w.hex", which is not a plain file name; the bundle is refused"#
    ]]
    .assert_eq(&sentence(Bundle::load(&path), folder.path()));
}
