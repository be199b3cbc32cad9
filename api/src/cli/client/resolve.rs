//! Names and numbers as ids. People say `Billing` and `TKT-001`; the API speaks in UUIDs.

use kernel::Uuid;
use serde::Deserialize;
use vocabulary::{TaskNumber, TicketNumber};

use super::{Failure, Session};

/// A project of the list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProjectEntry {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) repository: Option<Repository>,
}

/// Where the code of a project is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Repository {
    pub(crate) url: String,
}

/// A page of `GET /projects`.
#[derive(Debug, Deserialize)]
struct Projects {
    projects: Vec<ProjectEntry>,
    next: Option<Uuid>,
}

/// A ticket of the board or a node of the graph: what people call it, and which it is.
#[derive(Debug, Deserialize)]
struct Numbered {
    id: Uuid,
    number: String,
}

#[derive(Debug, Deserialize)]
struct Board {
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    cards: Vec<Numbered>,
}

#[derive(Debug, Deserialize)]
struct Graph {
    nodes: Vec<Numbered>,
}

#[derive(Debug, Deserialize)]
struct Head {
    events: Vec<Place>,
}

#[derive(Debug, Deserialize)]
struct Place {
    position: i64,
}

/// What can be meant by a number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// E.g. TKT-001.
    Ticket,
    /// E.g. TSK-001.
    Task,
}

impl Session {
    /// The project of this UUID, slug or name.
    ///
    /// # Errors
    /// When there is none, or several.
    pub(crate) async fn project(&self, wanted: &str) -> Result<Uuid, Failure> {
        if let Ok(id) = wanted.parse() {
            return Ok(id);
        }
        let found = |projects: &[ProjectEntry]| picked(wanted, projects);
        match found(&self.projects(None).await?) {
            // The list may be a moment behind the log: only what the newest position does not know is unknown.
            Err(Failure::Local { code: UNKNOWN, .. }) => found(&self.projects(self.head().await?).await?),
            sure => sure,
        }
    }

    /// The ticket or task of this UUID, or of this number in `project`.
    ///
    /// # Errors
    /// When there is none, or when the number needs a project and several exist.
    pub(crate) async fn numbered(
        &self,
        kind: Kind,
        wanted: &str,
        project: Option<&str>,
    ) -> Result<Uuid, Failure> {
        if let Ok(id) = wanted.parse() {
            return Ok(id);
        }
        let number = kind.number(wanted)?;
        let project = match project {
            Some(project) => self.project(project).await?,
            None => self.only_project(wanted).await?,
        };
        if let Some(id) = self.find(kind, project, &number, None).await? {
            return Ok(id);
        }
        let found = self.find(kind, project, &number, self.head().await?).await?;
        found.ok_or_else(|| Failure::local(UNKNOWN, kind.unknown(&number)))
    }

    async fn find(
        &self,
        kind: Kind,
        project: Uuid,
        number: &str,
        least: Option<i64>,
    ) -> Result<Option<Uuid>, Failure> {
        let all = match kind {
            Kind::Ticket => {
                let board: Board =
                    self.client.read(&format!("/projects/{project}/board"), least).await?.parse()?;
                board.columns.into_iter().flat_map(|column| column.cards).collect()
            }
            Kind::Task => {
                let graph: Graph =
                    self.client.read(&format!("/projects/{project}/graph"), least).await?.parse()?;
                graph.nodes
            }
        };
        Ok(all.into_iter().find(|one| one.number == number).map(|one| one.id))
    }

    /// The one there is; archived ones are not meant by default.
    async fn only_project(&self, wanted: &str) -> Result<Uuid, Failure> {
        // A list that is behind might not know of a second one, and the number would mean something else.
        let mut active = self.projects(self.head().await?).await?;
        active.retain(|project| project.status == "active");
        match active.as_slice() {
            [one] => Ok(one.id),
            [] => Err(Failure::local(UNKNOWN, "there is no active project; name one with --project")),
            several => {
                let detail = format!(
                    "{wanted} is a number within a project; say which with --project: {}",
                    listed(several)
                );
                Err(Failure::local(AMBIGUOUS, detail))
            }
        }
    }

    /// All projects, archived ones as well, as of `least` or later.
    pub(crate) async fn projects(&self, least: Option<i64>) -> Result<Vec<ProjectEntry>, Failure> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.client.read(&format!("/projects?limit=200{after}"), least).await?;
            let Projects { projects, next } = page.parse()?;
            all.extend(projects);
            match next {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Where the log ends now; `None` when it is empty.
    pub(crate) async fn head(&self) -> Result<Option<i64>, Failure> {
        let newest = self.client.read(&format!("/events?before={}&limit=1", i64::MAX), None).await?;
        Ok(newest.parse::<Head>()?.events.first().map(|event| event.position))
    }
}

const UNKNOWN: &str = "unknown";
const AMBIGUOUS: &str = "ambiguous";

impl Kind {
    /// Its part of addresses.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Ticket => "tickets",
            Self::Task => "tasks",
        }
    }

    /// The number as the server writes it: `tkt-1` is `TKT-001`.
    pub(crate) fn number(self, wanted: &str) -> Result<String, Failure> {
        let upper = wanted.to_uppercase();
        // Leading zeros are for the eye.
        let padded = match upper.split_once('-') {
            Some((prefix, digits)) => format!("{prefix}-{:0>3}", digits.trim_start_matches('0')),
            None => upper,
        };
        let number = match self {
            Self::Ticket => padded.parse().map(|number: TicketNumber| number.to_string()),
            Self::Task => padded.parse().map(|number: TaskNumber| number.to_string()),
        };
        number.map_err(|_| Failure::local("invalid_reference", self.form(wanted)))
    }

    fn form(self, wanted: &str) -> String {
        match self {
            Self::Ticket => format!("{wanted:?} names no ticket: give its number, e.g. TKT-001, or its UUID"),
            Self::Task => format!("{wanted:?} names no task: give its number, e.g. TSK-001, or its UUID"),
        }
    }

    fn unknown(self, number: &str) -> String {
        match self {
            Self::Ticket => format!("there is no {number} on the board; `omoi board` shows what there is"),
            Self::Task => format!("there is no {number} in this project; `omoi graph` shows what there is"),
        }
    }
}

/// The project that is called `wanted`: its slug or its name, in capitals or not.
fn picked(wanted: &str, projects: &[ProjectEntry]) -> Result<Uuid, Failure> {
    let fold = |text: &str| text.to_lowercase();
    let meant = |project: &&ProjectEntry| project.slug == wanted || fold(&project.name) == fold(wanted);
    let found: Vec<ProjectEntry> = projects.iter().filter(meant).cloned().collect();
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => {
            let detail = format!("there is no project {wanted:?}; `omoi project list` shows what there is");
            Err(Failure::local(UNKNOWN, detail))
        }
        several => {
            let detail = format!("{wanted:?} may be any of these, so give a UUID: {}", listed(several));
            Err(Failure::local(AMBIGUOUS, detail))
        }
    }
}

fn listed(projects: &[ProjectEntry]) -> String {
    let named = |project: &ProjectEntry| format!("{} ({}, {})", project.name, project.slug, project.id);
    projects.iter().map(named).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(id: u128, name: &str, slug: &str) -> ProjectEntry {
        let id = Uuid::from_u128(id);
        let (name, slug, status) = (name.to_owned(), slug.to_owned(), "active".to_owned());
        ProjectEntry { id, name, slug, status, repository: None }
    }

    #[test]
    fn a_project_is_found_by_what_people_call_it() {
        let projects = [project(1, "Billing", "billing"), project(2, "Pay 2", "pay-2")];
        for wanted in ["Billing", "billing", "BILLING"] {
            assert_eq!(picked(wanted, &projects).unwrap(), Uuid::from_u128(1));
        }
        assert_eq!(picked("pay-2", &projects).unwrap(), Uuid::from_u128(2));
        assert!(matches!(picked("bill", &projects), Err(Failure::Local { code: UNKNOWN, .. })));
    }

    #[test]
    fn what_may_be_several_is_refused_with_all_of_them() {
        let projects = [project(1, "Pay", "pay"), project(2, "pay", "pay-2"), project(3, "Else", "else")];
        let failure = picked("pay", &projects).unwrap_err();
        assert!(matches!(failure, Failure::Local { code: AMBIGUOUS, .. }), "{failure:?}");
        for named in ["Pay (pay, ", "pay (pay-2, "] {
            assert!(failure.detail().contains(named), "{failure:?}");
        }
        assert!(!failure.detail().contains("Else"));
    }

    #[test]
    fn a_number_is_written_as_people_please() {
        for wanted in ["TKT-001", "tkt-1", "Tkt-0001"] {
            assert_eq!(Kind::Ticket.number(wanted).unwrap(), "TKT-001");
        }
        assert_eq!(Kind::Task.number("tsk-1234").unwrap(), "TSK-1234");
        for wrong in ["TSK-001", "TKT-", "TKT-000", "TKT--1", "1", "", "TKT-1x"] {
            let failure = Kind::Ticket.number(wrong).unwrap_err();
            assert!(failure.detail().contains("e.g. TKT-001"), "{wrong}: {failure:?}");
        }
    }
}
