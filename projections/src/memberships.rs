//! Organizations: what each is called, who is in it, who is invited, and which keys it has issued.

use eventstore::Unavailable;
use identity::organization::{ApiKeyId, Event, InvitationId, KeyHolder, Limits, Role, Scopes};
use kernel::{OrgId, Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Sealed, Slug, UserId};

use crate::{Fact, Key, Projection, ReadModels};

const ORGANIZATION: &str = "organization";
const MEMBER: &str = "member";
const INVITATION: &str = "invitation";
const API_KEY: &str = "api_key";

/// The read model `memberships`.
#[derive(Debug)]
pub struct Memberships;

/// One thing of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum MembershipRow {
    /// Itself.
    Organization(OrganizationRow),
    /// An invitation that nobody has used or taken back.
    Invitation(InvitationRow),
    /// A key that nobody has revoked.
    ApiKey(ApiKeyRow),
    /// Somebody in it.
    Member(MemberRow),
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrganizationRow {
    /// What people call it.
    pub name: Name,
    /// Its part of addresses.
    pub slug: Slug,
    /// How it is.
    pub state: State,
    /// How much it may have.
    pub limits: Limits,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// How an organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum State {
    /// In use.
    Active,
    /// Stopped for a while: nobody is let in.
    Suspended,
    /// Over.
    Closed,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// What the member is.
    pub role: Role,
    /// Since when somebody is one.
    pub since: Timestamp,
}

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// The address, sealed.
    pub email: Sealed,
    /// What the new member will be.
    pub role: Role,
    /// From then on it cannot be accepted.
    pub expires_at: Timestamp,
}

/// A key that opens something, unless its time is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyRow {
    /// What people call it.
    pub name: Name,
    /// Who uses it.
    pub holder: KeyHolder,
    /// What it is for.
    pub scopes: Scopes,
    /// The member who made it.
    pub maker: UserId,
    /// From then on it opens nothing.
    pub expires_at: Timestamp,
}

/// An organization with everything that is shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event; `None` when all is well.
    pub stale: Option<i64>,
    /// Itself.
    pub organization: OrganizationRow,
    /// By id, that is, by when they came to be people here.
    pub members: Vec<(UserId, MemberRow)>,
    /// Oldest first.
    pub invitations: Vec<(InvitationId, InvitationRow)>,
    /// Oldest first.
    pub api_keys: Vec<(ApiKeyId, ApiKeyRow)>,
}

impl Projection for Memberships {
    const NAME: &'static str = "memberships";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["organization"];
    type Row = MembershipRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let Fact::Organization(fact) = &event.event else { return Vec::new() };
        // Every event makes another version of the organization itself.
        let mut keys = vec![Key::new(ORGANIZATION, &event.envelope.aggregate_id)];
        match fact {
            Event::MemberAdded { user, .. }
            | Event::MemberRoleChanged { user, .. }
            | Event::MemberRemoved { user } => keys.push(Key::new(MEMBER, user.to_string())),
            Event::InvitationSent { invitation, .. }
            | Event::InvitationAccepted { invitation, .. }
            | Event::InvitationRevoked { invitation } => {
                keys.push(Key::new(INVITATION, invitation.to_string()));
            }
            Event::ApiKeyIssued { key, .. } | Event::ApiKeyRevoked { key, .. } => {
                keys.push(Key::new(API_KEY, key.to_string()));
            }
            Event::Created { .. }
            | Event::Renamed { .. }
            | Event::Suspended { .. }
            | Event::Reinstated
            | Event::Closed
            | Event::LimitsSet(_) => {}
        }
        keys
    }

    fn fold(key: &Key, row: &mut Option<MembershipRow>, event: &Recorded<Fact>) {
        let Fact::Organization(fact) = &event.event else { return };
        if key.kind == ORGANIZATION {
            fold_organization(row, fact, event.envelope.sequence);
            return;
        }
        *row = match fact {
            Event::MemberAdded { role, .. } => {
                Some(MembershipRow::Member(MemberRow { role: *role, since: event.envelope.recorded_at }))
            }
            Event::MemberRoleChanged { role, .. } => {
                let since = match row {
                    Some(MembershipRow::Member(member)) => member.since,
                    _ => event.envelope.recorded_at,
                };
                Some(MembershipRow::Member(MemberRow { role: *role, since }))
            }
            Event::InvitationSent { email, role, expires_at, .. } => {
                Some(MembershipRow::Invitation(InvitationRow {
                    email: email.clone(),
                    role: *role,
                    expires_at: *expires_at,
                }))
            }
            Event::ApiKeyIssued { name, holder, scopes, maker, expires_at, .. } => {
                Some(MembershipRow::ApiKey(ApiKeyRow {
                    name: name.clone(),
                    holder: *holder,
                    scopes: scopes.clone(),
                    maker: *maker,
                    expires_at: *expires_at,
                }))
            }
            // The rest ends something, and what ended is in the log.
            _ => None,
        };
    }
}

fn fold_organization(row: &mut Option<MembershipRow>, fact: &Event, version: i64) {
    if let Event::Created { name, slug } = fact {
        *row = Some(MembershipRow::Organization(OrganizationRow {
            name: name.clone(),
            slug: slug.clone(),
            state: State::Active,
            limits: Limits::default(),
            version,
        }));
        return;
    }
    let Some(MembershipRow::Organization(organization)) = row else { return };
    organization.version = version;
    match fact {
        Event::Renamed { name } => organization.name = name.clone(),
        Event::Suspended { .. } => organization.state = State::Suspended,
        Event::Reinstated => organization.state = State::Active,
        Event::Closed => organization.state = State::Closed,
        Event::LimitsSet(limits) => organization.limits = *limits,
        _ => {}
    }
}

impl ReadModels {
    /// An organization with everything in it; `None` when it has no events yet.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn organization(&self, org: OrgId) -> Result<Option<Whole>, Unavailable> {
        let answer = self.of_root::<Memberships>(org, org.0).await?;
        let (mut itself, mut members, mut invitations, mut api_keys) =
            (None, Vec::new(), Vec::new(), Vec::new());
        for row in answer.rows {
            let Ok(id) = row.id.parse::<Uuid>() else { continue };
            match row.row {
                MembershipRow::Organization(organization) => itself = Some(organization),
                MembershipRow::Member(member) => members.push((UserId(id), member)),
                MembershipRow::Invitation(invitation) => invitations.push((InvitationId(id), invitation)),
                MembershipRow::ApiKey(key) => api_keys.push((ApiKeyId(id), key)),
            }
        }
        let (position, stale) = (answer.position, answer.stale);
        Ok(itself.map(|organization| Whole { position, stale, organization, members, invitations, api_keys }))
    }
}

#[cfg(test)]
mod tests {
    use identity::organization::Organization;
    use kernel::Decider as _;
    use vocabulary::AddressHash;

    use super::*;
    use crate::testing::{Folded, PROJECT as ORG};

    fn rows(events: Vec<Event>) -> Vec<(String, MembershipRow)> {
        let mut folded = Folded::<Memberships>::default();
        for event in events {
            folded.append(ORG, Organization::TYPE, Fact::Organization(event));
        }
        folded.answer().rows.into_iter().map(|row| (row.kind, row.row)).collect()
    }

    fn created() -> Event {
        Event::Created { name: Name::new("Acme").unwrap(), slug: Slug::new("acme").unwrap() }
    }

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    #[test]
    fn an_organization_is_shown_as_its_events_made_it() {
        let shown = rows(vec![
            created(),
            Event::MemberAdded { user: user(1), role: Role::Owner },
            Event::MemberAdded { user: user(2), role: Role::Viewer },
            Event::MemberRoleChanged { user: user(2), role: Role::Admin },
            Event::Renamed { name: Name::new("Acme & Sons").unwrap() },
        ]);
        let roles: Vec<Role> = shown
            .iter()
            .filter_map(|(_, row)| match row {
                MembershipRow::Member(member) => Some(member.role),
                _ => None,
            })
            .collect();
        assert_eq!(roles, [Role::Owner, Role::Admin]);
        let MembershipRow::Organization(itself) = &shown.last().unwrap().1 else { panic!("{shown:?}") };
        assert_eq!(itself.name.to_string(), "Acme & Sons");
    }

    #[test]
    fn what_ended_is_not_shown() {
        let invitation = InvitationId(Uuid::from_u128(7));
        let sent = Event::InvitationSent {
            invitation,
            address: AddressHash::new([1; 32]),
            email: Sealed::new("QUJD").unwrap(),
            role: Role::Member,
            expires_at: Timestamp::from_micros(1),
        };
        assert_eq!(rows(vec![created(), sent.clone()]).len(), 2);
        assert_eq!(rows(vec![created(), sent, Event::InvitationRevoked { invitation }]).len(), 1);
        let added = Event::MemberAdded { user: user(1), role: Role::Owner };
        assert_eq!(rows(vec![created(), added, Event::MemberRemoved { user: user(1) }]).len(), 1);
    }
}
