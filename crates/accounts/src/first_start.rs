//! What an installation has from its first start on: the organization `local`, and its operator, who owns every
//! organization that was made beside it.

use std::collections::BTreeMap;

use commands::authority::installation;
use commands::{Actor, CommandError, Grants, Intent, Role};
use eventstore::GuardFault;
use identity::organization::{Command, Organization};
use identity::user::User;
use kernel::{ActorId, CommandId, OrgId, Uuid, derived_uuid};
use vault::secret::SecretString;
use vault::token::TokenKind;
use vocabulary::{Name, Slug, UserId};

use crate::address::EmailAddress;
use crate::single_use::{LOGIN_WITHIN, Purpose};
use crate::{AccountError, Accounts, named};

/// Nobody gets mail there: who wants some says where.
const ADDRESS: &str = "operator@localhost";

/// Who owns the data directory owns the installation.
#[derive(Clone, Copy, Debug)]
pub struct Operator;

impl Operator {
    /// The organization `local`, which every installation has.
    #[must_use]
    pub fn org() -> OrgId {
        OrgId(derived_uuid(&[b"omoi", b"local organization"]))
    }

    /// The person.
    #[must_use]
    pub fn user() -> UserId {
        UserId(derived_uuid(&[b"omoi", b"operator"]))
    }

    /// Owner of `local`.
    #[must_use]
    pub fn actor() -> Actor {
        Actor { org: Self::org(), id: ActorId(Self::user().0), grants: Grants::Role(Role::Owner) }
    }
}

impl Accounts {
    /// Gives each organization that was made beside the installation its first event, with the operator as its owner.
    /// Nothing happens the second time.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn first_start(&self) -> Result<(), AccountError> {
        if matches!(self.person(Operator::user()).await?, User::Absent) {
            let name = Name::new("Operator").expect("a literal that is a name");
            let address = EmailAddress::parse(ADDRESS).expect("a literal that is an address");
            self.add_person(Operator::user(), &address, &name, None).await?;
        }
        let rows: BTreeMap<String, Uuid> =
            sqlx::query_as("select name, id from vault.organizations order by made_at, name")
                .fetch_all(&self.pool)
                .await?
                .into_iter()
                .collect();
        for (name, id) in rows {
            self.adopt(OrgId(id), &name).await?;
        }
        Ok(())
    }

    async fn adopt(&self, org: OrgId, name: &str) -> Result<(), AccountError> {
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        if !matches!(known.state, Organization::Absent) {
            return Ok(());
        }
        let (Ok(name), Ok(slug)) = (Name::new(name), name.parse::<Slug>()) else {
            tracing::warn!(%org, "an organization made beside the installation has no name that can be used");
            return Ok(());
        };
        let operator = Operator::user();
        let intent = Intent {
            command_id: CommandId(named(b"adopt", org.0)),
            ..Intent::new(Actor::process(org, ActorId(operator.0)), b"adopt")
        };
        let command = Command::Create { name, slug, owner: operator };
        match self.dispatcher.execute::<Organization>(&intent, org.0, command).await {
            Ok(_) => Ok(()),
            Err(CommandError::Rejected { code, .. }) if code == "already_exists" => Ok(()),
            Err(CommandError::Guard { fault: GuardFault::Taken, .. }) => {
                tracing::warn!(%org, "an organization made beside the installation has a slug that another one took");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The organization of this name, made beside the installation when there is none.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn organization_named(&self, name: &str) -> Result<OrgId, AccountError> {
        let founded: Option<String> = sqlx::query_scalar("select vault.organization_of_slug($1)")
            .bind(name)
            .fetch_one(&self.pool)
            .await?;
        if let Some(org) = founded.and_then(|org| org.parse::<Uuid>().ok()) {
            return Ok(OrgId(org));
        }
        sqlx::query(
            "insert into vault.organizations (id, name, made_at) values ($1, $2, omoi_now()) on conflict (name) do nothing",
        )
        .bind(Uuid::now_v7())
        .bind(name)
        .execute(&self.pool)
        .await?;
        let org: Uuid = sqlx::query_scalar("select id from vault.organizations where name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await?;
        self.first_start().await?;
        Ok(OrgId(org))
    }

    /// A token that signs the operator in, once, soon: for whoever can read the data directory.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn login_link(&self) -> Result<SecretString, AccountError> {
        let subject = Operator::user().0;
        self.end_tokens(TokenKind::LoginLink, subject).await?;
        let purpose =
            Purpose { kind: TokenKind::LoginLink, subject, org: Some(Operator::org()), within: LOGIN_WITHIN };
        self.make_token(purpose).await
    }

    /// The tenant that people are kept in.
    #[must_use]
    pub fn people() -> OrgId {
        installation()
    }
}
