//! The phase `prd`: what is wanted, for whom, and why.

use serde_json::{Value, json};

use super::Fields;
use super::feature::Feature;
use super::phrases::{clipped, is_order, plain, raised};
use super::prompt::Prompt;

/// What stands before a reason that is heeded, so that a later version finds it again.
pub(super) const HEEDED: &str = "Asked for when the last version was rejected: ";

pub(super) fn write(prompt: &Prompt) -> Fields {
    let feature = Feature::of(prompt);
    let (subject, actor) = (&feature.subject, &feature.actor);
    let heeded = heeded(prompt);
    let assumptions = assumptions(prompt, &heeded);
    let in_scope: Vec<_> = feature.capabilities.iter().map(|capability| raised(&capability.phrase)).collect();
    let secondary: Vec<String> = [format!("Nobody has to be taught how to use {subject}")]
        .into_iter()
        .chain(heeded.iter().cloned())
        .collect();
    vec![
        ("prd_version", "1.0".into()),
        ("feature_name", feature.name.clone().into()),
        (
            "overview",
            json!({
                "one_liner": format!("{}, for each {actor}.", feature.title),
                "problem_statement": format!(
                    "{} who needs {subject} does without it today, or does it by hand. That costs time and breeds mistakes.",
                    raised(&feature.an_actor())
                ),
                "solution_summary": format!(
                    "The product offers {subject} where the {actor} works already. It does what is asked for at once, and it \
                     says why when it refuses."
                )
            }),
        ),
        (
            "goals",
            json!({
                "primary": [format!("{} does with {subject} what the idea asks for, without help", raised(&feature.an_actor()))],
                "secondary": secondary,
                "success_metrics": [
                    {
                        "metric": format!("those who used {subject} among those who could"),
                        "target": "50 % after a month",
                        "measurement": "count of uses in the records of the product"
                    },
                    {
                        "metric": format!("uses of {subject} that end in an error"),
                        "target": "below 1 %",
                        "measurement": "count of errors in the log"
                    }
                ]
            }),
        ),
        ("users", users(&feature)),
        ("user_stories", stories(&feature, &heeded)),
        (
            "scope",
            json!({
                "in_scope": in_scope,
                "out_of_scope": ["billing", "moving data of other products", "a second language of the texts"],
                "dependencies": []
            }),
        ),
        ("assumptions", json!(assumptions)),
        (
            "constraints",
            json!({
                "technical": ["what exists goes on as it does"],
                "business": [format!("{subject} is there for everybody who can use the product")]
            }),
        ),
        (
            "risks",
            json!([
                {
                    "risk": format!("{subject} is hardly used"),
                    "impact": "the work was for nothing", "likelihood": "medium",
                    "mitigation": format!("the first version is small, and {} is asked after a month", feature.an_actor())
                },
                {
                    "risk": format!("somebody uses {subject} to do harm"),
                    "impact": "data of others is seen or lost", "likelihood": "low",
                    "mitigation": "each request is checked against the rights of who makes it"
                }
            ]),
        ),
        ("open_questions", json!([])),
        ("related_features", json!([])),
        (
            "revision_history",
            json!([{"version": "1.0", "date": "", "author": "planning", "changes": "first version"}]),
        ),
    ]
}

/// What people want who rejected a version, now or before.
pub(super) fn heeded(prompt: &Prompt) -> Vec<String> {
    let of_before = prompt.last_version.as_ref().and_then(|last| last["assumptions"].as_array());
    let of_before = of_before.into_iter().flatten().filter_map(Value::as_str);
    let of_before = of_before.filter(|text| text.starts_with(HEEDED)).map(str::to_owned);
    let mut heeded: Vec<String> = Vec::new();
    for reason in
        of_before.chain(prompt.rejected.iter().map(|reason| format!("{HEEDED}{}", clipped(reason, 80, 500))))
    {
        if !heeded.contains(&reason) {
            heeded.push(reason);
        }
    }
    heeded
}

fn users(feature: &Feature) -> Value {
    let subject = &feature.subject;
    let needs: Vec<_> =
        feature.capabilities.iter().map(|capability| format!("to {}", capability.phrase)).collect();
    json!({
        "primary": [{
            "role": feature.actor,
            "description": format!("uses the product for work and is the first to have something of {subject}"),
            "needs": needs
        }],
        "secondary": [{
            "role": "operator",
            "description": "keeps the product running and is asked when something fails",
            "needs": [format!("to see what {subject} did")]
        }]
    })
}

fn stories(feature: &Feature, heeded: &[String]) -> Value {
    let subject = &feature.subject;
    let usual = format!("the work with {subject} takes less time");
    let wanted = feature.capabilities.iter().map(|capability| {
        let want = if is_order(&capability.phrase) {
            format!("to {}", capability.phrase)
        } else {
            capability.phrase.clone()
        };
        (want, capability.benefit.clone().unwrap_or_else(|| usual.clone()))
    });
    let asked_for = heeded.iter().map(|reason| {
        let reason = clipped(&plain(reason.trim_start_matches(HEEDED)), 30, 200);
        (format!("{subject} to heed this: {reason}"), "what was asked for holds".to_owned())
    });
    let stories = wanted.chain(asked_for).enumerate().map(|(index, (want, benefit))| {
        json!({
            "id": format!("US-{:03}", index + 1),
            "role": feature.actor,
            "want": want,
            "benefit": benefit,
            "priority": match index { 0 | 1 => "must", 2 | 3 => "should", 4 => "could", _ => "must" },
            "acceptance_criteria": [
                format!("{} who is allowed to sees the result at once", feature.an_actor()),
                "somebody who is not allowed to is told so, and nothing changes"
            ]
        })
    });
    stories.collect()
}

/// Answers bind; where nobody answered, it is chosen here, and said.
fn assumptions(prompt: &Prompt, heeded: &[String]) -> Vec<String> {
    let mut assumptions = answers(&prompt.answers);
    if assumptions.is_empty() {
        assumptions.push(
            "Nobody was asked, so the smallest version that does what the idea says is chosen".to_owned(),
        );
    }
    assumptions.extend(heeded.iter().cloned());
    assumptions
}

/// `question: answer` for every question, however the two are laid out: an answer is what stands below its question.
fn answers(text: &str) -> Vec<String> {
    const MOST: usize = 20;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['-', '*', '#', '>', ' ']);
        if line.is_empty() {
            continue;
        }
        match (line.rsplit_once('?'), pairs.last_mut()) {
            (Some((question, rest)), _) => {
                let rest = rest.trim_start_matches([' ', ':', '-', '*']).trim();
                pairs.push((format!("{question}?"), rest.to_owned()));
            }
            (None, Some((_, answer))) => {
                if !answer.is_empty() {
                    answer.push(' ');
                }
                answer.push_str(line);
            }
            (None, None) => pairs.push((String::new(), line.to_owned())),
        }
    }
    let told = pairs.into_iter().filter(|(_, answer)| !answer.is_empty()).take(MOST);
    told.map(|(question, answer)| clipped_pair(&question, &answer)).collect()
}

fn clipped_pair(question: &str, answer: &str) -> String {
    let (question, answer) = (clipped(&plain(question), 40, 240), clipped(&plain(answer), 80, 500));
    if question.is_empty() { answer } else { format!("{question}? {answer}") }
}
