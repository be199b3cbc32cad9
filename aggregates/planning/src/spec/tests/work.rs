//! The plan becomes work, once.

use super::*;

#[test]
fn a_plan_becomes_work_once() {
    let story = accepted();
    assert_eq!(story.outcome(materialize()), "work_materialized");
    let story = story.when(materialize());
    assert_eq!(story.outcome(materialize()), "-");
    let other = Command::Materialize { tickets: Vec::new(), tasks: Vec::new() };
    assert_eq!(story.outcome(other), "-", "whatever is claimed the second time");
}

#[test]
fn the_work_is_exactly_that_of_the_plan() {
    let Command::Materialize { tickets, tasks } = materialize() else { unreachable!() };
    let less = Command::Materialize { tickets: tickets.clone(), tasks: tasks[1..].to_vec() };
    assert_eq!(accepted().outcome(less), "!other_plan");
    let mut more = tasks.clone();
    more.push(NumberedTask { local: "TSK-999".to_owned(), ..tasks[0].clone() });
    assert_eq!(accepted().outcome(Command::Materialize { tickets, tasks: more }), "!other_plan");
}

#[test]
fn it_is_completed_when_all_its_tickets_are() {
    let story = accepted().when(materialize());
    assert_eq!(story.outcome(Command::Complete { done: [].into(), revision: 0, proofs: vec![] }), "-");
    let started = story.when(Command::StartExecution);
    assert_eq!((started.stage(), &*started.outcome(Command::StartExecution)), ("executing", "-"));
    assert_eq!(started.outcome(done()), "completed");
    assert_eq!(story.outcome(done()), "execution_started completed", "nobody told it of the beginning");
    let completed = started.when(done());
    assert_eq!(completed.outcome(done()), "-");
    assert_eq!(completed.outcome(Command::Cancel { reason: None }), "!over");
    assert_eq!(completed.outcome(materialize()), "!over");
}
