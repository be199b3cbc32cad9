//! What an engineer reads who has not read the plan.

use super::{Requirement, Step};
use crate::llm::planner::phrases::{clipped, listed};

/// As many requirements are told in full; the others by their ids.
const TOLD: usize = 8;

pub(super) fn of_ticket(title: &str, about: &str, requirements: &[&str]) -> String {
    let met = match requirements {
        [] => String::new(),
        ids if ids.len() > TOLD => {
            format!("\n\n**Why.** It meets {} and {} more.", listed(&ids[..TOLD]), ids.len() - TOLD)
        }
        ids => format!("\n\n**Why.** It meets {}.", listed(ids)),
    };
    format!(
        "**What.** {title}: {about}.{met}\n\n**Done** when all of its tasks are done and what they promise can be seen in the \
         running product."
    )
}

pub(super) fn of_task(step: &Step, requirements: &[&Requirement], after: &[String]) -> String {
    let files = |files: &[String]| listed(&files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>());
    let mut parts = vec![format!("**What.** {}. {}.", step.title, step.why.trim_end_matches('.'))];
    let mut told = String::from("**Why.** These requirements are met by it:\n");
    for requirement in requirements.iter().take(TOLD) {
        told.push_str(&format!("\n- {}: {}", requirement.id, clipped(&requirement.text, 60, 400)));
    }
    if requirements.len() > TOLD {
        let others: Vec<_> = requirements[TOLD..].iter().map(|requirement| requirement.id.as_str()).collect();
        told.push_str(&format!("\n- and {} more, up to {}", others.len(), others[others.len() - 1]));
    }
    parts.push(told);
    let mut place = Vec::new();
    if !step.creates.is_empty() {
        place.push(format!("Make {}.", files(&step.creates)));
    }
    if !step.modifies.is_empty() {
        place.push(format!("Change {}.", files(&step.modifies)));
    }
    place.push("Touch no other file: tasks beside this one are done at the same time.".to_owned());
    parts.push(format!("**Where.** {}", place.join(" ")));
    parts.push(match after {
        [] => "**Before it** there is nothing; it can begin at once.".to_owned(),
        after => {
            format!("**Before it** come {}; use what they made, and do not write it again.", listed(after))
        }
    });
    parts.push(how(step.kind).to_owned());
    parts.push(
        "**Not meant** is anything that the requirements above do not ask for. When something is missing in them, say so in the \
         summary of the work, and choose the smaller way."
            .to_owned(),
    );
    parts.join("\n\n")
}

fn how(kind: &str) -> &'static str {
    match kind {
        "test" => {
            "**How.** Write each test as a sentence about the product. Use the parts as people do, from the outside, and wait for \
             conditions and never for a time. See each test fail once, by taking away what it tests, before you trust it. A test \
             leaves nothing behind: what it makes it makes for itself alone, so that all of them run at the same time. When a test \
             finds a fault of a part, mend the part only if that is a line or two, and report it otherwise."
        }
        "documentation" => {
            "**How.** Write for somebody who has never heard of it: what it is for, how it is used, with one example that can be \
             copied, and what it refuses and why. Use the words that people see in the product. Keep it short; what the product \
             says by itself is not repeated. Try each command and each step that you write down. Put it where people look first, \
             and link what is longer."
        }
        _ => {
            "**How.** Look at the files beside it first and follow their way of naming, of reporting errors and of testing. Begin \
             with the types and the signatures, as the design names them, so that others can build against them. Check what comes \
             in where it comes in, and refuse it with every fault at once. Say in an error what the person can do next. Let nothing \
             be half done when it fails in the middle. Write the tests with the code: one for each rule, one for each refusal, one \
             for the empty case and one for a large one. Keep functions short, and names plain."
        }
    }
}
