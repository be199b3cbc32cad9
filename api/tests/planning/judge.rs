//! What must be so of a spec that was planned, whatever happened on the way to it; and that each fault would be seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// How often each type of event stands in the log for a spec.
pub(crate) type Counts = BTreeMap<String, usize>;

/// What tells how a spec went, and not what its plan says.
const OF_THE_WAY: &[&str] = &[
    "approvals",
    "calls",
    "created_at",
    "drift",
    "id",
    "near_duplicates",
    "phases",
    "position",
    "project",
    "revisions",
    "stale",
    "updated_at",
    "version",
    "work",
];
const PHASES: usize = 6;

/// What the plan says, whatever the way to it was.
pub(crate) fn plan_of(spec: &Value) -> Map<String, Value> {
    let mut plan = spec.as_object().expect("an object").clone();
    plan.retain(|field, _| !OF_THE_WAY.contains(&field.as_str()));
    plan
}

/// What is wrong with the spec: with its plan, which is to be this one; with its work; with the record of both.
pub(crate) fn faults(shown: &Value, plan: &Map<String, Value>, counts: &Counts) -> Vec<String> {
    let mut faults = faults_of_work(shown, counts);
    if shown["status"] != "planned" {
        faults.push(format!("it is {}", shown["status"]));
    }
    let shown = plan_of(shown);
    let fields: BTreeSet<_> = shown.keys().chain(plan.keys()).collect();
    let others = fields.into_iter().filter(|field| shown.get(*field) != plan.get(*field));
    faults.extend(others.map(|field| format!("another {field}")));
    let times = |event: &str| counts.get(event).copied().unwrap_or_default();
    if times("spec.phase_passed") != PHASES {
        faults.push(format!("phases passed {} times", times("spec.phase_passed")));
    }
    let over = times("trajectory.llm_call_finished") + times("trajectory.llm_call_ambiguous");
    if times("trajectory.llm_call_started") != over {
        faults.push(format!("{over} of {} calls have an end", times("trajectory.llm_call_started")));
    }
    faults
}

/// What is wrong with the work of a planned spec: it is exactly that of the plan, made once.
pub(crate) fn faults_of_work(shown: &Value, counts: &Counts) -> Vec<String> {
    let mut faults = Vec::new();
    let made = counts.get("spec.work_materialized").copied().unwrap_or_default();
    if made != 1 {
        faults.push(format!("work was made {made} times"));
    }
    for kind in ["tickets", "tasks"] {
        let planned = each(&shown[kind], "id");
        let made = &shown["work"][kind];
        if each(made, "local") != planned {
            faults.push(format!("{kind} that are not those of the plan"));
        }
        for field in ["id", "number"] {
            let distinct: BTreeSet<_> = each(made, field).into_iter().collect();
            if distinct.len() != planned.len() {
                faults.push(format!("{kind} that share their {field}"));
            }
        }
    }
    faults
}

/// This field of every entry, in order.
fn each(list: &Value, field: &str) -> Vec<String> {
    let mut all: Vec<_> = list.as_array().into_iter().flatten().map(|one| one[field].to_string()).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sound() -> (Value, Counts) {
        let work = |local: &str| json!({ "local": local, "id": format!("id of {local}"), "number": local });
        let shown = json!({
            "status": "planned", "position": 7,
            "tickets": [{ "id": "TKT-001" }],
            "tasks": [{ "id": "TSK-001", "title": "One" }, { "id": "TSK-002", "title": "Two" }],
            "work": { "tickets": [work("TKT-001")], "tasks": [work("TSK-001"), work("TSK-002")] },
        });
        let counts = [
            ("spec.phase_passed", PHASES),
            ("spec.work_materialized", 1),
            ("trajectory.llm_call_started", 6),
            ("trajectory.llm_call_finished", 5),
            ("trajectory.llm_call_ambiguous", 1),
        ];
        (shown, counts.map(|(event, count)| (event.to_owned(), count)).into())
    }

    /// The faults of a spec to which this was done.
    fn after(spoil: impl FnOnce(&mut Value, &mut Counts)) -> Vec<String> {
        let (mut shown, mut counts) = sound();
        let plan = plan_of(&shown);
        spoil(&mut shown, &mut counts);
        faults(&shown, &plan, &counts)
    }

    #[test]
    fn a_sound_one_has_no_fault_whenever_it_was_looked_at() {
        assert_eq!(after(|shown, _| shown["position"] = json!(900)), Vec::<String>::new());
    }

    #[test]
    fn another_plan_is_seen() {
        assert_eq!(after(|shown, _| shown["tasks"][1]["title"] = json!("Three")), ["another tasks"]);
        assert_eq!(after(|shown, _| shown["design"] = json!({})), ["another design"]);
        assert_eq!(
            after(|shown, _| shown["status"] = json!("failed")),
            ["it is \"failed\"", "another status"]
        );
    }

    fn with(event: &str, count: usize) -> Vec<String> {
        after(|_, counts| counts.extend([(event.to_owned(), count)]))
    }

    #[test]
    fn a_phase_that_passes_twice_or_never_is_seen() {
        assert_eq!(with("spec.phase_passed", 7), ["phases passed 7 times"]);
        assert_eq!(with("spec.phase_passed", 5), ["phases passed 5 times"]);
    }

    #[test]
    fn a_call_without_an_end_is_seen() {
        assert_eq!(with("trajectory.llm_call_ambiguous", 0), ["5 of 6 calls have an end"]);
    }

    #[test]
    fn work_that_is_made_twice_or_in_part_is_seen() {
        assert_eq!(with("spec.work_materialized", 2), ["work was made 2 times"]);
        let lost = after(|shown, _| shown["work"]["tasks"] = json!([shown["work"]["tasks"][0]]));
        assert_eq!(lost[0], "tasks that are not those of the plan");
        let shared = after(|shown, _| shown["work"]["tasks"][1]["number"] = json!("TSK-001"));
        assert_eq!(shared, ["tasks that share their number"]);
    }
}
