//! The phase `design`: three parts, of which two can be built at the same time.

use serde_json::{Map, Value, json};

use super::Fields;
use super::code_base::{CodeBase, Kind};
use super::feature::Feature;
use super::phrases::{clipped, listed, plain};
use super::prompt::{Phase, Prompt};

/// The parts of the design by what they do.
struct Parts {
    keeps: Part,
    decides: Part,
    shows: Part,
}

struct Part {
    name: String,
    kind: &'static str,
    path: String,
}

pub(super) fn write(prompt: &Prompt) -> Fields {
    let feature = Feature::of(prompt);
    let code = CodeBase::of(prompt);
    let parts = Parts::of(&feature, &code);
    let requirements = requirement_ids(prompt);
    let reasons: Vec<String> =
        prompt.rejected.iter().map(|reason| clipped(&plain(reason), 40, 300)).collect();
    vec![
        ("feature_name", feature.name.clone().into()),
        ("architecture_overview", overview(&feature, &code, &parts, &requirements, &reasons).into()),
        ("architecture_diagram", parts.diagram(&feature).into()),
        ("components", parts.components(&feature, code.kind)),
        ("data_models", data_models(&feature, code.kind)),
        ("api_endpoints", endpoints(&feature, code.kind)),
        ("integration_points", integration(&feature, &code)),
        (
            "error_handling",
            json!({
                "not allowed": "refused with the same answer as for what does not exist; nothing changes",
                "not valid": "refused with every fault at once and the place of each",
                "storage fails": "the change is taken back, the person is told to try again, the operator finds it in the log"
            }),
        ),
        ("testing_strategy", tests(&feature, &parts, &reasons)),
        (
            "security_considerations",
            json!([
                format!(
                    "Somebody asks for what belongs to another: {} looks at the right first, in every request.",
                    parts.decides.name
                ),
                format!(
                    "Text of people is shown to others: {} shows it as text and never runs it.",
                    parts.shows.name
                )
            ]),
        ),
        (
            "migration_plan",
            json!({
                "1": format!("add what {} keeps; nothing reads it yet", parts.keeps.name),
                "2": format!("switch {} on", parts.shows.name),
                "back": "switch it off again; what was kept stays"
            }),
        ),
    ]
}

impl Parts {
    fn of(feature: &Feature, code: &CodeBase) -> Self {
        let [keeps, decides, shows] = code.kind.parts().map(|(part, kind)| Part {
            name: format!("{}{part}", feature.type_name()),
            kind,
            path: code.new_source(&feature.name, part),
        });
        Self { keeps, decides, shows }
    }

    fn diagram(&self, feature: &Feature) -> String {
        let (keeps, decides, shows) = (&self.keeps.name, &self.decides.name, &self.shows.name);
        let actor: String = feature.actor.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
        format!(
            "flowchart LR\n  person([{actor}]) --> {shows}\n  {shows} --> {decides}\n  {shows} --> {keeps}"
        )
    }

    fn components(&self, feature: &Feature, kind: Kind) -> Value {
        let subject = &feature.subject;
        let component =
            |part: &Part, description: String, responsibility: String, interfaces: Value, uses: Vec<&str>| {
                json!({
                    "name": part.name, "type": part.kind, "file_path": part.path, "description": description,
                    "responsibility": responsibility, "interfaces": interfaces, "dependencies": uses
                })
            };
        let way = match kind {
            Kind::Service => "over HTTP",
            Kind::Program => "on the command line",
            Kind::Library => "for programs that use the library",
            Kind::App => "on the screen",
        };
        json!([
            component(
                &self.keeps,
                format!("What is kept of {subject}."),
                format!(
                    "Keeps the state of {subject} for each {}, a change as a whole or not at all.",
                    feature.actor
                ),
                json!([
                    {"method": "load", "inputs": "who asks", "outputs": "what is kept, or that there is nothing"},
                    {"method": "save", "inputs": "a decided change", "outputs": "that it is kept, or why not"}
                ]),
                vec![],
            ),
            component(
                &self.decides,
                format!("What may be done with {subject}."),
                format!(
                    "Decides whether a request about {subject} is allowed and valid, without any outside."
                ),
                json!([{"method": "decide", "inputs": "what is kept, and the request", "outputs": "a change, or every fault of the request"}]),
                vec![],
            ),
            component(
                &self.shows,
                format!("{subject} {way}."),
                format!(
                    "Takes requests about {subject} {way}, has them decided and kept, and shows the result."
                ),
                json!([{"method": "handle", "inputs": "a request of a person", "outputs": "the new state, or why it was refused"}]),
                vec![&self.keeps.name, &self.decides.name],
            )
        ])
    }
}

fn overview(
    feature: &Feature,
    code: &CodeBase,
    parts: &Parts,
    requirements: &[String],
    reasons: &[String],
) -> String {
    let (subject, actor) = (&feature.subject, &feature.actor);
    let (keeps, decides, shows) = (&parts.keeps, &parts.decides, &parts.shows);
    let ground = if code.exists() {
        format!(
            "The {} is there already, in {}, so nothing of it is written again: the feature is added beside what exists, in \
             files of its own, and named as the others are.",
            code.kind.name(),
            code.language()
        )
    } else {
        format!(
            "There is no code yet. The feature is planned as a part of a {} in {}, in files of its own, so that whatever comes \
             later finds it in one place.",
            code.kind.name(),
            code.language()
        )
    };
    let met = match requirements {
        [] => "each requirement".to_owned(),
        [one] => one.clone(),
        [first, .., last] => format!("the {} requirements from {first} to {last}", requirements.len()),
    };
    let heeded = match reasons {
        [] => String::new(),
        reasons => format!("\n\nThis version heeds what was said of the last one: {}.", listed(reasons)),
    };
    let (keeps_at, decides_at, shows_at) = (&keeps.path, &decides.path, &shows.path);
    let (keeps, decides, shows) = (&keeps.name, &decides.name, &shows.name);
    format!(
        "{ground} Three parts share the work, and each of them has one reason to change: how things are kept, what is allowed, \
         and how people meet it.\n\n\
         {shows} (`{shows_at}`) is where {an_actor} meets {subject}. It reads the request, loads what is known, asks for a \
         decision, has the change kept and shows the new state. It decides nothing by itself, so another way in can be added \
         later without a second set of rules. What it shows after a change is what was kept, not what was asked for, so that \
         the {actor} never sees a state that does not exist.\n\n\
         {decides} (`{decides_at}`) holds the rules. It is given what is kept and what is asked for, and answers with a change \
         or with every fault at once. It reads no clock, opens no file and calls nobody: whatever it needs is handed in. That \
         is why each rule can be tested in a moment, and why the right to a thing is looked at in one place before anything \
         else happens. A request without that right is answered as if the thing did not exist.\n\n\
         {keeps} (`{keeps_at}`) keeps the state. A change is written as a whole or not at all, so an end in the middle leaves \
         the state of before. It finds things by their owner first, which keeps answers quick when there are many owners, and \
         it makes it hard to read what belongs to somebody else by mistake.\n\n\
         {keeps} and {decides} know nothing of each other. They can be built at the same time by two people who agree on the \
         shape of what is kept; {shows} joins them and comes after both. Together they meet {met}. What was considered and not \
         done: one part for everything, which would be shorter at first and could only be tested through {shows}; and rules \
         inside of the storage, which would tie them to the way in which things are kept today.{heeded}",
        an_actor = feature.an_actor(),
    )
}

fn data_models(feature: &Feature, kind: Kind) -> Value {
    let table = feature.name.replace('-', "_");
    let place = match kind {
        Kind::Service | Kind::App => "a row for each",
        Kind::Program => "a line of the file for each",
        Kind::Library => "a value for each",
    };
    json!([{
        "name": feature.type_name(),
        "table_name": table,
        "description": format!("What is kept of {}, {place}.", feature.subject),
        "fields": {
            "id": "uuid primary key", "owner": "uuid not null", "title": "text not null", "state": "text not null",
            "changed_at": "timestamptz not null"
        },
        "indexes": [format!("{table} (owner, changed_at)")],
        "relationships": [format!("owner refers to the {}", feature.actor)]
    }])
}

fn endpoints(feature: &Feature, kind: Kind) -> Value {
    if kind != Kind::Service {
        return json!([]);
    }
    let (path, subject) = (format!("/{}", feature.name), &feature.subject);
    let endpoint = |method: &str, path: String, description: String| {
        json!({
            "method": method, "path": path, "description": description, "auth_required": true,
            "error_responses": {"404": "there is no such thing, or not for you", "422": "every fault of the request"}
        })
    };
    json!([
        endpoint("GET", path.clone(), format!("Shows {subject} as it stands for who asks")),
        endpoint("POST", path.clone(), format!("Changes {subject} as the request says")),
        endpoint("DELETE", format!("{path}/{{id}}"), format!("Takes one thing out of {subject}"))
    ])
}

fn integration(feature: &Feature, code: &CodeBase) -> Value {
    match code.entry() {
        Some(entry) => json!([format!("`{entry}` makes {} known to the program", feature.subject)]),
        None => {
            json!([format!("what starts the {} makes {} known to it", code.kind.name(), feature.subject)])
        }
    }
}

fn tests(feature: &Feature, parts: &Parts, reasons: &[String]) -> Value {
    let mut journeys: Vec<String> = feature
        .capabilities
        .iter()
        .take(3)
        .map(|capability| format!("a {} wants to: {}", feature.actor, capability.phrase))
        .collect();
    journeys.extend(reasons.iter().map(|reason| format!("what was asked for holds: {reason}")));
    json!({
        "unit_tests": [
            format!("{} refuses what is not allowed", parts.decides.name),
            format!("{} tells every fault at once", parts.decides.name),
            format!("{} keeps a change as a whole or not at all", parts.keeps.name)
        ],
        "integration_tests": journeys
    })
}

/// Of the requirements in the prompt, in their order.
fn requirement_ids(prompt: &Prompt) -> Vec<String> {
    let output: Option<&Map<String, Value>> =
        prompt.output_of(Phase::Requirements).and_then(Value::as_object);
    let all = output.and_then(|output| output.get("requirements")).and_then(Value::as_array);
    all.into_iter().flatten().filter_map(|entry| entry["id"].as_str()).map(str::to_owned).collect()
}
