//! The guard as a program of its own, for the tests of this crate; the product's guard is `omoi child-guard`.

fn main() {
    embedded::guard::run_if_asked();
    eprintln!("usage: child-guard child-guard PARENT_PID term|quit PROGRAM [ARGUMENT]...");
    std::process::exit(2);
}
