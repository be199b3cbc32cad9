//! Traces by OTLP over HTTP: one from the request through the append to the read models. The W3C `traceparent` of a
//! command stands in the metadata of its events, so whoever reads them can go on with the trace.

use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Level, Span, Subscriber, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::config::Config;

/// Longest time for one message to the collector: it must not hold up the end of the program.
const PATIENCE: Duration = Duration::from_secs(2);

const TRACE: &str = "traceparent";

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// The layer that sends spans, when the settings name a collector.
pub(super) fn layer<S>(config: &Config) -> anyhow::Result<Option<Box<dyn Layer<S> + Send + Sync>>>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let Some(url) = &config.otlp_url else { return Ok(None) };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_timeout(PATIENCE)
        .with_endpoint(format!("{}/v1/traces", url.reveal().trim_end_matches('/')))
        .build()?;
    let service = Resource::builder()
        .with_service_name("omoi")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.trace_ratio))))
        .with_resource(service)
        .build();
    let tracer = provider.tracer("omoi");
    let _ = PROVIDER.set(provider);
    // Ours only: a span of every library would drown what happened.
    let ours = ["omoi", "commands", "workers", "eventstore"].map(|target| (target, Level::INFO));
    let spans =
        tracing_opentelemetry::layer().with_tracer(tracer).with_filter(Targets::new().with_targets(ours));
    Ok(Some(spans.boxed()))
}

pub(super) fn flush() {
    if let Some(provider) = PROVIDER.get()
        && let Err(error) = provider.shutdown_with_timeout(PATIENCE)
    {
        tracing::warn!(%error, "the last traces could not be sent");
    }
}

/// The span of a request, in the caller's trace when it names one.
pub(crate) fn request_span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let span = tracing::info_span!(
        target: "omoi::request",
        "request",
        otel.name = format!("{} {route}", request.method()),
        otel.kind = "server",
        http.request.method = %request.method(),
        http.route = route,
        http.response.status_code = Empty,
    );
    if request.headers().contains_key("traceparent") {
        // Fails only when the span is not recorded.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Headers(request.headers())));
    }
    span
}

/// The `traceparent` of what runs now; without traces of our own the caller's, when it is one.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<String> {
    let mut carrier = std::collections::HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove("traceparent").or_else(|| {
        let theirs: Context = TraceContextPropagator::new().extract(&Headers(headers));
        TraceContextPropagator::new().inject_context(&theirs, &mut carrier);
        carrier.remove("traceparent")
    })
}

struct Headers<'a>(&'a HeaderMap);

/// Only which trace it is: `tracestate` is free text of somebody else's, and would go to our collector as it is.
impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).filter(|_| key == TRACE)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(traceparent: &str) -> HeaderMap {
        HeaderMap::from_iter([("traceparent".parse().unwrap(), traceparent.parse().unwrap())])
    }

    #[test]
    fn a_callers_trace_is_kept_and_nonsense_is_not() {
        let theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traceparent(&headers(theirs)).as_deref(), Some(theirs));
        for nonsense in ["", "00-0-0-01", "secret", &format!("{theirs}{}", "x".repeat(500))] {
            assert_eq!(traceparent(&headers(nonsense)), None, "{nonsense}");
        }
        assert_eq!(traceparent(&HeaderMap::new()), None);
    }
}
