//! From the start of a program to its end.

use ports::sandbox::Exit;

use super::lab::Lab;

#[tokio::test]
async fn a_program_runs_and_what_it_says_is_heard() {
    let lab = Lab::local();
    let said = lab.run(&lab.plan("echo out; echo err >&2; id -u; env; ls -l /proc/self/fd; exit 7")).await;
    assert_eq!(said.exit, Exit::Code(7));
    assert!(said.out.starts_with("out\n1000\n"), "{}", said.out);
    assert_eq!(said.err, "err\n");
}
