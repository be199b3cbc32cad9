//! A spec as its read model shows it, and its plan as files.

use axum::{extract::State, http::HeaderMap, response::Response};
use commands::Permission;
use kernel::ProjectId;
use plan::{Layout, layouts};
use planning::spec::Spec;
use projections::spec_workspace::{SpecAnswer, SpecWorkspace};
use projections::task_detail::TaskDetail;
use vocabulary::SpecId;

use super::bodies::{Exported, In};
use crate::routes::answer::{read, tagged};
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::{Ask, Id};
use crate::wiring::Services;

pub(super) async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let mut spec = look(&services, &caller, id, least).await?;
    let (org, _) = caller.among(Permission::ReadProjects)?;
    spec.near_duplicates =
        services.read_models.near_duplicates_of_spec(org, spec.id, services.near_duplicate_from()).await?;
    let (position, stale, version) = (spec.position, spec.stale, spec.version);
    Ok(tagged(read(spec, position, stale), version))
}

pub(super) async fn list(
    State(services): State<Services>,
    caller: Caller,
    project: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let project = ProjectId(project.0);
    let org = caller.within(Permission::ReadProjects, project, "project")?;
    least.reached::<SpecWorkspace>(&services).await?;
    if services.read_models.project(org, project).await?.is_none() {
        return Err(Problem::not_found("project"));
    }
    let specs = services.read_models.specs(org, project).await?;
    let (position, stale) = (specs.position, specs.stale);
    Ok(read(specs, position, stale))
}

pub(super) async fn export(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    Ask(In { layout, min_position }): Ask<In>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let least = MinPosition::of(&headers, min_position.as_deref())?;
    let layout = layout.unwrap_or(Layout::Document);
    let (org, _) = caller.among(Permission::ReadProjects)?;
    let shown = look(&services, &caller, id, least).await?;
    let known = services.dispatcher.peek::<Spec>(org, id.0).await?;
    let spec = known.state.details().ok_or_else(|| Problem::not_found("spec"))?;
    let layouts::Exported { files, lost } = layouts::export(&spec.plan(), layout);
    Ok(read(Exported { layout, files, lost }, shown.position, shown.stale))
}

async fn look(
    services: &Services,
    caller: &Caller,
    id: Id,
    least: MinPosition,
) -> Result<SpecAnswer, Problem> {
    let (org, _) = caller.among(Permission::ReadProjects)?;
    least.reached::<SpecWorkspace>(services).await?;
    // Drift is told from the tasks as well.
    least.reached::<TaskDetail>(services).await?;
    let spec = services.read_models.spec(org, SpecId(id.0)).await?;
    let spec = spec.ok_or_else(|| Problem::not_found("spec"))?;
    caller.within(Permission::ReadProjects, spec.project, "spec")?;
    Ok(spec)
}
