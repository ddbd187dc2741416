//! Every bad file has its sentence and its exit status.

use crate::program::{npy, npy_of, repository, Folder, DIGITS};

fn model_bytes() -> Vec<u8> {
    std::fs::read(repository(DIGITS)).unwrap()
}

fn check_model(bytes: &[u8], exit: i32, message: &str) {
    let folder = Folder::new();
    folder.file("x.nir", bytes);
    folder.run(&["check", "x.nir"]).check(exit, message);
    folder
        .run(&[
            "compile",
            "x.nir",
            "--board",
            "icebreaker",
            "-o",
            "x.bundle",
        ])
        .check(exit, message);
    assert_eq!(folder.names(), ["x.nir"], "something was left behind");
}

#[test]
fn models_that_are_cut_altered_or_foreign() {
    let whole = model_bytes();
    check_model(&whole[..whole.len() / 2], 4, "x.nir");
    check_model(&whole[..9], 4, "x.nir");
    check_model(b"", 4, "x.nir");
    check_model(b"\x93NUMPY\x01\x00", 4, "x.nir");
    check_model(&vec![0; 100_000], 4, "x.nir");
    let mut altered = whole;
    altered[8..4096].fill(0x5A);
    check_model(&altered, 4, "x.nir");
}

#[test]
fn a_model_that_claims_to_be_huge() {
    let huge = std::fs::read(repository("compiler/tests/fixtures/huge.nir")).unwrap();
    check_model(&huge, 4, "x.nir");
}

/// Its time constant makes no sense with that length of a timestep.
#[test]
fn a_model_that_cannot_be_compiled_as_it_is() {
    let folder = Folder::new();
    folder.file("x.nir", &std::fs::read(repository("compiler/tests/fixtures/nir_0_1_0.nir")).unwrap());
    let ended = folder.run(&["check", "x.nir", "--dt", "1e-3"]);
    ended.check(3, "x.nir cannot be compiled as it is");
    assert!(ended.stdout.contains("problem: "), "{ended:?}");
    let compile = ["compile", "x.nir", "--board", "icebreaker", "-o", "x.bundle", "--dt", "1e-3"];
    folder.run(&compile).check(3, "spikeforge: ");
}

#[test]
fn a_model_that_is_not_there_or_a_folder() {
    let folder = Folder::new();
    folder.run(&["check", "none.nir"]).check(4, "none.nir");
    folder.run(&["check", "."]).check(4, ".: ");
}

#[test]
fn inputs_of_a_wrong_type_shape_order_or_length() {
    let folder = Folder::with_bundle();
    let cases: [(&[u8], &str); 8] = [
        (
            &npy_of("<f4", "False", "(1, 1, 64)", &[0; 256]),
            "x.npy has the type <f4, uint8 is needed",
        ),
        (
            &npy_of("|u1", "True", "(1, 1, 64)", &[0; 64]),
            "x.npy is in Fortran order; save numpy.ascontiguousarray of it",
        ),
        (
            &npy("(1, 64)", &[0; 64]),
            "x.npy has the shape [1, 64], (timesteps, batch, features...), time first, is needed",
        ),
        (
            &npy("(1, 1, 63)", &[0; 63]),
            "the inputs have 63 features a timestep, the network has 64 inputs",
        ),
        (&npy("(1, 1, 64)", &[0; 63]), "it was cut or altered"),
        (&npy("(1, 1, 64)", &[9; 64]), "spikes are 0 or 1"),
        (&npy("(99999999999, 99999999999, 64)", &[]), "should hold"),
        (b"spikes", "is neither .npy nor IDX"),
    ];
    for (bytes, message) in cases {
        folder.file("x.npy", bytes);
        for command in ["infer", "cosim"] {
            folder
                .run(&[command, "n.bundle", "--inputs", "x.npy"])
                .check(4, message);
        }
    }
    folder
        .run(&["infer", "n.bundle", "--inputs", "none.npy"])
        .check(4, "none.npy: ");
    folder
        .run(&["infer", "n.bundle", "--inputs", "."])
        .check(4, "is a folder");
}

#[test]
fn labels_that_do_not_belong() {
    let folder = Folder::with_bundle();
    folder
        .file("x.npy", &npy("(1, 2, 64)", &[0; 128]))
        .file("y.npy", &npy("(3,)", &[0; 3]));
    let run = |labels| folder.run(&["infer", "n.bundle", "--inputs", "x.npy", "--labels", labels]);
    run("y.npy").check(4, "there are 3 labels for 2 presentations");
    run("x.npy").check(4, "x.npy has the shape [1, 2, 64], (batch,) is needed");
    folder
        .run(&[
            "infer", "n.bundle", "--inputs", "x.npy", "--labels", "y.npy", "--limit", "2",
        ])
        .done();
}

#[test]
fn bundles_that_are_none_or_altered() {
    let folder = Folder::with_bundle();
    folder.file("x.npy", &npy("(1, 1, 64)", &[0; 64]));
    let infer = |bundle| folder.run(&["infer", bundle, "--inputs", "x.npy"]);
    infer("none.bundle").check(4, "there is no bundle none.bundle");
    infer("x.npy").check(4, "x.npy is not a bundle");
    infer(".").check(4, ". is not a bundle");
    infer("n.bundle").done();
    folder.file("n.bundle/network.json", b"{}");
    infer("n.bundle").check(4, "network.json is not the file that was written");
    std::fs::remove_file(folder.path("n.bundle/network.json")).unwrap();
    infer("n.bundle").check(4, "lacks its file network.json");
    for command in ["build", "flash"] {
        folder
            .run(&[command, "n.bundle"])
            .check(4, "lacks its file network.json");
    }
}
