//! What the product asks of whoever writes a phase, read from its prompt.

use serde_json::Value;

use super::super::asked::Asked;

/// A phase that a model writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Explore,
    Prd,
    Requirements,
    Design,
    Tasks,
}

impl Phase {
    pub(super) const ALL: [Self; 5] =
        [Self::Explore, Self::Prd, Self::Requirements, Self::Design, Self::Tasks];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Prd => "prd",
            Self::Requirements => "requirements",
            Self::Design => "design",
            Self::Tasks => "tasks",
        }
    }
}

/// A question of the product.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    pub(super) phase: Phase,
    pub(super) title: String,
    pub(super) idea: String,
    /// A listing and some files; empty when there is no repository.
    pub(super) repository: String,
    /// Questions with what people answered.
    pub(super) answers: String,
    /// What earlier phases wrote, as far as it stands in the prompt.
    pub(super) earlier: Vec<(Phase, Value)>,
    /// What was written before and judged or rejected.
    pub(super) last_version: Option<Value>,
    /// Why people rejected it.
    pub(super) rejected: Vec<String>,
    /// The fields to write.
    pub(super) write_now: Vec<String>,
}

impl Prompt {
    /// Reads one.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn of(asked: &Asked) -> Result<Self, String> {
        let phase = phase(asked)?;
        let users = asked.turns.iter().rev().filter(|turn| turn.role == "user");
        let text = users.map(super::super::asked::Turn::text).find(|text| text.contains("<material>"));
        let text = text.ok_or("no text of the user has a <material>")?;
        let (_, text) = text.split_once("<material>").unwrap_or_default();
        let (material, orders) = text.rsplit_once("</material>").ok_or("the <material> does not end")?;
        let material = Sections::of_material(material);
        let orders = Sections::of_orders(orders);
        let earlier = Phase::ALL.into_iter().filter_map(|phase| {
            let output = first_object(material.get(&format!("## Output of {}", phase.as_str())))?;
            Some((phase, output))
        });
        let repository = material.get("## Repository");
        let none = repository.trim_start().starts_with("There is no repository");
        Ok(Self {
            phase,
            title: material.get("## Title").trim().to_owned(),
            idea: material.get("## Idea").trim().to_owned(),
            repository: if none { String::new() } else { repository.to_owned() },
            answers: material.get("## Answers").trim().to_owned(),
            earlier: earlier.collect(),
            last_version: first_object(material.get("## Your last version")),
            rejected: rejected(orders.get("## What must be mended")),
            write_now: names(orders.get("## Write now")),
        })
    }

    /// What this phase wrote, if it stands in the prompt.
    pub(super) fn output_of(&self, phase: Phase) -> Option<&Value> {
        self.earlier.iter().find(|(other, _)| *other == phase).map(|(_, output)| output)
    }
}

/// The phase is named by the first line of its own instructions.
fn phase(asked: &Asked) -> Result<Phase, String> {
    let lines = asked.system.iter().flat_map(|text| text.lines());
    let name = lines
        .filter_map(|line| line.strip_prefix("Phase: "))
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
        .next()
        .ok_or("no line of the system begins with `Phase: `")?;
    let phase = Phase::ALL.into_iter().find(|phase| phase.as_str() == name);
    phase.ok_or_else(|| format!("nobody here knows the phase `{name}`"))
}

/// Texts below headings.
struct Sections<'t>(Vec<(&'t str, String)>);

impl<'t> Sections<'t> {
    /// An idea and the files of a repository may have headings like ours in them: what stands before them counts from its
    /// first heading on, and what stands after them from its last one on.
    fn of_material(text: &'t str) -> Self {
        const OUTPUTS: [&str; 6] = [
            "## Output of explore",
            "## Output of prd",
            "## Output of requirements",
            "## Output of design",
            "## Output of tasks",
            "## Your last version",
        ];
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let first = |from: usize, heading: &str| (from..lines.len()).find(|at| lines[*at] == heading);
        let last = |from: usize, heading: &str| (from..lines.len()).rev().find(|at| lines[*at] == heading);
        let mut starts = Vec::new();
        let mut from = 0;
        for heading in ["## Title", "## Idea", "## Repository"] {
            if let Some(at) = first(from, heading) {
                starts.push(at);
                from = at + 1;
            }
        }
        let outputs: Vec<_> = OUTPUTS.iter().filter_map(|heading| last(from, heading)).collect();
        let end = outputs.iter().min().copied().unwrap_or(lines.len());
        starts.extend(last(from, "## Answers").filter(|at| *at < end));
        starts.extend(outputs);
        Self::between(&lines, starts)
    }

    fn of_orders(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let starts = (0..lines.len()).filter(|at| lines[*at].starts_with("## ")).collect();
        Self::between(&lines, starts)
    }

    fn between(lines: &[&'t str], mut starts: Vec<usize>) -> Self {
        starts.sort_unstable();
        let ends = starts.iter().copied().skip(1).chain([lines.len()]);
        let sections =
            starts.iter().zip(ends).map(|(start, end)| (lines[*start], lines[start + 1..end].join("\n")));
        Self(sections.collect())
    }

    fn get(&self, heading: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == heading).map_or("", |(_, text)| text)
    }
}

/// The first JSON object of a text, fenced or not.
fn first_object(text: &str) -> Option<Value> {
    let start = text.find('{')?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter();
    values.next()?.ok()
}

/// The messages of `- rejected: message`; a message may go on in the next lines.
fn rejected(text: &str) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let code = line.strip_prefix("- ").and_then(|rest| rest.split_once(':'));
        match code.filter(|(code, _)| {
            !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        }) {
            Some(("rejected", message)) => {
                inside = true;
                reasons.push(message.trim().to_owned());
            }
            Some(_) => inside = false,
            None if inside && !line.trim().is_empty() => {
                if let Some(reason) = reasons.last_mut() {
                    reason.push(' ');
                    reason.push_str(line.trim());
                }
            }
            None => {}
        }
    }
    reasons.retain(|reason| !reason.is_empty());
    reasons
}

/// Names of fields, however they are listed.
fn names(text: &str) -> Vec<String> {
    let names = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
