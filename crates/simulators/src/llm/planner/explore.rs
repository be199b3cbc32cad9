//! The phase `explore`: what is there, and what people must be asked.

use serde_json::{Value, json};

use super::Fields;
use super::code_base::CodeBase;
use super::feature::Feature;
use super::phrases::raised;
use super::prompt::Prompt;

pub(super) fn write(prompt: &Prompt) -> Fields {
    let feature = Feature::of(prompt);
    let code = CodeBase::of(prompt);
    let (checks, kind) = (code.checks(), code.kind.name());
    let tested = match checks.first() {
        Some(command) => format!("by `{command}`"),
        None => "by tests beside the code, which are to be made".to_owned(),
    };
    vec![
        ("codebase_summary", summary(&code).into()),
        ("project_type", kind.into()),
        ("tech_stack", json!(stack(&code))),
        ("structure", structure(&code)),
        ("key_files", key_files(&feature, &code)),
        ("relevant_patterns", patterns(&feature, &code)),
        ("existing_models", json!([])),
        (
            "conventions",
            json!({
                "naming": "a file is named after the one thing it holds",
                "testing": format!("what is promised is tested, {tested}"),
                "patterns": ["what keeps, what decides and what shows are apart"]
            }),
        ),
        ("entry_points", json!(code.entry().into_iter().collect::<Vec<_>>())),
        (
            "test_structure",
            format!("Tests run {tested}; the next one would be `{}`.", code.new_test(&feature.name)).into(),
        ),
        ("discovery_questions", questions(&feature, kind)),
        ("feature_summary", feature_summary(prompt, &feature, &code)),
        ("related_to_feature", related(&feature, &code)),
        ("notes", notes(prompt, &code).into()),
    ]
}

fn summary(code: &CodeBase) -> String {
    let kind = code.kind.name();
    let language = code.language();
    if !code.exists() {
        return format!(
            "There is no repository, so nothing is there yet that the feature could build on. The idea implies a {kind}; \
             it is planned as one in {language}."
        );
    }
    let place = if code.source.is_empty() { "the root".to_owned() } else { format!("`{}`", code.source) };
    format!(
        "The repository holds a {kind} in {language}, of which {} files were listed. Most of its sources are in {place}, \
         and new ones belong beside them.",
        code.paths.len()
    )
}

fn stack(code: &CodeBase) -> Vec<&'static str> {
    let has = |part: &str| code.paths.iter().any(|path| path.to_lowercase().contains(part));
    let found = [
        ("Docker", "dockerfile"),
        ("SQL", ".sql"),
        ("GitHub Actions", ".github/workflows"),
        ("Make", "makefile"),
    ];
    let found = found.into_iter().filter(|(_, part)| has(part)).map(|(name, _)| name);
    [code.language(), "Git"].into_iter().chain(found).collect()
}

fn structure(code: &CodeBase) -> Value {
    let mut areas = code.areas();
    if areas.len() < 2 {
        areas.insert("sources".into(), if code.source.is_empty() { ".".into() } else { code.source.clone() });
        let tests = code.new_test("x");
        let tests = tests.rsplit_once('/').map_or(".", |(folder, _)| folder);
        areas.insert("tests".into(), tests.to_owned());
    }
    json!(areas)
}

fn key_files(feature: &Feature, code: &CodeBase) -> Value {
    let subject = &feature.subject;
    let mut files: Vec<(String, String)> = Vec::new();
    for path in code.key_files() {
        let purpose = if Some(path) == code.entry() {
            format!("puts the program together; {subject} is made known here")
        } else if Some(path) == code.readme() {
            format!("tells a newcomer what there is; {subject} gets a section")
        } else {
            format!("shows how a file is written here, as an example for {subject}")
        };
        files.push((path.to_owned(), purpose));
    }
    // What is not there yet is named as what it will be.
    let parts = code.kind.parts().map(|(part, _)| part);
    for part in parts.iter().take(3_usize.saturating_sub(files.len())) {
        files.push((
            code.new_source(&feature.name, part),
            format!("new: the {} of {subject}", part.to_lowercase()),
        ));
    }
    files.into_iter().map(|(path, purpose)| json!({"path": path, "purpose": purpose})).collect()
}

fn patterns(feature: &Feature, code: &CodeBase) -> Value {
    let [keeps, decides, shows] = code.kind.parts().map(|(part, _)| part.to_lowercase());
    let mut files: Vec<&str> = code.key_files();
    files.truncate(2);
    json!([{
        "pattern": format!("{keeps}, {decides} and {shows} apart"),
        "description": format!(
            "What keeps data, what decides and what people see are parts of their own, so that {} can be tested without \
             the outside.", feature.subject
        ),
        "files": files
    }])
}

fn questions(feature: &Feature, kind: &str) -> Value {
    let (subject, actor) = (&feature.subject, &feature.actor);
    let first = &feature.capabilities[0].phrase;
    json!([
        {"category": "Problem & Value", "questions": [
            format!("What does {} do today, without {subject}, and what does that cost?", feature.an_actor()),
            format!("How would you see after a month that {subject} was worth the work?")
        ]},
        {"category": "Users & Journeys", "questions": [
            format!("Who else than the {actor} has to do with {subject}, and what may each of them do?"),
            format!("What comes right before and right after this step: {first}?")
        ]},
        {"category": "Scope & Boundaries", "questions": [
            format!("What of {subject} may wait for a second version?")
        ]},
        {"category": "Technical Context", "questions": [
            format!("Must {subject} keep what it knows when the {kind} ends, and for how long?")
        ]},
        {"category": "Trade-offs & Risks", "questions": [
            format!("Which would be worse with {subject}: that it refuses too much, or that it lets a mistake through?")
        ]}
    ])
}

fn feature_summary(prompt: &Prompt, feature: &Feature, code: &CodeBase) -> Value {
    let subject = &feature.subject;
    let scope_in: Vec<_> = feature.capabilities.iter().map(|capability| raised(&capability.phrase)).collect();
    let mut constraints = vec![format!("in {}, as the rest of the {}", code.language(), code.kind.name())];
    constraints.extend(prompt.rejected.iter().map(|reason| format!("asked for by people: {reason}")));
    json!({
        "name": feature.name,
        "one_liner": format!("{}, for each {}.", feature.title, feature.actor),
        "problem_statement": format!("{} who needs {subject} has to do without it today, or by hand.", raised(&feature.an_actor())),
        "scope_in": scope_in,
        "scope_out": [format!("moving what {} has elsewhere into {subject}", feature.an_actor()), "billing", "a second language of the texts"],
        "technical_constraints": constraints,
        "risks_identified": [format!("{subject} is used in another way than the idea foresees")],
        "success_metrics": [format!("half of those who can use {subject} have used it after a month")]
    })
}

fn related(feature: &Feature, code: &CodeBase) -> Value {
    let mut related = Vec::new();
    if let Some(entry) = code.entry() {
        related.push(json!({"name": "entry", "file": entry, "relevance": format!("makes {} known to the program", feature.subject)}));
    }
    if let Some(readme) = code.readme() {
        related.push(json!({"name": "README", "file": readme, "relevance": format!("says what {} is for", feature.subject)}));
    }
    if related.is_empty() {
        let file = code.new_source(&feature.name, code.kind.parts()[2].0);
        related.push(
            json!({"name": "first way in", "file": file, "relevance": "new; people meet the feature here"}),
        );
    }
    related.into()
}

fn notes(prompt: &Prompt, code: &CodeBase) -> String {
    let mut notes = Vec::new();
    if !code.exists() && !code.is_named {
        notes.push(format!(
            "Neither the idea nor a repository names a technology; {} is assumed.",
            code.language()
        ));
    }
    notes.extend(
        prompt
            .rejected
            .iter()
            .map(|reason| format!("The last version was rejected; this one heeds: {reason}")),
    );
    notes.join(" ")
}
