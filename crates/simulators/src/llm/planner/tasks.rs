//! The phase `tasks`: a task for each component of the design, then what spans them; what does not wait runs at once.

mod graph;
mod shown;
mod text;
mod written;

use std::collections::BTreeSet;

use self::graph::in_order;
use self::shown::{Component, Requirement, components_of, requirements_of};
use super::Fields;
use super::code_base::CodeBase;
use super::feature::Feature;
use super::phrases::{clipped, plain};
use super::prompt::Prompt;

/// A ticket of more tasks is more than one story.
const TASKS_OF_A_TICKET: usize = 5;

/// A step before it has a number.
struct Step {
    title: String,
    kind: &'static str,
    hours: f64,
    why: String,
    creates: Vec<String>,
    modifies: Vec<String>,
    /// Places of earlier steps.
    after: BTreeSet<usize>,
    /// Places of requirements.
    meets: Vec<usize>,
    components: Vec<String>,
    done_when: Vec<String>,
}

/// A group of steps.
struct Group {
    title: String,
    about: String,
    steps: Vec<usize>,
}

pub(super) fn write(prompt: &Prompt) -> Fields {
    let feature = Feature::of(prompt);
    let code = CodeBase::of(prompt);
    let requirements = requirements_of(prompt);
    let components = in_order(components_of(prompt));
    let mut plan = Plan { feature, code, requirements, components, steps: Vec::new(), groups: Vec::new() };
    plan.build();
    plan.span();
    plan.heed(&prompt.rejected);
    plan.one_at_a_time();
    vec![
        ("feature_name", plan.feature.name.clone().into()),
        ("tickets", plan.tickets()),
        ("tasks", plan.tasks()),
    ]
}

struct Plan {
    feature: Feature,
    code: CodeBase,
    requirements: Vec<Requirement>,
    components: Vec<Component>,
    steps: Vec<Step>,
    groups: Vec<Group>,
}

impl Plan {
    /// A step for each component, in groups that are not too large.
    fn build(&mut self) {
        let last = self.components.len().saturating_sub(1);
        for (at, component) in self.components.iter().enumerate() {
            let mut creates: Vec<String> = Vec::new();
            let mut modifies: Vec<String> = Vec::new();
            let path = Some(component.path.clone()).filter(|path| !path.trim().is_empty());
            let path =
                path.unwrap_or_else(|| self.code.new_source(&self.feature.name, &format!("part-{}", at + 1)));
            let is_there = self.code.paths.contains(&path);
            if is_there {
                modifies.push(path);
            } else {
                creates.push(path);
            }
            if at == 0 {
                creates.extend(self.code.new_migration(&self.feature.name));
            }
            if at == last {
                let entry = self.code.entry().map(str::to_owned);
                modifies.extend(entry.filter(|entry| !creates.contains(entry) && !modifies.contains(entry)));
            }
            let after = (0..at).filter(|before| component.uses.contains(&self.components[*before].name));
            self.steps.push(Step {
                title: clipped(&format!("Build {}", plain(&component.name)), 20, 150),
                kind: "implementation",
                hours: if at == last { 3.5 } else { 2.5 },
                why: clipped(&plain(&component.responsibility), 80, 600),
                creates,
                modifies,
                after: after.collect(),
                meets: self.meant_for(at),
                components: vec![component.name.clone()],
                done_when: vec!["tests of each rule and each refusal pass".to_owned()],
            });
        }
        // The last component is what people meet: a story of its own when it comes after all others.
        let all: Vec<usize> = (0..self.steps.len()).collect();
        let (before, shown) =
            if all.len() > 2 { all.split_at(all.len() - 1) } else { (all.as_slice(), &[][..]) };
        for (number, steps) in before.chunks(TASKS_OF_A_TICKET).chain(shown.chunks(1)).enumerate() {
            let names: Vec<_> = steps.iter().map(|at| self.components[*at].name.as_str()).collect();
            let title = match number {
                0 => format!("Lay the ground for {}", self.feature.subject),
                _ => format!("Bring {} to people: {}", self.feature.subject, names[0]),
            };
            let about = format!("the parts {}", super::phrases::listed(&names));
            self.groups.push(Group { title: clipped(&plain(&title), 20, 150), about, steps: steps.to_vec() });
        }
    }

    /// Each requirement belongs to the component that its category is about; those about function take turns.
    fn meant_for(&self, component: usize) -> Vec<usize> {
        let count = self.components.len();
        let belongs = |(at, requirement): (usize, &Requirement)| {
            let owner = match requirement.category.as_str() {
                "REL" | "PERF" => 0,
                "SEC" | "CON" => usize::from(count > 1),
                "USE" => count - 1,
                _ => at % count,
            };
            (owner == component).then_some(at)
        };
        let meant: Vec<usize> = self.requirements.iter().enumerate().filter_map(belongs).collect();
        if meant.is_empty() && !self.requirements.is_empty() {
            return vec![component % self.requirements.len()];
        }
        meant
    }

    /// What spans the components: journeys, a measurement, and the page for people.
    fn span(&mut self) {
        let built = self.steps.len();
        let every: Vec<usize> = (0..self.requirements.len()).collect();
        let of_category = |wanted: &str| -> Vec<usize> {
            every.iter().copied().filter(|at| self.requirements[*at].category == wanted).collect()
        };
        let measured = of_category("PERF");
        let names: Vec<String> = self.components.iter().map(|component| component.name.clone()).collect();
        let subject = self.feature.subject.clone();
        let name = self.feature.name.clone();
        let step = |title: String,
                    kind,
                    hours,
                    why: &str,
                    file: String,
                    after: BTreeSet<usize>,
                    meets: Vec<usize>| Step {
            title: clipped(&plain(&title), 20, 150),
            kind,
            hours,
            why: why.to_owned(),
            modifies: if self.code.paths.contains(&file) { vec![file.clone()] } else { vec![] },
            creates: if self.code.paths.contains(&file) { vec![] } else { vec![file] },
            after,
            meets,
            components: Vec::new(),
            done_when: Vec::new(),
        };
        let mut journeys = step(
            format!("Test the journeys through {subject}"),
            "test",
            2.0,
            "The parts are tested by themselves; this shows that they do together what was promised.",
            self.code.new_test(&name),
            (0..built).collect(),
            every.clone(),
        );
        journeys.components = names;
        journeys.done_when =
            vec!["each journey of the design has a test that fails without the feature".to_owned()];
        let mut speed = step(
            format!("Measure how quick {subject} is"),
            "test",
            1.5,
            "What is slow when it is kept stays slow: it is measured as soon as there is something to measure.",
            self.code.new_test(&format!("{name}-speed")),
            (0..built.min(1)).collect(),
            if measured.is_empty() { every.iter().copied().take(1).collect() } else { measured },
        );
        speed.done_when = vec!["the measurement runs with the tests and fails above the limit".to_owned()];
        let page = self.code.readme().map_or_else(|| format!("docs/{name}.md"), str::to_owned);
        let rules = built.min(2).saturating_sub(1);
        let mut words = step(
            format!("Tell people about {subject}"),
            "documentation",
            1.0,
            "What nobody knows of is not used. The rules are settled by then, so the page can be written while the rest is built.",
            page,
            if built > 0 { [rules].into() } else { BTreeSet::new() },
            every.iter().copied().take(1).collect(),
        );
        words.done_when =
            vec!["a newcomer finds what it is for, how it is used, and what it refuses".to_owned()];
        self.steps.extend([journeys, speed, words]);
        self.groups.push(Group {
            title: clipped(&plain(&format!("Prove and explain {subject}")), 20, 150),
            about: "the journeys, a measurement and the page for people".to_owned(),
            steps: (built..built + 3).collect(),
        });
    }

    /// A rejection is work of its own, so that it can be seen to be heeded.
    fn heed(&mut self, reasons: &[String]) {
        for reason in reasons {
            let reason = clipped(&plain(reason), 40, 300);
            let at = self.steps.len();
            self.steps.push(Step {
                title: clipped(&format!("Heed what was asked for: {reason}"), 14, 150),
                kind: "implementation",
                hours: 2.0,
                why: format!("The last version was rejected, with this reason: {reason}."),
                creates: vec![self.code.new_source(&self.feature.name, &format!("asked-for-{at}"))],
                modifies: Vec::new(),
                after: (0..self.components.len()).collect(),
                meets: (0..self.requirements.len()).take(1).collect(),
                components: Vec::new(),
                done_when: vec![format!("who rejected the last version finds this met: {reason}")],
            });
            self.groups.push(Group {
                title: clipped(&format!("Heed: {reason}"), 14, 150),
                about: reason,
                steps: vec![at],
            });
        }
    }

    /// Steps that touch the same file come after each other.
    fn one_at_a_time(&mut self) {
        for at in 1..self.steps.len() {
            let files: BTreeSet<String> =
                self.steps[at].creates.iter().chain(&self.steps[at].modifies).cloned().collect();
            for before in 0..at {
                let touched = self.steps[before].creates.iter().chain(&self.steps[before].modifies);
                if touched.clone().any(|file| files.contains(file)) {
                    self.steps[at].after.insert(before);
                }
            }
            // A file is new once.
            let made: Vec<String> = self.steps[..at].iter().flat_map(|step| step.creates.clone()).collect();
            let step = &mut self.steps[at];
            let (again, new): (Vec<String>, Vec<String>) =
                std::mem::take(&mut step.creates).into_iter().partition(|file| made.contains(file));
            step.creates = new;
            step.modifies.extend(again);
        }
    }
}
