//! Every code that a problem can carry, with its status and what it means. An operation names codes, the document
//! says the rest.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::operation::{Kind, Operation};

/// (code, status, meaning)
const CODES: &[(&str, u16, &str)] = &[
    ("invalid_id", 400, "an id in the address is not a UUID"),
    ("invalid_if_match", 400, "`If-Match` is not the ETag of an earlier answer"),
    ("invalid_body", 422, "the body is not what this operation takes; the detail says where"),
    ("unreadable_body", 400, "the body ended too early"),
    ("two_lengths", 400, "the request gives the length of its body in two ways"),
    ("invalid_position", 400, "a position is a number from 0"),
    ("invalid_query", 400, "a parameter is unknown or cannot be understood"),
    ("unauthenticated", 401, "there is no access token, API key or ticket, or it opens nothing"),
    ("invalid_credentials", 401, "the e-mail address or the password is not right"),
    ("invalid_token", 401, "the link or token is unknown, used or over"),
    ("address_not_verified", 401, "the provider has verified no e-mail address of this person"),
    ("provider_not_believed", 401, "what the provider said cannot be believed; begin again"),
    ("access_denied", 403, "the person or the provider said no"),
    ("forbidden", 403, "the caller may not; the detail names the permission"),
    ("needs_session", 403, "this is for a person who is signed in, not for an API key"),
    ("foreign_origin", 403, "a page of another site asks"),
    ("csrf", 403, "a request that relies on a cookie carries `X-Omoi-Csrf` and comes from our own pages"),
    ("not_found", 404, "there is no such thing, or it belongs to somebody else"),
    ("body_timeout", 408, "the body was not sent in time; nothing was done"),
    ("conflict", 409, "others changed it again and again meanwhile; send the same request again"),
    ("taken", 409, "the name is used by another"),
    ("locked", 409, "another run of the project has what the task needs for itself alone"),
    ("full", 409, "the column holds as many tickets as it may, or as many runs go on as may"),
    ("held", 409, "somebody else holds it"),
    ("nothing_to_switch_to", 409, "no other generation is built"),
    ("generation_behind", 409, "the other generation is still behind the one that serves"),
    ("generation_of_other_version", 409, "the other generation was made by another release; rebuild it"),
    ("precondition_failed", 412, "it changed since the version of `If-Match`; read it again"),
    ("already_issued", 409, "the key was made before with the same `Idempotency-Key`, and is shown once"),
    ("body_too_large", 413, "the body has more than 1 MiB"),
    ("address_too_long", 414, "the address with its query has more than 8 KiB"),
    ("unsupported_media_type", 415, "a body is `application/json`"),
    ("upgrade_required", 426, "the request does not ask for a WebSocket"),
    ("invalid_idempotency_key", 422, "`Idempotency-Key` is not 1 to 255 visible ASCII characters"),
    ("idempotency_mismatch", 422, "the `Idempotency-Key` was used before with another content"),
    ("still_parked", 422, "the root cannot be applied yet; the detail says why"),
    ("position_ahead", 422, "the position is ahead of the log"),
    ("invalid_limit", 422, "the limit is out of its range"),
    ("invalid_range", 422, "`after` and `before` were given both"),
    ("invalid_filter", 422, "a filter cannot be used like this; the detail says why"),
    ("invalid_email", 422, "this is not an e-mail address"),
    ("invalid_name", 422, "the display name is empty, too long, or more than one line"),
    ("weak_password", 422, "the password is too short, too long, or one of the first that would be guessed"),
    ("not_a_member", 422, "there is no such member"),
    ("already_member", 422, "this person is a member already"),
    ("last_owner", 422, "the organization would have no owner; make another member owner first"),
    ("above_asker", 422, "the role is above the caller's own"),
    ("member_limit", 422, "the organization has as many members and open invitations as it may"),
    ("unknown_invitation", 422, "there is no such invitation"),
    ("already_invited", 422, "the address is invited already"),
    ("invitation_used", 422, "the invitation was accepted before"),
    ("invitation_was_revoked", 422, "the invitation was taken back"),
    ("invitation_expired", 422, "the invitation is over"),
    ("other_address", 422, "the invitation is for another e-mail address"),
    ("expiry_out_of_range", 422, "the end is not ahead, or too far"),
    ("unknown_api_key", 422, "there is no such key"),
    ("too_many_api_keys", 422, "a member has at most 100 keys; revoke one first"),
    (
        "too_many_bus_credentials",
        422,
        "an organization has at most 20 credentials of the bus; revoke one first",
    ),
    ("bus_not_ours", 422, "the event bus is somebody else's server; its operator decides who reads there"),
    ("suspended", 422, "the organization is suspended"),
    ("closed", 422, "the organization is closed for good"),
    ("invalid_slug", 422, "no slug follows from the name; choose one"),
    ("archived", 422, "the project is archived; restore it first"),
    ("phases_in_use", 422, "tickets stand in the phases that would change their column"),
    ("invalid_repository", 422, "this is no place of a repository; the detail says what is wrong with it"),
    ("invalid_branch", 422, "this is no name of a branch"),
    ("not_a_repository", 422, "there is no git repository at this place"),
    ("repository_refused", 422, "the repository is not open to the server, or there is none"),
    ("repository_unreachable", 422, "the repository cannot be reached; the detail says what is in the way"),
    ("repository_not_allowed", 422, "the server does not read such places; the detail says which it reads"),
    ("repository_empty", 422, "nothing was ever committed to the repository"),
    ("repository_timeout", 422, "the repository took too long; try again"),
    ("unknown_branch", 422, "the repository has no such branch, or prefers none"),
    ("git_missing", 422, "the server has no git 2.38 or later; its operator installs it"),
    ("git_failed", 422, "git cannot read the repository; the detail has its words"),
    ("not_archived", 422, "the project is not archived"),
    ("already_exists", 422, "it exists already"),
    ("no_work_in_done", 422, "nothing is left to do in done; choose an earlier phase"),
    ("completed", 422, "the ticket is completed; move it back to open it again"),
    ("cancelled", 422, "the ticket is cancelled"),
    ("blocked", 422, "something is in the way; unblock it first"),
    ("not_blocked", 422, "nothing is in the way"),
    ("gate_closed", 422, "the gate is closed; the detail lists what is missing"),
    ("no_approval_pending", 422, "nobody asked for this approval; request it first"),
    ("no_model", 422, "the server has no model that could plan an idea; bring a plan along instead"),
    ("invalid_plan", 422, "the plan cannot be accepted; `problems` says what is wrong, and where"),
    ("vetoed", 422, "the content breaks a rule that no score makes up for; the detail names it"),
    ("too_large", 422, "a single value is too large for the log"),
    ("content_changed", 422, "what is shown at the gate is another content by now; look at it again"),
    ("no_question", 422, "the spec has no open question of this number"),
    ("not_halted", 422, "the spec neither stands still nor failed"),
    ("not_planned", 422, "the plan of the spec is not accepted yet"),
    (
        "not_unproven",
        422,
        "the requirement does not hold the completion of the spec; its report says what does",
    ),
    ("over", 422, "the spec is completed or cancelled"),
    ("no_gate_ahead", 422, "the ticket has no such gate ahead of it"),
    ("unknown_task", 422, "the ticket has no such task"),
    ("already_completed", 422, "the task is completed"),
    ("already_cancelled", 422, "the task is cancelled"),
    ("already_failed", 422, "the task has failed; retry it"),
    ("already_running", 422, "the task is being worked on"),
    ("claimed_already", 422, "somebody has claimed the task"),
    ("not_planned", 422, "the task is not planned any more"),
    ("not_ready", 422, "the task waits for others, or for its next attempt"),
    ("not_claimed", 422, "nobody has claimed the task"),
    ("not_running", 422, "nobody works on the task"),
    ("not_validating", 422, "no evidence waits for a verdict"),
    ("not_failed", 422, "there is no failed attempt to retry"),
    ("fenced", 422, "what belongs to an older claim no longer counts"),
    ("held_by_person", 422, "a person works on the task"),
    ("held_by_run", 422, "a run works on the task"),
    ("unsatisfied", 422, "the task waits for prerequisites"),
    ("depends_on_itself", 422, "nothing can wait for itself"),
    ("nothing_checked", 422, "evidence of work names at least one command that was run"),
    ("other_iteration", 422, "the verdict is about evidence that was followed by other evidence"),
    ("unknown_prerequisite", 422, "there is no such prerequisite in the project"),
    ("cycle", 422, "it would wait for itself in the end; the detail names the circle"),
    ("ticket_cancelled", 422, "the ticket of the task is cancelled"),
    ("ticket_blocked", 422, "the ticket of the task is blocked; the detail says by what"),
    ("ticket_waits", 422, "the ticket of the task depends on one that is not done; the detail names it"),
    ("phase_ahead", 422, "the ticket has not come to the phase of the task: a gate before it has not opened"),
    ("no_agent", 422, "neither the task nor its project names the profile of an agent"),
    ("unknown_agent", 422, "there is no such profile of an agent; the detail lists those there are"),
    ("no_repository", 422, "the project has no repository to work in; link one first"),
    (
        "no_verification",
        422,
        "nothing shows whether the work is done: give the project or the task a command that does",
    ),
    ("already_ended", 422, "the run is over"),
    ("not_active", 422, "the agent has not begun yet"),
    ("stopping", 422, "the run is to stop"),
    ("not_quarantined", 422, "the agent is trusted already"),
    ("steer_open", 422, "something else is still on its way to the agent"),
    ("abandoned", 422, "the merge was given up; its branches stay"),
    ("in_step", 422, "a step of the merge goes on; wait until it is over"),
    ("unknown_candidate", 422, "the task has no work in this merge"),
    ("already_merged", 422, "the work of the task is merged"),
    ("nothing_parked", 422, "nothing of the merge waits for a person"),
    ("not_whole", 422, "not all of the work is done, and merged or left out"),
    ("head_moved", 422, "the merge stands at another commit by now; look at it again"),
    ("already_landed", 422, "the default branch has it"),
    ("already_planned", 422, "the node was planned before"),
    ("different_kinds", 422, "a task waits for tasks, a ticket for tickets"),
    ("too_many_requests", 429, "too many tries; `Retry-After` says how long to wait"),
    ("internal", 500, "something is broken on our side; the log of the server says what"),
    ("database_down", 503, "the database cannot be reached; send the same request again"),
    ("database_stalled", 503, "the database answers too late; send the same request again"),
    ("database_refused", 503, "the database refused the request; the log of the server says why"),
    ("disk_full", 503, "nothing is written until the disk of the database has room"),
    ("busy", 503, "too many commands are waiting; send the same request again"),
    ("request_timeout", 503, "no answer in time; send the same request again with the same Idempotency-Key"),
    ("provider_unavailable", 503, "the provider cannot be reached; try again in a minute"),
    ("provider_misconfigured", 503, "the provider is not set up rightly; the log of the server says why"),
    ("too_many_sockets", 503, "the server has as many live sockets as it takes; try again later"),
    ("behind", 503, "the read model has not come to `min_position` in time; ask again"),
];

const EVERYWHERE: &[&str] = &[
    "unauthenticated",
    "address_too_long",
    "too_many_requests",
    "forbidden",
    "internal",
    "database_down",
    "database_stalled",
    "database_refused",
    "request_timeout",
];
const COMMAND: &[&str] = &[
    "invalid_if_match",
    "conflict",
    "precondition_failed",
    "two_lengths",
    "body_timeout",
    "body_too_large",
    "invalid_body",
    "unsupported_media_type",
    "invalid_idempotency_key",
    "idempotency_mismatch",
    "disk_full",
    "busy",
];
const READ_MODEL: &[&str] = &["invalid_query", "invalid_position", "position_ahead", "behind"];

/// What an operation can refuse, by status: the codes and what they mean.
pub(super) fn of(operation: &Operation, path: &str) -> BTreeMap<u16, Vec<(&'static str, &'static str)>> {
    let mut codes: Vec<&str> = operation.problems.clone();
    match operation.kind {
        Kind::Command => codes.extend(EVERYWHERE.iter().chain(COMMAND)),
        Kind::ReadModel => codes.extend(EVERYWHERE.iter().chain(READ_MODEL)),
        Kind::Plain => codes.extend(EVERYWHERE),
        Kind::Open => {}
    }
    if operation.asked.is_some() {
        codes.push("invalid_query");
    }
    if path.contains("{id}") {
        codes.extend(["invalid_id", "not_found"]);
    }
    let mut by_status: BTreeMap<u16, Vec<_>> = BTreeMap::new();
    for (code, status, meaning) in CODES {
        if codes.contains(code) {
            by_status.entry(*status).or_default().push((*code, *meaning));
        }
    }
    by_status
}

/// What a problem looks like with this code.
pub(super) fn example(status: u16, code: &str, meaning: &str) -> Value {
    json!({
        "type": format!("urn:omoi:problem:{code}"),
        "title": title(status),
        "status": status,
        "code": code,
        "detail": meaning,
    })
}

/// The status in words.
pub(super) fn title(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("error")
}

#[cfg(test)]
pub(super) fn is_known(code: &str) -> bool {
    CODES.iter().any(|(known, ..)| *known == code)
}
