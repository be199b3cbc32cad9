//! Forgetting somebody for good. What events say of a person is sealed by a key; that key is destroyed. The list of who
//! was erased is kept where the master key is, outside of the database and its backups, and is applied at each start: a
//! backup that is put back must not bring anybody back.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use commands::authority::installation;
use commands::{Actor, CommandError, Intent};
use identity::organization::{Command as OfOrganization, Organization};
use identity::user::{Command, User};
use kernel::{ActorId, CommandId, Uuid};
use vocabulary::UserId;

use crate::audit::{Entry, What};
use crate::organizations::is_rejected;
use crate::{AccountError, Accounts, named};

/// Who was erased, an id a line; it is only ever added to.
#[derive(Clone, Debug)]
pub struct ErasedList(PathBuf);

/// The list cannot be used; nobody was erased.
#[derive(Debug, thiserror::Error)]
#[error("the list of who was erased, {path}, cannot be used: {source}")]
pub struct ListError {
    path: String,
    source: std::io::Error,
}

impl ErasedList {
    /// The list in this file, which need not be there yet.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Everybody on it; a line that is no id was written halfway when the machine died, and is nobody.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn all(&self) -> Result<Vec<UserId>, ListError> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(text.lines().filter_map(|line| line.trim().parse().ok()).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(self.error(source)),
        }
    }

    fn add(&self, user: UserId) -> Result<(), ListError> {
        let add = || -> std::io::Result<()> {
            if let Some(directory) = self.0.parent().filter(|path| *path != Path::new("")) {
                fs::create_dir_all(directory)?;
            }
            let mut file = fs::OpenOptions::new().append(true).create(true).open(&self.0)?;
            // A line of its own, also after half of one.
            writeln!(file, "\n{user}")?;
            file.sync_all()
        };
        add().map_err(|source| self.error(source))
    }

    fn error(&self, source: std::io::Error) -> ListError {
        ListError { path: self.0.display().to_string(), source }
    }
}

impl Accounts {
    /// Forgets a person. After a crash in between the same call goes on, and so does the next start.
    ///
    /// # Errors
    /// `NotFound`; `last_owner` while an organization would be nobody's: its other members are to say whose it is, or it
    /// is to be closed.
    pub async fn erase(&self, user: UserId, list: &ErasedList) -> Result<(), AccountError> {
        if matches!(self.person(user).await?, User::Absent) {
            return Err(AccountError::NotFound("person"));
        }
        self.leave_everything(user).await?;
        list.add(user).map_err(|error| CommandError::Broken(error.to_string()))?;
        self.forget(user).await
    }

    /// Forgets everybody on the list who is not forgotten: after a backup was put back, or a crash.
    ///
    /// # Errors
    /// When the list or the database cannot be used; then nobody is served.
    pub async fn apply_erased(&self, list: &ErasedList) -> Result<(), AccountError> {
        let all = list.all().map_err(|error| CommandError::Broken(error.to_string()))?;
        for user in all {
            let known: bool =
                sqlx::query_scalar("select exists (select from vault.data_keys where subject = $1)")
                    .bind(user.0)
                    .fetch_one(&self.pool)
                    .await?;
            if known || !matches!(self.person(user).await?, User::Absent | User::Erased) {
                tracing::warn!(%user, "somebody who was erased is erased again");
                // Whose the organization of a last owner is, the backup does not know; that one is a member without a name.
                if let Err(error) = self.leave_everything(user).await {
                    tracing::warn!(%user, %error, "somebody who was erased stays a member");
                }
                self.forget(user).await?;
            }
        }
        Ok(())
    }

    async fn leave_everything(&self, user: UserId) -> Result<(), AccountError> {
        for membership in self.organizations_of(user).await? {
            let actor = Actor::process(membership.org, ActorId(user.0));
            let intent = Intent::new(actor, b"");
            let left = OfOrganization::Leave { user };
            match self.dispatcher.execute::<Organization>(&intent, membership.org.0, left).await {
                Ok(_) => {}
                Err(error) if is_rejected(&error, "not_a_member") => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.known.forget_all();
        Ok(())
    }

    /// What is secret first, then the fact, then the key; each step may be done twice.
    async fn forget(&self, user: UserId) -> Result<(), AccountError> {
        for statement in [
            "delete from vault.sessions where user_id = $1",
            "delete from vault.single_use_tokens where subject = $1",
            "delete from vault.linked_accounts where user_id = $1",
            "delete from vault.consents where user_id = $1",
            "delete from vault.credentials where user_id = $1",
            "update vault.api_keys set revoked_at = omoi_now() where actor = $1 and revoked_at is null",
        ] {
            sqlx::query(statement).bind(user.0).execute(&self.pool).await?;
        }
        self.known.forget_all();
        let intent = Intent {
            command_id: CommandId(named(b"erase", user.0)),
            ..Intent::new(Actor::process(installation(), ActorId(user.0)), b"erase")
        };
        self.dispatcher.execute::<User>(&intent, user.0, Command::Erase).await?;
        self.custody.destroy(user.0).await?;
        self.write_down(Entry::of(What::UserErased).by(user.0)).await
    }

    /// The person of this address.
    ///
    /// # Errors
    /// `InvalidAddress`, `NotFound`.
    pub async fn person_of(&self, email: &str) -> Result<UserId, AccountError> {
        let email = crate::EmailAddress::parse(email)?;
        let user: Option<Uuid> = sqlx::query_scalar(
            "select user_id from vault.credentials where address = $1 \
             order by proved_at is null, made_at desc limit 1",
        )
        .bind(&self.custody.address_hash(&email).as_bytes()[..])
        .fetch_optional(&self.pool)
        .await?;
        user.map(UserId).ok_or(AccountError::NotFound("person"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_hides_nobody() {
        let directory = std::env::temp_dir().join(format!("erased-{}", Uuid::now_v7()));
        let list = ErasedList::at(directory.join("erased.list"));
        assert!(list.all().unwrap().is_empty());
        let (ada, bob) = (UserId(Uuid::now_v7()), UserId(Uuid::now_v7()));
        list.add(ada).unwrap();
        let file = fs::OpenOptions::new().append(true).open(&list.0);
        file.unwrap().write_all(&bob.to_string().as_bytes()[..20]).unwrap();
        list.add(bob).unwrap();
        assert_eq!(list.all().unwrap(), [ada, bob]);
        fs::remove_dir_all(directory).unwrap();
    }
}
