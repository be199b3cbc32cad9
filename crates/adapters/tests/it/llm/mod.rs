//! Models, as the two formats have them, on a server that answers from a script.

mod faults;
mod passage;
mod retries;
mod secrets;
mod streams;

use std::sync::Arc;
use std::time::Duration;

use adapters::llm::{Anthropic, BaseUrl, Endpoint, HttpOptions, OpenAi, Retries, Structured};
use ports::llm::{Answer, Deadlines, Llm, Request, Unfinished};
use simulators::llm::{Llm as Server, Wire};

const WIRES: [Wire; 2] = [Wire::Anthropic, Wire::OpenAi];
const KEY: &str = "sk-hunter2-0123456789";

/// Retries without much waiting.
fn options() -> HttpOptions {
    let retries = Retries {
        tries: 3,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(4),
        ..Retries::default()
    };
    HttpOptions { retries, line_bytes: 256 * 1024, ..HttpOptions::default() }
}

fn client(server: &Server, wire: Wire) -> Arc<dyn Llm> {
    client_by(server, wire, options(), Structured::Schema)
}

fn client_by(server: &Server, wire: Wire, options: HttpOptions, structured: Structured) -> Arc<dyn Llm> {
    let endpoint =
        |url: String| Endpoint::new(BaseUrl::parse(&url, false).unwrap(), Some(KEY.into()), options).unwrap();
    match wire {
        Wire::Anthropic => Arc::new(Anthropic::new(endpoint(server.anthropic_url()), structured)),
        Wire::OpenAi => Arc::new(OpenAi::new(endpoint(server.openai_url()), structured)),
    }
}

/// A question that waits long enough on any machine. Who asks somebody who is silent shortens it.
fn question(text: &str) -> Request {
    let mut request = Request::new("a-model", text, 1000).with_system("You are brief.");
    let patience = Duration::from_secs(30);
    request.deadlines = Deadlines { first_byte: patience, idle: patience, whole: patience };
    request
}

async fn ask(llm: &dyn Llm, request: &Request) -> Result<Answer, Unfinished> {
    llm.call(request).await.unwrap().collect().await
}
