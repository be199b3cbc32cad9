//! A planner without a mind: it writes every phase of a plan by rules on the words of the prompt, so that people can try
//! the product without a key, and tests have plans that a judge passes.
//!
//! - `prompt` what is asked: the phase, the idea, what earlier phases wrote, what must be mended
//! - `feature`, `sentences`, `phrases` what the idea says: who wants what
//! - `code_base`, `languages` where files of it would be
//! - `explore`, `prd`, `requirements`, `design`, `tasks` what each phase writes
//!
//! The same question has the same answer. What earlier phases wrote stands in the prompt, and what is written later
//! names its ids: a person may have edited it. What it does not do: understand an idea. It repeats the idea's words where
//! a model would think.

mod code_base;
mod design;
mod explore;
mod feature;
mod languages;
mod phrases;
mod prd;
mod prompt;
mod requirements;
mod sentences;
mod tasks;

use serde_json::{Value, json};

use self::prompt::{Phase, Prompt};
use super::asked::Asked;

/// The output of a phase, field by field in the order in which it is written.
type Fields = Vec<(&'static str, Value)>;

/// The JSON that is asked for.
///
/// # Errors
/// Why this is no prompt of a phase.
pub(super) fn answer(asked: &Asked) -> Result<String, String> {
    let prompt = Prompt::of(asked)?;
    let fields = match prompt.phase {
        Phase::Explore => explore::write(&prompt),
        Phase::Prd => prd::write(&prompt),
        Phase::Requirements => requirements::write(&prompt),
        Phase::Design => design::write(&prompt),
        Phase::Tasks => tasks::write(&prompt),
    };
    Ok(to_json(&fields, &prompt.write_now))
}

/// What names one and the same question however often it is asked: a prompt that tells what must be mended, or what is
/// written already, asks for the same phase of the same idea.
pub(super) fn question(asked: &Asked) -> Option<String> {
    let prompt = Prompt::of(asked).ok()?;
    Some(json!([prompt.phase.as_str(), prompt.title, prompt.idea]).to_string())
}

/// Only the fields to write; all of them when none of them is known here.
fn to_json(fields: &Fields, write_now: &[String]) -> String {
    let is_asked_for = |name: &str| write_now.iter().any(|asked| asked == name);
    let all = !fields.iter().any(|(name, _)| is_asked_for(name));
    let written = fields.iter().filter(|(name, _)| all || is_asked_for(name));
    let written: Vec<_> = written.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", written.join(","))
}
