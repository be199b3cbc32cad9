//! What is exported and imported again is the plan that it was, in what a layout can carry; a document carries all of it.

use plan::layouts::{export, import};
use plan::testing::valid_plan;
use plan::{Layout, Plan};
use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::proof::Proof;

const PLANS: usize = 1_000;
/// In `make test`.
const FEW: usize = 100;

#[test]
fn round_trip() {
    let mut proof = Proof::new("round_trip", PLANS);
    let mut seed = [7; 32];
    rand::RngCore::fill_bytes(&mut proof.random(), &mut seed);
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let any = valid_plan();
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let plan = any.new_tree(&mut runner).expect("a plan").current();
        let written = export(&plan, Layout::Document);
        let read = import(&written.files, None).expect("a document is found out").plan;
        assert_eq!(carried(&read), carried(&plan), "{}", written.files[0].text);
        assert_eq!(export(&read, Layout::Document).files, written.files);
        assert_ne!(carried(&without_a_task(&read)), carried(&plan), "a task that is lost is seen");
    }
    proof.holds();
}

/// What every document carries.
fn carried(plan: &Plan) -> Value {
    let requirements = plan.requirements.requirements.iter().map(|one| {
        json!([one.id, one.title, one.text, one.priority, one.acceptance_criteria, one.dependencies])
    });
    let tickets =
        plan.tasks.tickets.iter().map(|one| json!([one.id, one.title, one.tasks, one.dependencies]));
    let tasks = plan.tasks.tasks.iter().map(|one| {
        json!([
            one.id,
            one.title,
            one.description,
            one.parent_ticket,
            one.priority,
            one.estimated_hours,
            one.files_to_create,
            one.files_to_modify,
            one.dependencies,
            one.requirements_addressed,
            one.run,
            one.validate,
        ])
    });
    json!({
        "title": plan.title,
        "requirements": requirements.collect::<Vec<_>>(),
        "tickets": tickets.collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
    })
}

fn without_a_task(plan: &Plan) -> Plan {
    let mut less = plan.clone();
    less.tasks.tasks.pop();
    less
}
