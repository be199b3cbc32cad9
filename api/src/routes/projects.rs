//! Projects over HTTP: create, list, show, configure, archive, restore.

mod bodies;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::{Permission, Step};
use kernel::{ProjectId, derived_uuid};
use projections::projects::{OneProject, Projects, ProjectsPage};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use vocabulary::Slug;
use work::project::{Changes, Command, Project};

use self::bodies::{
    ConfigureBoard, ConfigureGates, Create, Created, Describe, Done, Rename, SetAutonomy, SetSettings,
    Stretch,
};
use super::answer::{answer, read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Ask, Id, Nothing, Wish};
use crate::{
    openapi::{Documented, Operation, command, query},
    wiring::Services,
};

/// Projects of one page.
const MOST: i64 = 200;

pub(crate) fn router() -> Documented<Services> {
    Documented::about("projects", "A project: its board, its gates, its settings.")
        .get(
            "/projects",
            list,
            query::<ProjectsPage>("list_projects", "List projects")
                .says("Those that are archived as well, a page at a time, by id.")
                .needs(Permission::ReadProjects)
                .asks::<Stretch>()
                .refuses(&["invalid_limit"])
                .shows(include_str!("../openapi/examples/projects.json")),
        )
        .post(
            "/projects",
            create,
            command::<Create, Created>("create_project", "Create a project")
                .says("Its slug stays for good; no two projects of an organization share one.")
                .needs(Permission::WriteProjects)
                .creates()
                .refuses(&["invalid_slug", "taken"]),
        )
        .get(
            "/projects/{id}",
            show,
            query::<OneProject>("show_project", "Show a project")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/project.json")),
        )
        .post("/projects/{id}/rename", rename, change_of::<Rename>("rename_project", "Rename a project"))
        .post(
            "/projects/{id}/describe",
            describe,
            change_of::<Describe>("describe_project", "Describe a project"),
        )
        .post(
            "/projects/{id}/settings",
            set,
            change_of::<SetSettings>("set_project_settings", "Change the settings of a project"),
        )
        .put(
            "/projects/{id}/columns",
            configure_board,
            change_of::<ConfigureBoard>("configure_board", "Configure the board of a project")
                .says("Titles and limits can change at any time; the phases of a column only while there are no tickets.")
                .refuses(&["phases_in_use"]),
        )
        .put(
            "/projects/{id}/gates",
            configure_gates,
            change_of::<ConfigureGates>("configure_gates", "Configure the gates of a project"),
        )
        .post(
            "/projects/{id}/autonomy",
            set_autonomy,
            change_of::<SetAutonomy>("set_autonomy", "Let work start by itself, or not"),
        )
        .post(
            "/projects/{id}/archive",
            archive,
            change_of::<Nothing>("archive_project", "Archive a project")
                .says("Nothing in it can be changed until it is restored; everything can be read."),
        )
        .post(
            "/projects/{id}/restore",
            restore,
            command::<Nothing, Done>("restore_project", "Restore an archived project")
                .needs(Permission::WriteProjects)
                .refuses(&["not_archived"]),
        )
}

/// Changes a project that is in use.
fn change_of<B: DeserializeOwned + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    command::<B, Done>(id, summary).needs(Permission::WriteProjects).refuses(&["archived"])
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Stretch>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, only) = caller.among(Permission::ReadProjects)?;
    let limit = ask.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    MinPosition::of(&headers, ask.min_position.as_deref())?.reached::<Projects>(&services).await?;
    let page = match only {
        None => services.read_models.projects(org, ask.after, limit).await?,
        Some(only) => services.read_models.only_project(org, only, ask.after).await?,
    };
    let position = page.position;
    Ok(read(page, position, None))
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.within(Permission::ReadProjects, ProjectId(id.0), "project")?;
    least.reached::<Projects>(&services).await?;
    let found = services.read_models.project(org, ProjectId(id.0)).await?;
    let found = found.ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale, version) = (found.position, found.stale, found.project.version);
    Ok(tagged(read(found, position, stale), version))
}

async fn create(State(services): State<Services>, wish: Wish) -> Result<Response, Problem> {
    let Create { name, slug, description } = wish.parse()?;
    let slug = match slug {
        Some(slug) => slug,
        None => Slug::from_name(&name).map_err(|error| Problem::unprocessable("invalid_slug", error))?,
    };
    // Follows from the command, so a repeat with the same key creates the same project, once.
    let id = derived_uuid(&[b"project", wish.intent.command_id.0.as_bytes()]);
    let command = Command::Create { name: name.clone(), slug: slug.clone(), description };
    let receipt = services.dispatcher.begin::<Project>(&wish.intent, id, command).await?;
    let body = Created { id, name, slug, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, body))
}

async fn rename(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Rename { name } = wish.parse()?;
    change(&services, id, &wish, Command::Rename { name }).await
}

async fn describe(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Describe { description } = wish.parse()?;
    change(&services, id, &wish, Command::Describe { description }).await
}

async fn set(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let SetSettings { max_concurrent_runs, agent, verify, hosts } = wish.parse()?;
    let changes = Changes { max_concurrent_runs, agent, verify, hosts };
    change(&services, id, &wish, Command::SetSettings { changes }).await
}

async fn configure_board(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let ConfigureBoard { columns } = wish.parse()?;
    let project = ProjectId(id.0);
    let receipt = services.dispatcher.configure_board(&wish.intent, project, columns, wish.expected).await?;
    Ok(answer(StatusCode::OK, &receipt, Done { position: receipt.last_position }))
}

async fn configure_gates(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let ConfigureGates { gates } = wish.parse()?;
    change(&services, id, &wish, Command::ConfigureGates { gates }).await
}

async fn set_autonomy(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let SetAutonomy { on } = wish.parse()?;
    change(&services, id, &wish, Command::SetAutonomy { on }).await
}

async fn archive(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Archive).await
}

async fn restore(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Restore).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let step = Step::on::<Project>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    Ok(answer(StatusCode::OK, &receipt, Done { position: receipt.last_position }))
}
