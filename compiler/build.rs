//! A board added to `constraints/` is part of the next build.
fn main() {
    println!("cargo:rerun-if-changed=../constraints");
}
