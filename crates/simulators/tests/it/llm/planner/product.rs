//! What the product asks a model, in both formats, and how it reads the answer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use adapters::llm::{Anthropic, BaseUrl, Endpoint, HttpOptions, OpenAi, Retries, Structured};
use plan::evaluate::{Context, evaluate};
use plan::invariants::Earlier;
use plan::phases::{Design, Requirements};
use plan::{Output, Phase, Verdict, Writer, schema_of};
use ports::llm::{Answer, Deadlines, Llm, Output as Form, Request, Unfinished};
use serde_json::{Value, json};
use simulators::llm::{Llm as Server, Wire};

pub(super) const PHASES: [Phase; 5] =
    [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];

/// A prompt of the product.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) title: String,
    pub(super) idea: String,
    pub(super) repository: String,
    pub(super) answers: String,
    pub(super) earlier: Vec<(Phase, Value)>,
    pub(super) last_version: Option<Value>,
    pub(super) mend: String,
    pub(super) written: String,
    /// All fields of the phase without any.
    pub(super) write_now: Vec<String>,
}

/// The system's words of a phase, as the product has them.
const fn instructions(phase: Phase) -> &'static str {
    match phase {
        Phase::Explore => include_str!("../../../../../workers/src/planning/prompts/explore.v1.md"),
        Phase::Prd => include_str!("../../../../../workers/src/planning/prompts/prd.v1.md"),
        Phase::Requirements => include_str!("../../../../../workers/src/planning/prompts/requirements.v1.md"),
        Phase::Design => include_str!("../../../../../workers/src/planning/prompts/design.v1.md"),
        Phase::Tasks | Phase::Sync => include_str!("../../../../../workers/src/planning/prompts/tasks.v1.md"),
    }
}

impl Question {
    pub(super) fn of(title: &str, idea: &str) -> Self {
        Self { title: title.to_owned(), idea: idea.to_owned(), ..Self::default() }
    }

    pub(super) fn in_repository(mut self, repository: &str) -> Self {
        self.repository = repository.to_owned();
        self
    }

    pub(super) fn after(mut self, phase: Phase, output: Value) -> Self {
        self.earlier.push((phase, output));
        self
    }

    pub(super) fn request(&self, phase: Phase) -> Request {
        let mut schema = schema_of(phase);
        let all: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let fields = if self.write_now.is_empty() { &all } else { &self.write_now };
        schema["properties"].as_object_mut().unwrap().retain(|name, _| fields.contains(name));
        schema["required"]
            .as_array_mut()
            .unwrap()
            .retain(|name| fields.contains(&name.as_str().unwrap().into()));
        let repository =
            if self.repository.is_empty() { "There is no repository." } else { &self.repository };
        let mut text = format!(
            "<material>\n## Title\n{}\n\n## Idea\n{}\n\n## Repository\n{repository}\n\n",
            self.title, self.idea
        );
        if phase != Phase::Explore {
            write!(text, "## Answers\n{}\n\n", self.answers).unwrap();
        }
        for (phase, output) in &self.earlier {
            write!(text, "## Output of {phase}\n{output}\n\n").unwrap();
        }
        if let Some(last) = &self.last_version {
            write!(text, "## Your last version\n```json\n{last:#}\n```\n\n").unwrap();
        }
        text.push_str("</material>\n");
        for (heading, words) in [("What must be mended", &self.mend), ("Written already", &self.written)] {
            if !words.is_empty() {
                write!(text, "\n## {heading}\n{words}\n").unwrap();
            }
        }
        write!(text, "\n## Write now\n{}\n", fields.join(", ")).unwrap();
        let system = include_str!("../../../../../workers/src/planning/prompts/system.v1.md");
        let mut request = Request::new("scripted", text, 16_000)
            .with_system(system)
            .with_system(instructions(phase))
            .with_output(Form::JsonSchema { name: phase.to_string(), schema });
        let patience = Duration::from_secs(30);
        request.deadlines = Deadlines { first_byte: patience, idle: patience, whole: patience };
        request
    }

    /// What the judge says of an answer to this.
    pub(super) fn judged(&self, phase: Phase, answer: &Value) -> Verdict {
        let earlier = |phase: Phase| {
            let output = self.earlier.iter().find(|(other, _)| *other == phase).map(|(_, output)| output);
            output.cloned().unwrap_or_else(|| json!({}))
        };
        let requirements: Requirements = serde_json::from_value(earlier(Phase::Requirements)).unwrap();
        let design: Design = serde_json::from_value(earlier(Phase::Design)).unwrap();
        let earlier = Earlier { requirements: Some(&requirements), design: Some(&design) };
        let output = Output::read(phase, &answer.to_string()).unwrap();
        evaluate(&output, Context { writer: Writer::Model, earlier })
    }
}

/// A client of the product, which tries refused requests again at once.
pub(super) fn client(server: &Server, wire: Wire, structured: Structured) -> Arc<dyn Llm> {
    let moment = Duration::from_millis(1);
    let retries = Retries { first: moment, longest: moment, ..Retries::default() };
    let options = HttpOptions { retries, ..HttpOptions::default() };
    let endpoint = |url: String| {
        Endpoint::new(BaseUrl::parse(&url, false).unwrap(), Some("sk-1".into()), options).unwrap()
    };
    match wire {
        Wire::Anthropic => Arc::new(Anthropic::new(endpoint(server.anthropic_url()), structured)),
        Wire::OpenAi => Arc::new(OpenAi::new(endpoint(server.openai_url()), structured)),
    }
}

pub(super) async fn asked(llm: &dyn Llm, request: &Request) -> Result<Answer, Unfinished> {
    llm.call(request).await.unwrap().collect().await
}

/// The answer as JSON.
pub(super) async fn answered(llm: &dyn Llm, question: &Question, phase: Phase) -> Value {
    let answer = asked(llm, &question.request(phase)).await.unwrap();
    answer.json().unwrap()
}
