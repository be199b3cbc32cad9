//! The ids of a plan: one grammar, for those who write them, those who check them and those who show them.
//!
//! | what | form |
//! |---|---|
//! | requirement | `REQ-<FEATURE>-<CATEGORY>-<NNN>`, FEATURE of capitals and digits, in parts joined by `-` |
//! | criterion of it | `REQ-AUTH-FUNC-001.2`, the first is 1 |
//! | user story | `US-<NNN>` |
//! | ticket, task | `TKT-<NNN>`, `TSK-<NNN>`: [`TicketNumber`], [`TaskNumber`] |
//!
//! NNN has three digits and grows past 999; one number has one written form.

use vocabulary::{TaskNumber, TicketNumber};

/// The categories of requirements: function, performance, security, usability, reliability, constraint.
pub const CATEGORIES: [&str; 6] = ["FUNC", "PERF", "SEC", "USE", "REL", "CON"];

/// The longest id of a requirement, in bytes.
const LONGEST: usize = 100;

/// Whether `id` is one of a requirement.
#[must_use]
pub fn is_requirement(id: &str) -> bool {
    let Some((feature, category, number)) = id.strip_prefix("REQ-").and_then(|rest| {
        let (rest, number) = rest.rsplit_once('-')?;
        let (feature, category) = rest.rsplit_once('-')?;
        Some((feature, category, number))
    }) else {
        return false;
    };
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    id.len() <= LONGEST && feature.split('-').all(part) && CATEGORIES.contains(&category) && is_number(number)
}

/// Whether `id` is one of a user story.
#[must_use]
pub fn is_story(id: &str) -> bool {
    id.strip_prefix("US-").is_some_and(is_number)
}

/// Whether `id` is one of a ticket.
#[must_use]
pub fn is_ticket(id: &str) -> bool {
    id.parse::<TicketNumber>().is_ok()
}

/// Whether `id` is one of a task.
#[must_use]
pub fn is_task(id: &str) -> bool {
    id.parse::<TaskNumber>().is_ok()
}

/// Three digits or more, counted from 1, without zeros that say nothing.
fn is_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<u32>().is_ok_and(|number| number > 0 && format!("{number:03}") == digits)
}

/// What a task says it meets: a requirement, or one criterion of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'l> {
    /// The requirement.
    pub requirement: &'l str,
    /// The criterion, counted from 1.
    pub criterion: Option<usize>,
}

impl<'l> Link<'l> {
    /// The link that `text` writes, whether what it names exists or not.
    #[must_use]
    pub fn of(text: &'l str) -> Self {
        let text = text.trim();
        text.rsplit_once('.')
            .and_then(|(requirement, digits)| {
                let criterion = digits.parse().ok().filter(|number: &usize| *number > 0)?;
                (criterion.to_string() == digits).then_some(Self { requirement, criterion: Some(criterion) })
            })
            .unwrap_or(Self { requirement: text, criterion: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_names_feature_category_and_number() {
        for id in [
            "REQ-AUTH-FUNC-001",
            "REQ-A-SEC-010",
            "REQ-SAVED-FILTERS-PERF-999",
            "REQ-2FA-USE-1000",
            "REQ-A-B-C-REL-123",
            "REQ-FUNC-CON-001",
        ] {
            assert!(is_requirement(id), "{id}");
        }
        for id in [
            "",
            "REQ-",
            "REQ-001",
            "REQ-FUNC-001",
            "REQ--FUNC-001",
            "REQ-auth-FUNC-001",
            "req-AUTH-FUNC-001",
            "REQ-AUTH-FUN-001",
            "REQ-AUTH-FUNC-1",
            "REQ-AUTH-FUNC-01",
            "REQ-AUTH-FUNC-000",
            "REQ-AUTH-FUNC-0001",
            "REQ-AUTH-FUNC-+01",
            "REQ-AUTH-FUNC-001.1",
            "REQ-AUTH-FUNC-001 ",
            "REQ-Ä-FUNC-001",
            "REQ-A_B-FUNC-001",
            "REQ-A--B-FUNC-001",
            "REQ-AUTH-FUNC-99999999999",
        ] {
            assert!(!is_requirement(id), "{id}");
        }
        assert!(!is_requirement(&format!("REQ-{}-FUNC-001", "A".repeat(100))));
    }

    #[test]
    fn stories_tickets_and_tasks_are_numbers_with_a_prefix() {
        assert!(is_story("US-001") && is_story("US-1000"));
        assert!(is_ticket("TKT-001") && is_ticket("TKT-1000"));
        assert!(is_task("TSK-001") && is_task("TSK-1000"));
        for id in [
            "001",
            "US-1",
            "US-000",
            "US-0001",
            "us-001",
            "TKT-01",
            "TSK-A",
            "TASK-001",
            "TSK-001-x",
            "TSK-1",
            "",
        ] {
            assert!(!is_story(id) && !is_ticket(id) && !is_task(id), "{id}");
        }
    }

    #[test]
    fn a_link_is_a_requirement_or_one_criterion_of_it() {
        let link = |text| {
            let Link { requirement, criterion } = Link::of(text);
            (requirement, criterion)
        };
        assert_eq!(link("REQ-A-FUNC-001"), ("REQ-A-FUNC-001", None));
        assert_eq!(link(" REQ-A-FUNC-001.2 "), ("REQ-A-FUNC-001", Some(2)));
        for whole in
            ["REQ-A-FUNC-001.0", "REQ-A-FUNC-001.02", "REQ-A-FUNC-001.", "REQ-A-FUNC-001.x", "REQ.+1"]
        {
            assert_eq!(link(whole), (whole, None));
        }
    }
}
