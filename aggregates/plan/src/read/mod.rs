//! The answer of a model, or the edit of a person, read as the output of a phase. What is refused is refused with
//! the path of the field, so that the next attempt knows what to mend.
//!
//! - [`tree`] text to JSON: no key twice, no control character
//! - [`strict`] JSON to the types of a phase: an object is an object
//!
//! The codes of the problems: `too_large`, `json`, `duplicate_key`, `control_character`, `schema`, `too_many`,
//! `computed_phase`.

mod strict;
mod tree;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::phases::{Design, Explore, Prd, Requirements, Tasks};
use crate::{Phase, Problem, names};

/// What a phase of planning wrote. There is none of `sync`: that phase is computed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// What is there already.
    Explore(Box<Explore>),
    /// What is wanted.
    Prd(Box<Prd>),
    /// What must hold.
    Requirements(Box<Requirements>),
    /// How it is built.
    Design(Box<Design>),
    /// In which steps.
    Tasks(Box<Tasks>),
}

impl Output {
    /// The largest text that is read, in bytes.
    pub const MAX_BYTES: usize = 1024 * 1024;

    /// What `phase` wrote as `text`.
    ///
    /// # Errors
    /// What is wrong with it, each thing with the path of its field; 20 at most.
    pub fn read(phase: Phase, text: &str) -> Result<Self, Vec<Problem>> {
        read(phase, text, required(phase))
    }

    /// The same for a text that is not finished: the fields that a phase cannot do without may be absent.
    ///
    /// # Errors
    /// As [`Output::read`], but for absent fields.
    pub fn read_unfinished(phase: Phase, text: &str) -> Result<Self, Vec<Problem>> {
        read(phase, text, &[])
    }

    /// The phase that writes such an output.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Explore(_) => Phase::Explore,
            Self::Prd(_) => Phase::Prd,
            Self::Requirements(_) => Phase::Requirements,
            Self::Design(_) => Phase::Design,
            Self::Tasks(_) => Phase::Tasks,
        }
    }
}

/// The fields without which the output of a phase is of no use to the next one.
const fn required(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => &["codebase_summary", "feature_summary"],
        Phase::Prd => &["overview", "goals", "users", "user_stories", "scope"],
        Phase::Requirements => &["feature_name", "requirements"],
        Phase::Design => &["architecture_overview", "components"],
        Phase::Tasks => &["tickets", "tasks"],
        Phase::Sync => &[],
    }
}

/// How many entries the lists may have that become aggregates and nodes of a graph.
const fn limits(phase: Phase) -> &'static [(&'static str, usize)] {
    match phase {
        Phase::Requirements => &[("requirements", 300)],
        Phase::Design => &[("components", 200)],
        Phase::Tasks => &[("tickets", 500), ("tasks", 500)],
        Phase::Explore | Phase::Prd | Phase::Sync => &[],
    }
}

fn read(phase: Phase, text: &str, required: &[&str]) -> Result<Output, Vec<Problem>> {
    if text.len() > Output::MAX_BYTES {
        return Err(vec![Problem::new(
            "too_large",
            format!(
                "the output of {phase} has {} bytes; it may have {}: leave out what later phases do not need",
                text.len(),
                Output::MAX_BYTES
            ),
        )]);
    }
    let (json, mut problems) = tree::parse(text)?;
    for field in required.iter().filter(|field| json.is_object() && json.get(**field).is_none()) {
        problems.push(
            Problem::new("schema", format!("the field `{field}` is absent: {phase} cannot do without it"))
                .about(*field),
        );
    }
    for (field, most) in limits(phase) {
        let entries = json.get(field).and_then(Value::as_array).map_or(0, Vec::len);
        if entries > *most {
            let message = format!("`{field}` has {entries} entries; it may have {most}: split the feature");
            problems.push(Problem::new("too_many", message).about(*field));
        }
    }
    let output = match phase {
        Phase::Explore => typed(&json).map(Output::Explore),
        Phase::Prd => typed(&json).map(Output::Prd),
        Phase::Requirements => typed(&json).map(Output::Requirements),
        Phase::Design => typed(&json).map(Output::Design),
        Phase::Tasks => typed(&json).map(Output::Tasks),
        Phase::Sync => {
            Err(Problem::new("computed_phase", "the phase sync is computed: nobody hands in an output of it"))
        }
    };
    match output {
        Ok(output) if problems.is_empty() => Ok(output),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

fn typed<T: DeserializeOwned>(json: &Value) -> Result<Box<T>, Problem> {
    // Errors repeat the value they are about, and a value may be as long as the text.
    serde_path_to_error::deserialize(strict::Strict(json)).map(Box::new).map_err(|error| {
        let path = error.path().to_string();
        let reason = names::short(&error.inner().to_string());
        if path == "." {
            Problem::new("schema", format!("the output is not what the schema asks for: {reason}"))
        } else {
            let path = names::short(&path);
            Problem::new("schema", format!("`{path}` is not what the schema asks for: {reason}")).about(path)
        }
    })
}

#[cfg(test)]
mod tests;
