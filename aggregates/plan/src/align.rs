//! Another version of a plan, with the names of the version before it.
//!
//! Kiro and spec-kit count: whoever puts a task in the middle of a file gives every task after it another number. Work is
//! known by what the plan calls it, so a version that follows another one is told first what in it is the same:
//!
//! 1. what has the same id and the same title,
//! 2. what has the same title in the same ticket, in order,
//! 3. a task whose title no other one has, in another ticket,
//! 4. what is left at the same number of the same ticket, or, where nothing is counted, under the same id: its title
//!    changed.
//!
//! Whatever remains is new, and gets an id that nothing in the version before has.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::Plan;
use crate::ids::Link;
use crate::phases::Tasks;

/// `after` with the ids that `before` has for the same things.
#[must_use]
pub fn align(before: &Plan, mut after: Plan) -> Plan {
    let requirements = names(&requirements(before), &requirements(&after));
    rename_requirements(&mut after, &requirements);
    let tickets = names(&tickets(&before.tasks), &tickets(&after.tasks));
    rename_tickets(&mut after.tasks, &tickets);
    let tasks = names(&tasks(&before.tasks), &tasks(&after.tasks));
    rename_tasks(&mut after.tasks, &tasks);
    after.requirements.feature_name.clone_from(&before.requirements.feature_name);
    after.tasks.feature_name.clone_from(&before.tasks.feature_name);
    if let (Some(before), Some(after)) = (&before.design, &mut after.design) {
        after.feature_name.clone_from(&before.feature_name);
    }
    after
}

/// By the id in the new version: what it is called in the end.
type Names = BTreeMap<String, String>;

/// What something is recognised by.
struct Thing<'p> {
    id: &'p str,
    title: &'p str,
    within: &'p str,
    origin: Option<&'p str>,
}

fn requirements(plan: &Plan) -> Vec<Thing<'_>> {
    let thing = |id, title, origin| Thing { id, title, within: "", origin };
    let all = plan.requirements.requirements.iter();
    all.map(|it| thing(&*it.id, it.title.trim(), it.origin.as_deref())).collect()
}

fn tickets(plan: &Tasks) -> Vec<Thing<'_>> {
    let thing = |id, title, origin| Thing { id, title, within: "", origin };
    plan.tickets.iter().map(|it| thing(&*it.id, it.title.trim(), it.origin.as_deref())).collect()
}

fn tasks(plan: &Tasks) -> Vec<Thing<'_>> {
    let thing = |id, title, within, origin| Thing { id, title, within, origin };
    let all = plan.tasks.iter();
    all.map(|it| thing(&*it.id, it.title.trim(), &*it.parent_ticket, it.origin.as_deref())).collect()
}

fn names(before: &[Thing<'_>], after: &[Thing<'_>]) -> Names {
    let mut matches = Matches { before, after, of_after: vec![None; after.len()], taken: BTreeSet::new() };
    matches.by(|it| Some((it.id, it.within, it.title)));
    matches.by(|it| Some((it.within, it.title)));
    let alone = |title: &str, things: &[Thing<'_>]| things.iter().filter(|it| it.title == title).count() == 1;
    matches.by(|it| (alone(it.title, before) && alone(it.title, after)).then_some(it.title));
    matches.by(|it| it.origin.map(|origin| (it.within, origin)));
    matches.by(|it| it.origin.is_none().then_some(it.id));

    let mut names = Names::new();
    let mut given: BTreeSet<String> = before.iter().map(|it| it.id.to_owned()).collect();
    for (it, same) in after.iter().zip(&matches.of_after) {
        if let Some(same) = same {
            names.insert(it.id.to_owned(), before[*same].id.to_owned());
        }
    }
    for it in after.iter().zip(&matches.of_after).filter(|(_, same)| same.is_none()).map(|(it, _)| it) {
        let id = if given.contains(it.id) { next_to(it.id, &given) } else { it.id.to_owned() };
        given.insert(id.clone());
        names.insert(it.id.to_owned(), id);
    }
    names
}

struct Matches<'m, 'p> {
    before: &'m [Thing<'p>],
    after: &'m [Thing<'p>],
    of_after: Vec<Option<usize>>,
    taken: BTreeSet<usize>,
}

impl<'p> Matches<'_, 'p> {
    /// Matches those that are left and have one key, in order.
    fn by<K: Ord>(&mut self, key: impl Fn(&Thing<'p>) -> Option<K>) {
        let mut waiting: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
        for (n, it) in self.before.iter().enumerate().filter(|(n, _)| !self.taken.contains(n)) {
            if let Some(key) = key(it) {
                waiting.entry(key).or_default().push_back(n);
            }
        }
        for (it, same) in self.after.iter().zip(&mut self.of_after).filter(|(_, same)| same.is_none()) {
            *same = key(it).and_then(|key| waiting.get_mut(&key)?.pop_front());
            self.taken.extend(*same);
        }
    }
}

/// The id of the same kind with the first number after all that are given.
fn next_to(id: &str, given: &BTreeSet<String>) -> String {
    let split = |id: &str| {
        let (kind, number) = id.rsplit_once('-')?;
        Some((kind.to_owned(), number.parse::<u32>().ok()?))
    };
    let Some((kind, number)) = split(id) else { return id.to_owned() };
    let numbers = given.iter().filter_map(|id| split(id)).filter(|(of, _)| *of == kind);
    let greatest = numbers.map(|(_, number)| number).max().unwrap_or(number);
    format!("{kind}-{:03}", greatest.saturating_add(1))
}

fn rename(id: &mut String, names: &Names) {
    if let Some(name) = names.get(id) {
        id.clone_from(name);
    }
}

fn rename_all(ids: &mut [String], names: &Names) {
    ids.iter_mut().for_each(|id| rename(id, names));
}

/// A link may name a criterion of the requirement.
fn rename_links(links: &mut [String], names: &Names) {
    for text in links {
        let Link { requirement, criterion } = Link::of(text);
        if let Some(name) = names.get(requirement) {
            *text = criterion.map_or_else(|| name.clone(), |criterion| format!("{name}.{criterion}"));
        }
    }
}

fn rename_requirements(plan: &mut Plan, names: &Names) {
    for requirement in &mut plan.requirements.requirements {
        rename(&mut requirement.id, names);
        rename_all(&mut requirement.dependencies, names);
    }
    plan.tasks.tickets.iter_mut().for_each(|ticket| rename_links(&mut ticket.requirements, names));
    plan.tasks.tasks.iter_mut().for_each(|task| rename_links(&mut task.requirements_addressed, names));
}

fn rename_tickets(plan: &mut Tasks, names: &Names) {
    for ticket in &mut plan.tickets {
        rename(&mut ticket.id, names);
        rename_all(&mut ticket.dependencies.blocked_by, names);
        rename_all(&mut ticket.dependencies.blocks, names);
    }
    plan.tasks.iter_mut().for_each(|task| rename(&mut task.parent_ticket, names));
}

fn rename_tasks(plan: &mut Tasks, names: &Names) {
    plan.tickets.iter_mut().for_each(|ticket| rename_all(&mut ticket.tasks, names));
    for task in &mut plan.tasks {
        rename(&mut task.id, names);
        rename_all(&mut task.dependencies.depends_on, names);
        rename_all(&mut task.dependencies.blocks, names);
    }
    rename_all(&mut plan.critical_path, names);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layouts::{self, File};
    use crate::testing::examples;

    const REQUIREMENTS: &str = "# Requirements\n\n### Requirement 1: Keep it\n\n**User Story:** As a person, I want it kept.\n\n\
        #### Acceptance Criteria\n\n1. WHEN it is kept THE SYSTEM SHALL say so\n";

    /// A folder of Kiro whose tasks are these: `1 Title` is a ticket, `1.1 Title` a task.
    fn kiro(lines: &[&str]) -> Plan {
        let mut tasks = "# Plan\n\n".to_owned();
        for line in lines {
            let (number, title) = line.split_once(' ').unwrap();
            match number.contains('.') {
                true => tasks.push_str(&format!("  - [ ] {number} {title}\n    - _Requirements: 1_\n")),
                false => tasks.push_str(&format!("- [ ] {number}. {title}\n")),
            }
        }
        let file = |name: &str, text: &str| File { path: format!("it/{name}"), text: text.to_owned() };
        let files = [file("requirements.md", REQUIREMENTS), file("tasks.md", &tasks)];
        layouts::import(&files, None).expect("a plan").plan
    }

    fn called(plan: &Plan) -> Vec<String> {
        plan.tasks.tasks.iter().map(|task| format!("{} {}", task.id, task.title)).collect()
    }

    fn aligned(before: &[&str], after: &[&str]) -> Vec<String> {
        called(&align(&kiro(before), kiro(after)))
    }

    const THREE: [&str; 5] = ["1 Groundwork", "1.1 Model", "1.2 Store", "2 Surface", "2.1 Tests"];

    #[test]
    fn the_same_plan_is_the_same() {
        assert_eq!(align(&kiro(&THREE), kiro(&THREE)), kiro(&THREE));
        assert_eq!(align(&examples::plan(), examples::plan()), examples::plan());
    }

    #[test]
    fn a_task_in_the_middle_leaves_the_names_of_the_others() {
        let after = ["1 Groundwork", "1.1 Model", "1.2 Errors", "1.3 Store", "2 Surface", "2.1 Tests"];
        let plan = align(&kiro(&THREE), kiro(&after));
        assert_eq!(called(&plan), ["TSK-001 Model", "TSK-004 Errors", "TSK-002 Store", "TSK-003 Tests"]);
        assert_eq!(plan.tasks.tickets[0].tasks, ["TSK-001", "TSK-004", "TSK-002"]);
        // Written order: the store waits for the errors now, and the tests for the store.
        assert_eq!(plan.tasks.tasks[2].dependencies.depends_on, ["TSK-004"]);
        assert_eq!(align(&plan, kiro(&after)), plan, "and again");
    }

    #[test]
    fn what_is_gone_gives_its_name_to_nobody() {
        let after = ["1 Groundwork", "1.1 Store", "2 Surface", "2.1 Tests", "2.2 Manual"];
        assert_eq!(aligned(&THREE, &after), ["TSK-002 Store", "TSK-003 Tests", "TSK-004 Manual"]);
    }

    #[test]
    fn another_title_at_the_same_number_is_the_same_task() {
        let after = ["1 Groundwork", "1.1 Model of a thing", "1.2 Store", "2 Surface", "2.1 Tests"];
        assert_eq!(aligned(&THREE, &after), ["TSK-001 Model of a thing", "TSK-002 Store", "TSK-003 Tests"]);
    }

    #[test]
    fn a_task_is_found_in_another_ticket_by_a_title_that_no_other_has() {
        let after = ["1 Groundwork", "1.1 Model", "2 Surface", "2.1 Store", "2.2 Tests"];
        assert_eq!(aligned(&THREE, &after), ["TSK-001 Model", "TSK-002 Store", "TSK-003 Tests"]);
        let twice = ["1 Groundwork", "1.1 Tests", "2 Surface", "2.1 Build", "2.2 Tests"];
        let moved = ["1 Groundwork", "1.1 Look", "1.2 Tests", "2 Surface", "2.1 Build", "2.2 Tests"];
        assert_eq!(
            aligned(&twice, &moved),
            ["TSK-004 Look", "TSK-001 Tests", "TSK-002 Build", "TSK-003 Tests"]
        );
    }

    #[test]
    fn a_folder_of_another_name_keeps_its_requirements() {
        let mut after = kiro(&THREE);
        for requirement in &mut after.requirements.requirements {
            requirement.id = "REQ-OTHER-FUNC-001".to_owned();
        }
        for task in &mut after.tasks.tasks {
            task.requirements_addressed = vec!["REQ-OTHER-FUNC-001.1".to_owned()];
        }
        let plan = align(&kiro(&THREE), after);
        assert_eq!(plan.requirements, kiro(&THREE).requirements);
        assert_eq!(plan.tasks.tasks[0].requirements_addressed, ["REQ-IT-FUNC-001.1"]);
    }
}
