//! The guard as a program of its own, for the tests of this crate; the product's guard is `omoi child-guard`.

fn main() {
    children::guard::run_if_asked();
    eprintln!("usage: sandbox-guard child-guard PARENT_PID confined FILE");
    std::process::exit(2);
}
