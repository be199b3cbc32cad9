//! Which merge is meant: by its id, by the title of what it is of, or by its branch.

use kernel::Uuid;

use super::answer::{Merge, Merges};
use crate::cli::client::{Failure, Session};

/// What all branches of ours begin with; people leave it out.
const OURS: &str = "omoi/";

/// The merge of this UUID, title or branch, in `project` or in any that is active.
pub(super) async fn merge(session: &Session, wanted: &str, project: Option<&str>) -> Result<Uuid, Failure> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let least = session.head().await?;
    let projects = match project {
        Some(project) => vec![session.project(project).await?],
        None => {
            let all = session.projects(least).await?;
            all.into_iter().filter(|one| one.status == "active").map(|one| one.id).collect()
        }
    };
    let mut merges = Vec::new();
    for project in projects {
        let answer: Merges =
            session.client.read(&format!("/projects/{project}/merges"), least).await?.parse()?;
        merges.extend(answer.merges);
    }
    picked(wanted, &merges)
}

/// The one that is called so. Of several that were, the one that is not over.
fn picked(wanted: &str, merges: &[Merge]) -> Result<Uuid, Failure> {
    let meant: Vec<&Merge> = merges.iter().filter(|merge| is_called(merge, wanted)).collect();
    let open: Vec<&Merge> = meant.iter().copied().filter(|merge| !is_over(merge)).collect();
    match (open.as_slice(), meant.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one.id),
        (_, []) => {
            let detail =
                format!("there is no merge {wanted:?}; `omoi merge list PROJECT` shows what there is");
            Err(Failure::local("unknown", detail))
        }
        (_, several) => {
            let named = |merge: &&Merge| {
                format!("{} ({}, {}, {})", merge.title, merge.branch, merge.status, merge.id)
            };
            let several: Vec<String> = several.iter().map(named).collect();
            let detail = format!("{wanted:?} may be any of these, so give a UUID: {}", several.join("; "));
            Err(Failure::local("ambiguous", detail))
        }
    }
}

fn is_called(merge: &Merge, wanted: &str) -> bool {
    let branch = merge.branch.as_str();
    merge.title.to_lowercase() == wanted.to_lowercase()
        || branch == wanted
        || branch.strip_prefix(OURS).is_some_and(|short| short == wanted)
}

fn is_over(merge: &Merge) -> bool {
    matches!(merge.status.as_str(), "landed" | "abandoned")
}

#[cfg(test)]
mod tests {
    use super::super::answer::examples::parked;
    use super::*;

    #[test]
    fn a_merge_is_called_by_its_title_or_its_branch() {
        let merges = [parked()];
        for wanted in ["Invoices", "INVOICES", "omoi/spec-invoices", "spec-invoices"] {
            assert_eq!(picked(wanted, &merges).unwrap(), merges[0].id, "{wanted}");
        }
        let unknown = picked("invoice", &merges).unwrap_err();
        assert!(unknown.detail().contains("omoi merge list"), "{unknown:?}");
    }

    #[test]
    fn of_two_that_are_called_so_the_open_one_is_meant() {
        let landed = Merge { id: Uuid::from_u128(1), status: "landed".to_owned(), ..parked() };
        assert_eq!(picked("Invoices", &[landed.clone(), parked()]).unwrap(), parked().id);
        assert_eq!(picked("Invoices", std::slice::from_ref(&landed)).unwrap(), landed.id);
        let two = [Merge { id: Uuid::from_u128(2), ..parked() }, parked()];
        let several = picked("Invoices", &two).unwrap_err();
        assert!(several.detail().contains("give a UUID"), "{several:?}");
    }
}
