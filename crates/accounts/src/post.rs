//! Letters are stored, sealed, before anybody is told that they were sent, and deleted once the mailer took them. So a
//! crash loses none; what may have been sent is sent again under the same id.

use std::time::Duration;

use commands::authority::installation;
use kernel::Uuid;
use ports::mail::{Letter, MailError};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use vault::envelope::{Place, Sealed};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::address::EmailAddress;
use crate::letters::Draft;
use crate::{AccountError, Accounts};

/// How long a node may take over a letter before another one takes it over.
const TAKEN_FOR: Duration = Duration::from_secs(60);
/// How often letters are looked for that another node stored, or that are due again.
const LOOKED_FOR: Duration = Duration::from_secs(5);
/// After so many tries, which take about two days, nobody waits for the letter.
const MOST_TRIES: i32 = 20;

#[derive(Serialize, Deserialize)]
struct Stored {
    to: String,
    subject: String,
    text: String,
}

impl Accounts {
    /// Stores a letter; it leaves soon.
    pub(crate) async fn post(&self, to: &EmailAddress, draft: &Draft) -> Result<(), AccountError> {
        let id = Uuid::now_v7();
        let stored = Stored {
            to: to.as_str().to_owned(),
            subject: draft.subject.clone(),
            text: draft.text.expose_secret().to_owned(),
        };
        let plain: SecretString = serde_json::to_string(&stored).expect("text becomes JSON").into();
        let sealed = self.custody.own().seal(plain.expose_secret().as_bytes(), &place(id)).to_text();
        sqlx::query(
            "insert into vault.mails (id, sealed, made_at, due_at) values ($1, $2, omoi_now(), omoi_now())",
        )
        .bind(id)
        .bind(sealed)
        .execute(&self.pool)
        .await?;
        self.letters.notify_one();
        Ok(())
    }

    /// Sends what is stored, until `stop`.
    pub async fn deliver_mail(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.deliver_what_is_due(&stop).await {
                tracing::warn!(%error, "letters cannot be delivered just now");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.letters.notified() => {}
                () = tokio::time::sleep(LOOKED_FOR) => {}
            }
        }
    }

    async fn deliver_what_is_due(&self, stop: &CancellationToken) -> Result<(), AccountError> {
        while !stop.is_cancelled() {
            let taken: Option<(Uuid, String, i32)> = sqlx::query_as(
                "update vault.mails set due_at = omoi_now() + $1, tries = tries + 1 where id = ( \
                     select id from vault.mails where due_at <= omoi_now() order by due_at limit 1 \
                     for update skip locked) \
                 returning id, sealed, tries",
            )
            .bind(TAKEN_FOR)
            .fetch_optional(&self.pool)
            .await?;
            let Some((id, sealed, tries)) = taken else { return Ok(()) };
            self.deliver(id, &sealed, tries).await?;
        }
        Ok(())
    }

    async fn deliver(&self, id: Uuid, sealed: &str, tries: i32) -> Result<(), AccountError> {
        let Some(letter) = self.unsealed(id, sealed) else {
            tracing::error!(%id, "a stored letter cannot be read, and is given up");
            return self.forget_letter(id).await;
        };
        match self.mailer.send(id, &letter).await {
            Ok(()) => {
                metrics::counter!("omoi_letters_total", "outcome" => "sent").increment(1);
                self.forget_letter(id).await
            }
            Err(reason @ (MailError::Later { .. } | MailError::Misconfigured { .. }))
                if tries < MOST_TRIES =>
            {
                metrics::counter!("omoi_letters_total", "outcome" => "later").increment(1);
                tracing::warn!(%id, %reason, tries, "a letter is sent again later");
                sqlx::query("update vault.mails set due_at = omoi_now() + $2 where id = $1")
                    .bind(id)
                    .bind(pause_after(tries))
                    .execute(&self.pool)
                    .await?;
                Ok(())
            }
            Err(reason) => {
                metrics::counter!("omoi_letters_total", "outcome" => "given_up").increment(1);
                tracing::error!(%id, %reason, tries, "a letter is given up");
                self.forget_letter(id).await
            }
        }
    }

    fn unsealed(&self, id: Uuid, sealed: &str) -> Option<Letter> {
        let plain = self.custody.own().open(&Sealed::from_text(sealed).ok()?, &place(id)).ok()?;
        let stored: Stored = serde_json::from_slice(plain.expose_secret()).ok()?;
        Letter::new(stored.to, stored.subject, &stored.text.into()).ok()
    }

    async fn forget_letter(&self, id: Uuid) -> Result<(), AccountError> {
        sqlx::query("delete from vault.mails where id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }
}

/// 10 s, 20 s, 40 s, and so on, to 4 hours.
fn pause_after(tries: i32) -> Duration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    Duration::from_secs(10 * 2_u64.pow(doublings)).min(Duration::from_secs(4 * 3600))
}

fn place(id: Uuid) -> Place<'static> {
    Place { org: installation(), table: "vault.mails", column: "sealed", id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_tried_for_about_two_days() {
        assert_eq!(pause_after(1), Duration::from_secs(10));
        assert_eq!(pause_after(2), Duration::from_secs(20));
        let all: Duration = (1..MOST_TRIES).map(pause_after).sum();
        assert!((24 * 3600..72 * 3600).contains(&all.as_secs()), "{all:?}");
    }
}
