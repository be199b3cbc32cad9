//! How a build begins: anew, or where it stopped; and its spec, which is handed in once.

use kernel::Uuid;
use serde::Deserialize;
use serde_json::json;

use super::source::What;
use super::state::{Begin, Kept};
use super::{Again, Display, Order, site};
use crate::cli::client::{Failure, Method, Session};
use crate::cli::spec::files;

#[derive(Debug, Deserialize)]
struct Standing {
    id: Uuid,
    title: String,
}

#[derive(Debug, Deserialize)]
struct Status {
    status: String,
}

/// Whether it goes on or begins anew.
pub(super) async fn begin(
    order: &Order,
    session: &Session,
    kept: &mut Kept,
    display: &mut Display,
    again: &Again,
) -> Result<(), Failure> {
    let status = match kept.state.spec {
        Some(spec) => status(session, spec).await?,
        None => None,
    };
    if kept.state.spec.is_some() && status.is_none() {
        // The data it was in is gone.
        kept.begin_anew(&order.source, order.yes);
        return Ok(());
    }
    let over = matches!(status.as_deref(), Some("cancelled" | "completed"));
    match kept.state.begin(&order.source.digest, order.resume, over) {
        Begin::Anew => kept.begin_anew(&order.source, order.yes),
        Begin::GoOn { changed: false } => {}
        Begin::GoOn { changed: true } => {
            let path = order.source.path.display();
            let spec = kept.state.spec.map_or_else(|| "SPEC".to_owned(), |spec| spec.to_string());
            let what = match order.source.what {
                What::Plan(_) => format!("`omoi spec revise {spec} --import {path}` brings the change in"),
                What::Idea(_) => {
                    format!("`omoi spec cancel {spec}` gives it up, and then the idea is built anew")
                }
            };
            display
                .say(&format!("{path} says something else by now; this goes on with what it said: {what}"));
        }
        Begin::AskFirst => {
            let spec = kept.state.spec.map_or_else(String::new, |spec| spec.to_string());
            let detail = format!(
                "a build of {} in {} has begun already; go on with it: {}; or give it up first, to build it anew: omoi spec cancel {spec}{}",
                order.source.path.display(),
                order.repo,
                again.command,
                again.flags,
            );
            return Err(Failure::invalid("begun_already", detail));
        }
    }
    Ok(())
}

/// How far a spec is; none when the server knows none.
async fn status(session: &Session, spec: Uuid) -> Result<Option<String>, Failure> {
    match session.client.read(&format!("/specs/{spec}"), None).await {
        Ok(answer) => Ok(Some(answer.parse::<Status>()?.status)),
        Err(failure) if failure.has_code("not_found") => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The spec of this build. The same build hands it in once, however often it is killed in between.
pub(super) async fn hand_in(
    order: &Order,
    session: &Session,
    kept: &mut Kept,
    project: Uuid,
) -> Result<Uuid, Failure> {
    if let Some(spec) = kept.state.spec {
        return Ok(spec);
    }
    let digits = order.source.digest.get(..16).unwrap_or(&order.source.digest);
    let writing = site::writing(format!("omoi-build-{}-{digits}", kept.state.build));
    let sent = match &order.source.what {
        What::Plan(files) => {
            let path = format!("/projects/{project}/specs/import");
            let sent = session.write(Method::POST, &path, json!({ "files": files }), &writing).await;
            files::listed(session, sent)
        }
        What::Idea(idea) => {
            let path = format!("/projects/{project}/specs");
            // Gates then open by themselves, and questions are answered by what is assumed.
            let gates = kept.state.unattended.then_some("auto");
            session.write(Method::POST, &path, json!({ "idea": idea, "gates": gates }), &writing).await
        }
    };
    let made = match sent {
        Ok(made) => made,
        Err(failure) => {
            // A refusal is remembered under its name: the next try is another wish.
            kept.begin_anew(&order.source, order.yes);
            kept.save()?;
            return Err(failure.of_input());
        }
    };
    let Standing { id, title } = made.parse()?;
    tracing::debug!(spec = %id, title, "the spec of the build is handed in");
    kept.state.spec = Some(id);
    kept.save()?;
    Ok(id)
}
