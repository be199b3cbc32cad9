//! The phase `requirements`: what must hold, in EARS; a requirement for each story, and what holds for all of them.

use serde_json::{Value, json};

use super::Fields;
use super::code_base::CodeBase;
use super::feature::Feature;
use super::phrases::{clipped, is_order, lowered, plain, raised};
use super::prd::{self, HEEDED};
use super::prompt::{Phase, Prompt};

/// Something that a person wants, by the PRD.
struct Story {
    id: String,
    role: String,
    want: String,
    priority: &'static str,
}

pub(super) fn write(prompt: &Prompt) -> Fields {
    let feature = Feature::of(prompt);
    let system = CodeBase::of(prompt).kind.system();
    let heeded = prd::heeded(prompt);
    let mut list = List { code: feature.code(), counts: [0; 6], entries: Vec::new() };
    for story in stories(prompt, &feature) {
        list.of_story(&story, system);
    }
    list.usual(&feature, system);
    for reason in &heeded {
        list.heeding(reason, system);
    }
    let assumed = prompt.output_of(Phase::Prd).and_then(|prd| prd["assumptions"].as_array());
    let assumed = assumed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let mut assumptions: Vec<String> = assumed.filter(|text| !text.trim().is_empty()).take(30).collect();
    if assumptions.is_empty() {
        assumptions.push(format!("{} can use the product already", raised(&feature.an_actor())));
    }
    assumptions.extend(heeded);
    let parts = CodeBase::of(prompt).kind.parts();
    let components: Vec<_> = parts.iter().map(|(part, _)| format!("{}{part}", feature.type_name())).collect();
    vec![
        ("feature_name", feature.name.clone().into()),
        ("requirements", list.entries.into()),
        ("assumptions", json!(assumptions)),
        (
            "out_of_scope",
            json!(["billing", "moving data of other products", "a second language of the texts"]),
        ),
        ("open_questions", json!([])),
        (
            "traceability",
            json!({"prd_sections": ["user_stories", "scope", "risks"], "design_components": components}),
        ),
    ]
}

/// Those of the PRD in the prompt; those of the idea where there is none.
fn stories(prompt: &Prompt, feature: &Feature) -> Vec<Story> {
    const MOST: usize = 30;
    let told = prompt.output_of(Phase::Prd).and_then(|prd| prd["user_stories"].as_array());
    let told: Vec<Story> =
        told.into_iter().flatten().take(MOST).filter_map(|story| Story::of(story, feature)).collect();
    if !told.is_empty() {
        return told;
    }
    let of_idea = feature.capabilities.iter().enumerate().map(|(index, capability)| Story {
        id: format!("US-{:03}", index + 1),
        role: feature.actor.clone(),
        want: capability.phrase.clone(),
        priority: if index < 2 { "high" } else { "medium" },
    });
    of_idea.collect()
}

impl Story {
    fn of(story: &Value, feature: &Feature) -> Option<Self> {
        let text = |name: &str| clipped(&plain(story[name].as_str().unwrap_or_default()), 30, 200);
        let want = text("want");
        let want = want.strip_prefix("to ").unwrap_or(&want).to_owned();
        let role = Some(lowered(&clipped(&text("role"), 3, 40))).filter(|role| !role.is_empty());
        let priority = match story["priority"].as_str() {
            Some("must") => "high",
            Some("could") => "low",
            Some(_) | None => "medium",
        };
        let role = role.unwrap_or_else(|| feature.actor.clone());
        (!want.is_empty()).then(|| Self { id: text("id"), role, want, priority })
    }
}

/// Requirements with their ids.
struct List {
    code: String,
    counts: [usize; 6],
    entries: Vec<Value>,
}

/// What is known of a requirement before it has an id.
struct Wanted<'w> {
    category: &'static str,
    title: String,
    priority: &'w str,
    text: String,
    criteria: [String; 2],
    dependencies: Vec<String>,
    notes: String,
}

impl List {
    fn push(&mut self, wanted: Wanted<'_>) {
        const CATEGORIES: [(&str, &str); 6] = [
            ("FUNC", "functional"),
            ("PERF", "performance"),
            ("SEC", "security"),
            ("USE", "usability"),
            ("REL", "reliability"),
            ("CON", "constraint"),
        ];
        let Wanted { category, title, priority, text, criteria, dependencies, notes } = wanted;
        let at = CATEGORIES.iter().position(|(name, _)| *name == category).expect("one of the six");
        self.counts[at] += 1;
        self.entries.push(json!({
            "id": format!("REQ-{}-{category}-{:03}", self.code, self.counts[at]),
            "title": title,
            "type": CATEGORIES[at].1,
            "category": category,
            "priority": priority,
            "text": text,
            "acceptance_criteria": criteria,
            "dependencies": dependencies,
            "notes": notes
        }));
    }

    fn first(&self) -> Vec<String> {
        self.entries.first().and_then(|entry| entry["id"].as_str()).map(str::to_owned).into_iter().collect()
    }

    fn of_story(&mut self, story: &Story, system: &str) {
        let Story { id, role, want, priority } = story;
        let a_role = super::phrases::with_article(role);
        let text = if is_order(want) {
            format!("WHEN {a_role} asks to {want}, the {system} SHALL do so and show the result.")
        } else {
            format!("WHEN {a_role} asks for it, the {system} SHALL offer this: {want}.")
        };
        let dependencies = self.first();
        self.push(Wanted {
            category: "FUNC",
            title: title(want),
            priority,
            text,
            criteria: [
                format!("WHEN {a_role} has done it, the {system} SHALL show the new state without being asked again"),
                format!("IF it cannot be done, THEN the {system} SHALL say why and change nothing"),
            ],
            dependencies,
            notes: format!("From {id}."),
        });
    }

    /// What holds for every feature: nobody sees what is not theirs, nothing is lost, and it is quick.
    fn usual(&mut self, feature: &Feature, system: &str) {
        let subject = &feature.subject;
        let dependencies = self.first();
        self.push(Wanted {
            category: "SEC",
            title: "Refuse what is not allowed".to_owned(),
            priority: "critical",
            text: format!(
                "IF somebody asks for something of {subject} without the right to it, THEN the {system} SHALL refuse it \
                 and tell nothing of what is there."
            ),
            criteria: [
                "the answer is the same whether the thing exists or not".to_owned(),
                "a test asks as somebody without the right".to_owned(),
            ],
            dependencies: dependencies.clone(),
            notes: "For every story.".to_owned(),
        });
        self.push(Wanted {
            category: "REL",
            title: "Keep what was confirmed".to_owned(),
            priority: "high",
            text: format!(
                "IF the {system} ends in the middle of a change to {subject}, THEN the {system} SHALL keep the state of before \
                 or the whole change."
            ),
            criteria: [
                "after a restart nothing is half done".to_owned(),
                "what was confirmed before the end is there after it".to_owned(),
            ],
            dependencies: dependencies.clone(),
            notes: "For every story.".to_owned(),
        });
        self.push(Wanted {
            category: "PERF",
            title: "Answer without a wait".to_owned(),
            priority: "medium",
            text: format!(
                "WHILE up to 100 people use it, the {system} SHALL answer each request about {subject} within 500 ms."
            ),
            criteria: [
                "19 of 20 answers take less than 500 ms with 100 people".to_owned(),
                "the measurement runs with the tests".to_owned(),
            ],
            dependencies,
            notes: "For every story.".to_owned(),
        });
    }

    fn heeding(&mut self, reason: &str, system: &str) {
        let reason = clipped(&plain(reason.trim_start_matches(HEEDED)), 40, 300);
        self.push(Wanted {
            category: "CON",
            title: title(&format!("heed: {reason}")),
            priority: "high",
            text: format!("The {system} SHALL heed what people asked for: {reason}."),
            criteria: [
                "who rejected the last version finds their reason met".to_owned(),
                "a test shows it".to_owned(),
            ],
            dependencies: Vec::new(),
            notes: "From the rejection of the last version.".to_owned(),
        });
    }
}

/// Three to six words.
fn title(phrase: &str) -> String {
    let title = raised(&clipped(phrase, 6, 80));
    match title.split_whitespace().count() {
        0 => "Do what is wanted".to_owned(),
        1 | 2 => format!("{title} on request"),
        _ => title,
    }
}
