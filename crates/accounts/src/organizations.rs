//! Organizations as people see them: found one, be in several, and change who is in one.

use commands::authority::installation;
use commands::{Actor, CommandError, Intent, Receipt};
use identity::organization::{Command, Limits, Organization, Role};
use kernel::{ActorId, OrgId, Uuid};
use vocabulary::{Name, Slug, UserId};

use crate::{AccountError, Accounts, named};

/// What somebody is in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub org: OrgId,
    /// What people call it.
    pub name: Name,
    /// Its part of addresses.
    pub slug: Slug,
    /// What the person is in it.
    pub role: Role,
}

/// An organization that was founded.
#[derive(Clone, Debug)]
pub struct Founded {
    /// Names it.
    pub org: OrgId,
    /// What people call it.
    pub name: Name,
    /// Its part of addresses.
    pub slug: Slug,
    /// Where that stands in the log.
    pub receipt: Receipt,
}

impl Accounts {
    /// Founds an organization, of which `user` is the owner. Its id follows from the wish.
    ///
    /// # Errors
    /// `taken` when another one has the slug.
    pub async fn found(
        &self,
        intent: &Intent,
        user: UserId,
        name: Name,
        slug: Slug,
    ) -> Result<Founded, AccountError> {
        let org = OrgId(named(b"organization", intent.command_id.0));
        let intent = Intent { actor: Actor::process(org, ActorId(user.0)), ..intent.clone() };
        let command = Command::Create { name: name.clone(), slug: slug.clone(), owner: user };
        let receipt = self.dispatcher.execute::<Organization>(&intent, org.0, command).await?;
        Ok(Founded { org, name, slug, receipt })
    }

    /// What `user` is in `org`, as the log has it now; `None` when not in it, or when nobody is let in.
    pub(crate) async fn membership(
        &self,
        user: UserId,
        org: OrgId,
    ) -> Result<Option<Membership>, AccountError> {
        if org == installation() {
            return Ok(None);
        }
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        let Organization::Active(profile) = known.state else { return Ok(None) };
        Ok(profile.role_of(user).map(|role| Membership { org, name: profile.name, slug: profile.slug, role }))
    }

    /// All that somebody is in, by name. The list follows the log, some milliseconds behind.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn organizations_of(&self, user: UserId) -> Result<Vec<Membership>, AccountError> {
        let rows: Vec<(Uuid, String, String, String, String)> =
            sqlx::query_as("select org_id, role, name, slug, state from read_models.organizations_of($1)")
                .bind(user.0)
                .fetch_all(&self.pool)
                .await?;
        let memberships =
            rows.into_iter().filter(|row| row.4 == "active").filter_map(|(org, role, name, slug, _)| {
                Some(Membership {
                    org: OrgId(org),
                    name: Name::new(&name).ok()?,
                    slug: slug.parse().ok()?,
                    role: role.parse().ok()?,
                })
            });
        Ok(memberships.collect())
    }

    /// Renames an organization.
    ///
    /// # Errors
    /// As any command.
    pub async fn rename(&self, intent: &Intent, name: Name) -> Result<Receipt, AccountError> {
        self.of_organization(intent, Command::Rename { name }).await
    }

    /// Says how much it may have.
    ///
    /// # Errors
    /// As any command.
    pub async fn set_limits(&self, intent: &Intent, limits: Limits) -> Result<Receipt, AccountError> {
        self.of_organization(intent, Command::SetLimits { limits }).await
    }

    /// Ends it for good.
    ///
    /// # Errors
    /// As any command.
    pub async fn close(&self, intent: &Intent) -> Result<Receipt, AccountError> {
        self.of_organization(intent, Command::Close).await
    }

    /// Makes a member something else.
    ///
    /// # Errors
    /// `last_owner`, `above_asker`, `not_a_member`.
    pub async fn change_role(
        &self,
        intent: &Intent,
        user: UserId,
        role: Role,
    ) -> Result<Receipt, AccountError> {
        let asker = intent.actor.rank();
        self.of_organization(intent, Command::ChangeMemberRole { user, role, asker }).await
    }

    /// Puts a member out. Within seconds no session and no key of that one opens anything here.
    ///
    /// # Errors
    /// `last_owner`, `above_asker`, `not_a_member`.
    pub async fn remove_member(&self, intent: &Intent, user: UserId) -> Result<Receipt, AccountError> {
        let asker = intent.actor.rank();
        self.of_organization(intent, Command::RemoveMember { user, asker }).await
    }

    /// Goes by oneself.
    ///
    /// # Errors
    /// `last_owner`.
    pub async fn leave(&self, intent: &Intent, user: UserId) -> Result<Receipt, AccountError> {
        self.of_organization(intent, Command::Leave { user }).await
    }

    /// An order to the organization that the actor is in.
    pub(crate) async fn of_organization(
        &self,
        intent: &Intent,
        command: Command,
    ) -> Result<Receipt, AccountError> {
        let org = intent.actor.org;
        let done = self.dispatcher.execute::<Organization>(intent, org.0, command).await;
        // Whoever may more or less than a moment ago is to see it at once, on this node.
        self.known.forget_all();
        Ok(done?)
    }

    /// The same wish, carried out by the installation for a person who needs no permission for it.
    pub(crate) fn as_installation(&self, intent: &Intent) -> Intent {
        Intent { actor: Actor::process(installation(), intent.actor.id), ..intent.clone() }
    }
}

/// What a command says when the organization is not there: what it would say of anybody else's.
pub(crate) fn is_rejected(error: &CommandError, with: &str) -> bool {
    matches!(error, CommandError::Rejected { code, .. } if code == with)
}
