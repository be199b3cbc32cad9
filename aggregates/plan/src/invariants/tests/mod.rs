//! Valid plans pass; a planted fault is refused by its code, whatever the plan.

mod defects;
mod faults;
mod imported;

use proptest::prelude::*;

use super::*;
use crate::testing::{examples, valid_plan};

/// The codes of what vetoes, each once.
fn vetoes(plan: &Plan, writer: Writer) -> Vec<String> {
    codes(&check(plan, writer).vetoes)
}

fn codes(problems: &[Problem]) -> Vec<String> {
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn the_example_passes() {
    for writer in [Writer::Model, Writer::Imported] {
        assert_eq!(check(&examples::plan(), writer), Checked::default());
    }
    assert_eq!(prd(&examples::prd()), Checked::default());
}

#[test]
fn many_problems_of_a_code_are_counted_and_not_all_told() {
    let mut plan = examples::plan();
    let task = plan.tasks.tasks[0].clone();
    plan.tasks.tasks.extend(std::iter::repeat_n(task, 50));
    let found = check(&plan, Writer::Model);
    let told: Vec<_> = found.vetoes.iter().filter(|problem| problem.code == code::DUPLICATE_ID).collect();
    assert_eq!(told.len(), TOLD_OF_A_CODE + 1);
    assert!(told[TOLD_OF_A_CODE].message.contains("30 more"), "{:?}", told[TOLD_OF_A_CODE]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn valid_plans_pass(plan in valid_plan()) {
        for writer in [Writer::Model, Writer::Imported] {
            prop_assert_eq!(check(&plan, writer).vetoes, []);
        }
        prop_assert_eq!(requirements(&plan.requirements, Writer::Model).vetoes, []);
        prop_assert_eq!(design(plan.design.as_ref().unwrap()).vetoes, []);
        let earlier = Earlier { requirements: Some(&plan.requirements), design: plan.design.as_ref() };
        prop_assert_eq!(tasks(&plan.tasks, earlier, Writer::Model).vetoes, []);
        prop_assert_eq!(tasks(&plan.tasks, Earlier::default(), Writer::Model).vetoes, []);
    }
}
