//! Where it is built: the project of the repository, found again or made, with an agent and with what shows that work is done.

use kernel::{Uuid, derived_uuid};
use serde::Deserialize;
use serde_json::{Value, json};
use vocabulary::{Name, Slug};

use super::Order;
use super::agent::{Agents, agent};
use super::source::What;
use super::state::last_part;
use crate::cli::client::{Failure, Method, ProjectEntry, Session, Writing};

/// How often another slug is tried.
const SLUGS: u32 = 20;

/// A project that is ready for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) project: Uuid,
    pub(super) name: String,
    /// How many runs go on at a time.
    pub(super) parallel: u16,
}

#[derive(Debug, Deserialize)]
struct Created {
    id: Uuid,
}

/// A project, as far as it is of interest here.
#[derive(Debug, Deserialize)]
struct Project {
    name: String,
    settings: Settings,
    repository: Option<Linked>,
}

#[derive(Debug, Deserialize)]
struct Settings {
    max_concurrent_runs: u16,
    agent: Option<String>,
    #[serde(default)]
    verify: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Linked {
    url: String,
}

/// Makes what is missing, and changes what was asked for.
///
/// # Errors
/// When what was asked for cannot be: that is said before anything is built.
pub(super) async fn ready(session: &Session, order: &Order) -> Result<Site, Failure> {
    let head = session.head().await?;
    let project = match of_repository(&order.repo, session.projects(head).await?)? {
        Some(known) => known,
        None => create(session, &order.repo).await?,
    };
    link(session, order, project).await?;
    let known: Project =
        session.client.read(&format!("/projects/{project}"), session.head().await?).await?.parse()?;
    let Agents { profiles } = session.client.read("/agents", None).await?.parse()?;
    let agent = agent(order.agent.as_deref(), known.settings.agent.as_deref(), &profiles)?;
    must_be_judged(order, &known.settings)?;
    let changes = changes(order, agent.as_deref(), &known.settings);
    let parallel = order.parallel.unwrap_or(known.settings.max_concurrent_runs);
    if let Some(changes) = changes {
        tell(session, project, "settings", changes).await?;
    }
    Ok(Site { project, name: known.name, parallel })
}

/// Lets work start by itself, or no longer.
pub(super) async fn autonomy(session: &Session, project: Uuid, on: bool) -> Result<(), Failure> {
    tell(session, project, "autonomy", json!({ "on": on })).await
}

async fn tell(session: &Session, project: Uuid, what: &str, body: Value) -> Result<(), Failure> {
    session.write(Method::POST, &format!("/projects/{project}/{what}"), body, &Writing::default()).await?;
    Ok(())
}

/// The project that has its code there. Of several the first one that was made counts, as it did the last time.
fn of_repository(repo: &str, projects: Vec<ProjectEntry>) -> Result<Option<Uuid>, Failure> {
    let linked =
        |project: &ProjectEntry| project.repository.as_ref().is_some_and(|linked| linked.url == repo);
    let mut mine: Vec<ProjectEntry> = projects.into_iter().filter(linked).collect();
    mine.sort_by_key(|project| project.id);
    match mine.iter().find(|project| project.status == "active") {
        Some(active) => Ok(Some(active.id)),
        None => match mine.first() {
            None => Ok(None),
            Some(archived) => {
                let detail = format!(
                    "the project {} has this repository and is archived; `omoi project restore {}` takes it up again",
                    archived.name, archived.slug
                );
                Err(Failure::invalid("archived", detail))
            }
        },
    }
}

/// The same repository makes the same project, however often and by however many it is asked for.
async fn create(session: &Session, repo: &str) -> Result<Uuid, Failure> {
    let name = Name::new(last_part(repo)).unwrap_or_else(|_| Name::new("Repository").expect("it is a name"));
    let slug = Slug::from_name(&name).unwrap_or_else(|_| Slug::new("repository").expect("it is a slug"));
    let of_repo = derived_uuid(&[b"build/project", repo.as_bytes()]);
    let mut n = 1;
    loop {
        let slug = numbered(&slug, n);
        let writing = writing(format!("omoi-build-{of_repo}-{slug}"));
        let body = json!({ "name": name, "slug": slug });
        match session.write(Method::POST, "/projects", body, &writing).await {
            Ok(made) => return Ok(made.parse::<Created>()?.id),
            Err(failure) if failure.has_code("taken") && n < SLUGS => n += 1,
            Err(failure) => return Err(failure),
        }
    }
}

fn numbered(slug: &Slug, n: u32) -> String {
    if n == 1 {
        return slug.to_string();
    }
    let end = format!("-{n}");
    let room = Slug::MAX_CHARS - end.len();
    let start: String = slug.as_str().chars().take(room).collect();
    format!("{}{end}", start.trim_end_matches('-'))
}

async fn link(session: &Session, order: &Order, project: Uuid) -> Result<(), Failure> {
    let known: Project =
        session.client.read(&format!("/projects/{project}"), session.head().await?).await?.parse()?;
    match known.repository {
        Some(linked) if linked.url == order.repo => return Ok(()),
        Some(linked) => {
            let detail = format!(
                "the project {} was made for {} and has another repository by now, {}; link it again with `omoi repo link`",
                known.name, order.repo, linked.url
            );
            return Err(Failure::invalid("linked_elsewhere", detail));
        }
        None => {}
    }
    let path = format!("/projects/{project}/repository");
    let linked = session.write(Method::PUT, &path, json!({ "url": order.repo }), &Writing::default()).await;
    linked.map(|_| ()).map_err(Failure::of_input)
}

/// Work that nothing judges is never done: that is said before it costs anything.
fn must_be_judged(order: &Order, settings: &Settings) -> Result<(), Failure> {
    if !order.verify.is_empty() || !settings.verify.is_empty() || order.source.brings_its_checks() {
        return Ok(());
    }
    let what = match order.source.what {
        What::Plan(_) => "not every task of the plan says what shows that it is done",
        What::Idea(_) => "nothing says yet what shows that a task is done",
    };
    let detail = format!("{what}; give the command that tests the repository, e.g. --verify 'make test'");
    Err(Failure::invalid("no_verification", detail))
}

/// What is to be another one; none when all is so already.
fn changes(order: &Order, agent: Option<&str>, settings: &Settings) -> Option<Value> {
    let parallel = order.parallel.filter(|parallel| *parallel != settings.max_concurrent_runs);
    let verify = (!order.verify.is_empty() && order.verify != settings.verify).then_some(&order.verify);
    let agent = agent.map(|name| json!({ "kind": "profile", "name": name }));
    let any = parallel.is_some() || verify.is_some() || agent.is_some();
    any.then(|| json!({ "max_concurrent_runs": parallel, "verify": verify, "agent": agent }))
}

pub(super) fn writing(key: String) -> Writing {
    Writing { idempotency_key: Some(key), if_match: None }
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    fn order(agent: Option<&str>, verify: &[&str]) -> Order {
        let mut order = Order::of("/srv/billing".to_owned(), Source::example("/a", "d"));
        order.agent = agent.map(str::to_owned);
        order.verify = verify.iter().map(|one| (*one).to_owned()).collect();
        order
    }

    fn settings(verify: &[&str]) -> Settings {
        let verify = verify.iter().map(|one| (*one).to_owned()).collect();
        Settings { max_concurrent_runs: 5, agent: None, verify }
    }

    fn project(id: u128, status: &str, url: &str) -> ProjectEntry {
        let repository = json!({ "url": url });
        let entry = json!({
            "id": Uuid::from_u128(id), "name": "Billing", "slug": "billing", "status": status, "repository": repository,
        });
        serde_json::from_value(entry).unwrap()
    }

    #[test]
    fn a_repository_is_built_in_its_own_project() {
        let here = |projects: Vec<ProjectEntry>| of_repository("/srv/billing", projects);
        assert_eq!(here(vec![project(1, "active", "/srv/else")]).unwrap(), None);
        let several = vec![project(3, "active", "/srv/billing"), project(2, "active", "/srv/billing")];
        assert_eq!(here(several).unwrap(), Some(Uuid::from_u128(2)));
        let beside = vec![project(1, "archived", "/srv/billing"), project(2, "active", "/srv/billing")];
        assert_eq!(here(beside).unwrap(), Some(Uuid::from_u128(2)));
        let failure = here(vec![project(1, "archived", "/srv/billing")]).unwrap_err();
        assert!(failure.detail().contains("omoi project restore billing"), "{failure:?}");
    }

    #[test]
    fn work_that_nothing_judges_is_refused() {
        let mut of_idea = order(None, &[]);
        of_idea.source.what = What::Idea("A list".to_owned());
        let failure = must_be_judged(&of_idea, &settings(&[])).unwrap_err();
        assert!(failure.detail().contains("--verify 'make test'"), "{failure:?}");
        assert!(must_be_judged(&of_idea, &settings(&["make test"])).is_ok());
        of_idea.verify = vec!["make test".to_owned()];
        assert!(must_be_judged(&of_idea, &settings(&[])).is_ok());
    }

    #[test]
    fn only_what_is_another_one_is_changed() {
        assert_eq!(changes(&order(None, &["make test"]), None, &settings(&["make test"])), None);
        let mut wanted = order(None, &["make test"]);
        wanted.parallel = Some(3);
        assert_eq!(
            changes(&wanted, Some("command"), &settings(&[])),
            Some(json!({
                "max_concurrent_runs": 3, "verify": ["make test"], "agent": { "kind": "profile", "name": "command" },
            }))
        );
        wanted.parallel = Some(5);
        assert_eq!(changes(&wanted, None, &settings(&["make test"])), None);
    }

    #[test]
    fn a_slug_that_is_taken_gets_a_number() {
        let slug = Slug::new("billing").unwrap();
        assert_eq!((numbered(&slug, 1).as_str(), numbered(&slug, 2).as_str()), ("billing", "billing-2"));
        let long = Slug::new(&"a".repeat(Slug::MAX_CHARS)).unwrap();
        assert!(Slug::new(&numbered(&long, 12)).is_ok());
    }
}
