//! What a model is asked: the instructions of the phase, the material, and what is to be written now. The instructions are files,
//! `prompts/<phase>.v<n>.md`; each call records which one it began with.

use plan::{Phase, Problem};
use planning::spec::{Content, name_of};
use ports::llm::{Output, Request, estimate_tokens};
use serde_json::Value;

use super::call::Asking;
use super::fields::Fields;

/// Of a model whose size nobody knows.
const USUAL_CONTEXT: u64 = 100_000;
/// Whatever the sizes say, so much of the material is told.
const LEAST_MATERIAL: u64 = 2_000;

/// The prompt of a phase, by its name.
pub(super) const fn version(phase: Phase) -> &'static str {
    match phase {
        Phase::Explore => "explore.v1",
        Phase::Prd => "prd.v1",
        Phase::Requirements => "requirements.v1",
        Phase::Design => "design.v1",
        Phase::Tasks => "tasks.v1",
        Phase::Sync => "none",
    }
}

const fn instructions(phase: Phase) -> &'static str {
    match phase {
        Phase::Explore => include_str!("prompts/explore.v1.md"),
        Phase::Prd => include_str!("prompts/prd.v1.md"),
        Phase::Requirements => include_str!("prompts/requirements.v1.md"),
        Phase::Design => include_str!("prompts/design.v1.md"),
        Phase::Tasks => include_str!("prompts/tasks.v1.md"),
        Phase::Sync => "",
    }
}

/// Asks for `missing`.
pub(super) fn request(phase: Phase, fields: &Fields, asking: &Asking<'_>, missing: &[&str]) -> Request {
    let route = asking.route;
    let (system, instructions) = (include_str!("prompts/system.v1.md"), instructions(phase));
    let schema = fields.schema_of(missing);
    let now = what_to_write(asking.to_mend, &asking.progress.content, missing);
    let taken = [system, instructions, &schema.to_string(), &now].map(estimate_tokens).iter().sum::<u64>();
    let room = route.context_tokens.unwrap_or(USUAL_CONTEXT);
    let room = room.saturating_sub(u64::from(route.max_output_tokens)).saturating_sub(taken);
    let material = asking.material.to_text(room.max(LEAST_MATERIAL));
    let question = format!("<material>\n{material}</material>\n\n{now}");
    Request::new(route.model.clone(), question, route.max_output_tokens)
        .with_system(system)
        .with_system(instructions)
        .with_output(Output::JsonSchema { name: phase.as_str().to_owned(), schema })
}

fn what_to_write(to_mend: &[Problem], written: &Content, missing: &[&str]) -> String {
    let mut text = String::new();
    if !to_mend.is_empty() {
        text.push_str("## What must be mended\n");
        for problem in to_mend {
            let message = problem.message.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&format!("- {}: {message}\n", problem.code));
        }
        text.push('\n');
    }
    if !written.is_empty() {
        text.push_str("## Written already\n");
        for (field, value) in written.fields() {
            let names: Vec<_> = value.as_array().into_iter().flatten().filter_map(name_of).collect();
            let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            text.push_str(&format!("- {field}{names}\n"));
        }
        let open = missing.iter().filter(|field| written.fields().get(**field).is_some_and(Value::is_array));
        let open: Vec<_> = open.copied().collect();
        if !open.is_empty() {
            text.push_str(&format!(
                "These lists are not finished, write only the entries that are not there yet: {}.\n",
                open.join(", ")
            ));
        }
        text.push('\n');
    }
    text.push_str(&format!("## Write now\n{}\n", missing.join(", ")));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_that_broke_off_is_gone_on_with() {
        let written: Content = serde_json::from_value(json!({
            "fields": { "feature_name": "todo", "requirements": [{ "id": "REQ-TODO-FUNC-001" }] },
            "complete": ["feature_name"]
        }))
        .unwrap();
        let problem = Problem::new("schema", "`requirements[].text`: is\nabsent");
        let text = what_to_write(&[problem], &written, &["requirements", "assumptions"]);
        assert_eq!(
            text,
            "## What must be mended\n- schema: `requirements[].text`: is absent\n\n\
             ## Written already\n- feature_name\n- requirements: REQ-TODO-FUNC-001\n\
             These lists are not finished, write only the entries that are not there yet: requirements.\n\n\
             ## Write now\nrequirements, assumptions\n"
        );
        assert_eq!(what_to_write(&[], &Content::default(), &["a"]), "## Write now\na\n");
    }

    #[test]
    fn the_name_of_a_prompt_is_that_of_its_file() {
        for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Sync) {
            let file = format!("{}/src/planning/prompts/{}.md", env!("CARGO_MANIFEST_DIR"), version(phase));
            assert_eq!(std::fs::read_to_string(file).unwrap(), instructions(phase));
            assert!(instructions(phase).starts_with(&format!("Phase: {phase}.")));
        }
    }
}
