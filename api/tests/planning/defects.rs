//! Random plans that are sound pass; with a defect planted they are refused by its name. The property tests of the crate `plan`
//! plant more kinds, in fewer plans.

use plan::invariants::{check, code};
use plan::testing::valid_plan;
use plan::{Plan, Writer};
use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::proof::Proof;

const PLANS: usize = 1_000;
/// In `make test`.
const FEW: usize = 100;

type Plant = fn(&mut Plan);

const DEFECTS: &[(&str, Plant)] = &[
    (code::CYCLE, |plan| {
        let task = &mut plan.tasks.tasks[0];
        task.dependencies.depends_on.push(task.id.clone());
    }),
    (code::CYCLE, |plan| {
        let tasks = &mut plan.tasks.tasks;
        let (first, last) = (tasks[0].id.clone(), tasks.len() - 1);
        let other = tasks[last].id.clone();
        tasks[0].dependencies.depends_on.push(other);
        tasks[last].dependencies.depends_on.push(first);
    }),
    (code::DANGLING_REFERENCE, |plan| {
        plan.tasks.tasks[0].dependencies.depends_on.push("TSK-9999".to_owned());
    }),
    (code::UNCOVERED_REQUIREMENT, |plan| {
        let id = plan.requirements.requirements[0].id.clone();
        for task in &mut plan.tasks.tasks {
            task.requirements_addressed.retain(|met| *met != id && !met.starts_with(&format!("{id}.")));
        }
    }),
    (code::DUPLICATE_ID, |plan| {
        let again = plan.requirements.requirements[0].clone();
        plan.requirements.requirements.push(again);
    }),
    (code::DUPLICATE_ID, |plan| {
        let again = plan.tasks.tasks[0].clone();
        plan.tasks.tasks.push(again);
    }),
    (code::TICKETLESS_TASK, |plan| plan.tasks.tasks[0].parent_ticket.clear()),
];

#[test]
fn defects() {
    let mut proof = Proof::new("defects", PLANS);
    let mut seed = [7; 32];
    rand::RngCore::fill_bytes(&mut proof.random(), &mut seed);
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (any, mut planted) = (valid_plan(), 0);
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let sound = any.new_tree(&mut runner).expect("a plan").current();
        assert_eq!(check(&sound, Writer::Model).vetoes, [], "{sound:#?}");
        for (code, plant) in DEFECTS {
            let mut spoiled = sound.clone();
            plant(&mut spoiled);
            let vetoes = check(&spoiled, Writer::Model).vetoes;
            assert!(vetoes.iter().any(|veto| veto.code == *code), "{code}: {vetoes:#?}");
            planted += 1;
        }
    }
    proof.figure("defects_refused", planted);
    proof.holds();
}
