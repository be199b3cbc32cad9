//! Where a message stands: `omoi.v1.<log>.<org>.<project|->.<aggregate>.<event>`. Which entity it is about stands in a
//! header: a subject for each would cost the server memory for as long as the stream lives.

use kernel::Envelope;

/// The subject of an event. `task.attempt_failed` of a task ends in `task.attempt_failed`.
#[must_use]
pub fn subject(event: &Envelope) -> String {
    let project = event.project_id.map_or_else(|| "-".to_owned(), |id| id.0.to_string());
    let what = event.event_type.split_once('.').map_or(event.event_type.as_str(), |(_, what)| what);
    let (log, org) = (event.log_id, event.org_id.0);
    format!("omoi.v1.{log}.{org}.{project}.{}.{}", token(&event.aggregate_type), token(what))
}

/// A name as one token: what would part, match or break subjects becomes `_`.
fn token(name: &str) -> String {
    if name.is_empty() {
        return "_".to_owned();
    }
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    name.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_token_whatever_it_holds() {
        assert_eq!(token("attempt_failed"), "attempt_failed");
        assert_eq!(token("a.b*c>d e\r\nf\u{e9}"), "a_b_c_d_e__f_");
        assert_eq!(token(""), "_");
    }
}
