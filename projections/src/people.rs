//! Who the people are: their names and addresses, sealed as their events have them.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use identity::user::User;
use kernel::{Decider as _, OrgId, Recorded, Uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Sealed, UserId};

use crate::{Fact, Key, Projection, ReadModels};

const PERSON: &str = "person";
/// More people than one organization can have.
const MOST: i64 = 20_000;

/// The read model `people`.
#[derive(Debug)]
pub struct People;

/// A person as the events have made them: the fold is the aggregate's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    state: User,
}

/// What is shown of a person, by whoever has the key.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// What they are called.
    pub display_name: Sealed,
    /// Where they get mail.
    pub email: Sealed,
}

impl Projection for People {
    const NAME: &'static str = "people";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["user"];
    type Row = PersonRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::User(_) => vec![Key::new(PERSON, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<PersonRow>, event: &Recorded<Fact>) {
        let Fact::User(fact) = &event.event else { return };
        row.get_or_insert_with(|| PersonRow { state: User::default() }).state.evolve(fact);
    }
}

impl ReadModels {
    /// Who these people are; those who were erased are not among them. `org` is the one in which people are kept, not
    /// one that they are members of.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn people(&self, org: OrgId, who: &[UserId]) -> Result<BTreeMap<UserId, Person>, Unavailable> {
        let ids: Vec<String> = who.iter().map(ToString::to_string).collect();
        let answer = self.named::<People>(org, PERSON, &ids, MOST).await?;
        let people = answer.rows.into_iter().filter_map(|row| {
            let account = row.row.state.account()?;
            let person = Person { display_name: account.display_name.clone(), email: account.email.clone() };
            Some((UserId(row.id.parse::<Uuid>().ok()?), person))
        });
        Ok(people.collect())
    }
}

#[cfg(test)]
mod tests {
    use identity::user::Event;
    use vocabulary::AddressHash;

    use super::*;
    use crate::testing::{Folded, PROJECT as ID};

    fn sealed(text: &str) -> Sealed {
        Sealed::new(text).unwrap()
    }

    #[test]
    fn a_person_is_shown_until_erased() {
        let mut folded = Folded::<People>::default();
        let registered = Event::Registered {
            display_name: sealed("QQ=="),
            email: sealed("QUI="),
            address: AddressHash::new([1; 32]),
        };
        for event in [registered, Event::ProfileChanged { display_name: sealed("QUJD") }] {
            folded.append(ID, User::TYPE, Fact::User(event));
        }
        let row = folded.answer().rows.remove(0).row;
        let account = row.state.account().expect("not erased");
        assert_eq!((&account.display_name, &account.email), (&sealed("QUJD"), &sealed("QUI=")));

        folded.append(ID, User::TYPE, Fact::User(Event::Erased));
        assert_eq!(folded.answer().rows.remove(0).row.state.account(), None);
    }
}
