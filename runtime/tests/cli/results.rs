//! What goes right, without a tool: texts and JSON that scripts depend on.

use serde_json::Value;

use crate::program::{npy, repository, Folder, DIGITS, DIGITS_IMAGES, DIGITS_LABELS};

/// The keys that scripts may ask for.
fn check_keys(json: &Value, keys: &[&str]) {
    for key in keys {
        assert!(json.get(key).is_some(), "no {key} in {json}");
    }
}

#[test]
fn check_and_compile_tell_layers() {
    let folder = Folder::new();
    let model = repository(DIGITS);
    let model = model.to_str().unwrap();
    let check = folder.run(&["check", model, "--json"]);
    assert_eq!(check.done().json()["can_be_compiled"], true);
    let fits = folder.run(&["check", model, "--json", "--board", "icebreaker"]).done().json();
    check_keys(&fits["fit"], &["stages", "cycles_per_timestep", "logic_cells", "block_rams"]);
    let large = repository("examples/snntorch/mnist_784_128_10.nir");
    let large = folder.run(&["check", large.to_str().unwrap(), "--board", "icebreaker", "--fraction-bits", "20"]);
    assert!(large.stdout.contains("lanes x beat"), "{large:?}");
    let compile = folder.run(&[
        "compile",
        model,
        "--board",
        "icebreaker",
        "-o",
        "n.bundle",
        "--json",
    ]);
    let json = compile.done().json();
    check_keys(&json, &["board", "layers", "weight_bits", "warnings"]);
    assert_eq!(
        (&json["board"], &json["weight_bits"]),
        (&"icebreaker".into(), &(64 * 48 + 48 * 10).into())
    );
    for layer in json["layers"].as_array().unwrap() {
        check_keys(
            layer,
            &[
                "name",
                "inputs",
                "neurons",
                "lanes",
                "beat",
                "cycles_per_timestep",
            ],
        );
    }
    // Compiling again replaces the bundle.
    folder
        .run(&[
            "compile",
            model,
            "--board",
            "hx8k-breakout",
            "-o",
            "n.bundle",
        ])
        .done();
    assert_eq!(folder.names(), ["n.bundle"]);
}

#[test]
fn images_are_classified() {
    let folder = Folder::with_bundle();
    let (images, labels) = (repository(DIGITS_IMAGES), repository(DIGITS_LABELS));
    let coding = ["--encode", "rate", "--timesteps", "8", "--json"];
    let files = [
        "--inputs",
        images.to_str().unwrap(),
        "--labels",
        labels.to_str().unwrap(),
    ];
    let json = folder
        .run(&[&["infer", "n.bundle"], files.as_slice(), &coding].concat())
        .done()
        .json();
    check_keys(
        &json,
        &["samples", "timesteps", "accuracy", "images_per_second"],
    );
    assert!(json["accuracy"].as_f64().unwrap() > 0.9, "{json}");
    assert_eq!(json["timesteps"], 8);
}

#[test]
fn spikes_of_any_layer_are_written() {
    let folder = Folder::with_bundle();
    folder.file("x.npy", &npy("(5, 2, 8, 8)", &[1; 5 * 2 * 64]));
    let infer = |layer: &[&str]| {
        folder
            .run(
                &[
                    &[
                        "infer",
                        "n.bundle",
                        "--inputs",
                        "x.npy",
                        "--outputs",
                        "o.npy",
                    ],
                    layer,
                ]
                .concat(),
            )
            .done();
        String::from_utf8_lossy(&std::fs::read(folder.path("o.npy")).unwrap()[..128]).into_owned()
    };
    assert!(infer(&[]).contains("'descr': '|u1', 'fortran_order': False, 'shape': (5, 2, 10)"));
    assert!(infer(&["--layer", "1"]).contains("(5, 2, 10)"));
    assert!(infer(&["--layer", "0"]).contains("(5, 2, 48)"));
    assert_eq!(folder.names(), ["n.bundle", "o.npy", "x.npy"]);
}

#[test]
fn boards_are_listed_and_a_flash_can_be_looked_at() {
    let folder = Folder::with_bundle();
    let json = folder.run(&["boards", "--json"]).done().json();
    let names: Vec<&str> = json["boards"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|board| board["name"].as_str())
        .collect();
    assert!(
        names.contains(&"icebreaker") && names.contains(&"hx8k-breakout"),
        "{names:?}"
    );
    let flash = folder.run(&["flash", "n.bundle", "--print"]);
    assert_eq!(flash.done().stdout, "iceprog n.bundle/build/BITSTREAM\n");
    assert_eq!(folder.names(), ["n.bundle"]);
}
