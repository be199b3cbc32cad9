//! What a spec has come to, as JSON and as Markdown.

mod escaped;
mod markdown;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use commands::Permission;
use projections::merge_queue::MergeQueue;
use projections::spec_report::SpecReport;
use projections::spec_workspace::SpecWorkspace;
use projections::task_detail::TaskDetail;
use schemars::JsonSchema;
use serde::Deserialize;
use vocabulary::SpecId;

use crate::routes::answer::read;
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::{Ask, Id};
use crate::wiring::Services;

/// As the answer says it.
pub(super) const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// As what a report is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct As {
    /// As what it is written. [default: what `Accept` prefers, else json]
    format: Option<Format>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Format {
    /// For programs.
    Json,
    /// For people.
    Markdown,
}

pub(super) async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    Ask(As { format, min_position }): Ask<As>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, _) = caller.among(Permission::ReadProjects)?;
    let least = MinPosition::of(&headers, min_position.as_deref())?;
    least.reached::<SpecReport>(&services).await?;
    least.reached::<SpecWorkspace>(&services).await?;
    least.reached::<TaskDetail>(&services).await?;
    least.reached::<MergeQueue>(&services).await?;
    let report = services.read_models.spec_report(org, SpecId(id.0)).await?;
    let report = report.ok_or_else(|| Problem::not_found("spec"))?;
    caller.within(Permission::ReadProjects, report.project, "spec")?;
    let (position, stale) = (report.position, report.stale);
    let mut response = match format.unwrap_or_else(|| preferred(&headers)) {
        Format::Json => read(report, position, stale),
        Format::Markdown => {
            let page = markdown::page(&report);
            let mut response = ([(header::CONTENT_TYPE, MARKDOWN)], page).into_response();
            response.headers_mut().insert("omoi-position", HeaderValue::from(position));
            if let Some(stale) = stale {
                response.headers_mut().insert("omoi-stale", HeaderValue::from(stale));
            }
            response
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// Markdown when it is asked for by name, and JSON is not asked for more.
fn preferred(headers: &HeaderMap) -> Format {
    let wanted = |name: &str| {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = values.flat_map(|value| value.split(','));
        let weights = ranges.filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let named = parts.next().is_some_and(|range| range.eq_ignore_ascii_case(name));
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            named.then(|| weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok()))?
        });
        weights.fold(0.0_f32, f32::max)
    };
    let markdown = wanted("text/markdown");
    if markdown > 0.0 && markdown > wanted("application/json") { Format::Markdown } else { Format::Json }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_comes_when_it_is_preferred_by_name() {
        let format = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            preferred(&headers)
        };
        for accept in [
            "text/markdown",
            "text/markdown, */*",
            "application/json;q=0.5, Text/Markdown;q=0.9",
            "text/html, text/markdown;q=0.1",
        ] {
            assert_eq!(format(accept), Format::Markdown, "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "application/json",
            "application/json, text/markdown",
            "text/markdown;q=0",
            "text/html",
            "text/markdown;q=x",
        ] {
            assert_eq!(format(accept), Format::Json, "{accept}");
        }
        assert_eq!(preferred(&HeaderMap::new()), Format::Json);
    }
}
