//! The trace of a command goes on in what its events cause: a span an event, in the trace that the event names.

use std::collections::HashMap;

use kernel::Recorded;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Spans of the events that belong to a trace; they end when they are dropped.
pub(crate) fn spans(consumer: &str, events: &[&Recorded<String>]) -> Vec<Span> {
    events.iter().filter_map(|event| span(consumer, event)).collect()
}

fn span(consumer: &str, event: &Recorded<String>) -> Option<Span> {
    // Most events belong to none: a look at the text is cheaper than reading it.
    if !event.metadata.contains("traceparent") {
        return None;
    }
    let mut metadata: HashMap<String, serde_json::Value> = serde_json::from_str(&event.metadata).ok()?;
    let parent = metadata.remove("traceparent")?.as_str()?.to_owned();
    let carrier = HashMap::from([("traceparent".to_owned(), parent)]);
    let span = tracing::info_span!(
        "apply",
        otel.name = format!("apply {consumer}"),
        otel.kind = "consumer",
        event.position = event.envelope.position,
        event.kind = event.envelope.event_type,
    );
    // Fails only when the span is not recorded.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
    Some(span)
}
