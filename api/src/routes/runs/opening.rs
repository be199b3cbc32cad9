//! Words of runs, opened for who may read them: in the log they are sealed.

use eventstore::Unavailable;
use execution::content::Content;
use kernel::{OrgId, ProjectId};
use projections::run_trajectory::RunAnswer;
use serde_json::{Value, json};

use crate::wiring::Services;

/// Words with more bytes than that are not part of a page: their number is.
const SHOWN_BYTES: u64 = 64 << 10;
/// A report of more is nothing that anybody reads.
const REPORT_BYTES: u64 = 1 << 20;

/// Puts `text` beside whatever is sealed in these payloads; `null` where it cannot be opened any more.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn open(
    services: &Services,
    org: OrgId,
    project: Option<ProjectId>,
    payloads: &mut [Value],
) -> Result<(), Unavailable> {
    let Some(project) = project else { return Ok(()) };
    let mut sealed = Vec::new();
    payloads.iter_mut().for_each(|payload| find(payload, &mut sealed));
    if sealed.is_empty() {
        return Ok(());
    }
    let seal = services.seal_of(project).await?;
    for place in sealed {
        let Ok(content) = serde_json::from_value::<Content>(place.clone()) else { continue };
        let text = match &content {
            Content::Blob { bytes, .. } if *bytes > SHOWN_BYTES => None,
            content => services.words(org, &*seal, content).await?,
        };
        if let Some(object) = place.as_object_mut() {
            object.insert("text".into(), json!(text));
        }
    }
    Ok(())
}

/// Opens what a run that explored has found out. One that is too large for a page stands in the event of the evidence.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn report(services: &Services, org: OrgId, run: &mut RunAnswer) -> Result<(), Unavailable> {
    let (Some(content), Some(project)) = (run.report.take(), run.line.project) else { return Ok(()) };
    if matches!(content, Content::Blob { bytes, .. } if bytes > REPORT_BYTES) {
        return Ok(());
    }
    let seal = services.seal_of(project).await?;
    let words = services.words(org, &*seal, &content).await?;
    if let (Some(words), Some(evidence)) = (words, &mut run.evidence) {
        evidence.report = serde_json::from_str(&words).ok();
    }
    Ok(())
}

/// Whatever has the form of sealed words.
fn find<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
    let is_content = value.get("in").is_some_and(Value::is_string)
        && (value.get("sealed").is_some() || value.get("hash").is_some());
    if is_content {
        found.push(value);
        return;
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| find(field, found)),
        Value::Array(items) => items.iter_mut().for_each(|item| find(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_words_are_found_wherever_they_are() {
        let mut payload = json!({
            "text": { "in": "event", "sealed": "c2VhbGVk" },
            "commands": [{ "cmd": "make", "output": { "in": "blob", "hash": "ab", "bytes": 9 } }],
            "place": { "in": "no content" },
        });
        let mut found = Vec::new();
        find(&mut payload, &mut found);
        assert_eq!(found.len(), 2);
    }
}
