//! From an invitation that is mailed to a member. It is for whoever reads mail at the address, once.

use std::time::Duration;

use commands::{Actor, Intent, Receipt};
use identity::organization::{Command, Invitation, InvitationId, Offer, Organization, Role};
use identity::user::User;
use kernel::{OrgId, Timestamp};
use vault::token::TokenKind;
use vocabulary::{Sealed, UserId};

use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::clock::later;
use crate::custody::Field;
use crate::organizations::Membership;
use crate::single_use::Purpose;
use crate::throttle::TOKENS_FROM;
use crate::{AccountError, Accounts, Origin, letters, named};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// An invitation that is on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Names it.
    pub invitation: InvitationId,
    /// From then on it cannot be accepted.
    pub expires_at: Timestamp,
    /// Where that stands in the log.
    pub receipt: Receipt,
}

/// What somebody who holds an invitation is shown.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Into which organization, and as what.
    pub membership: Membership,
    /// Whom.
    pub email: String,
    /// From then on it cannot be accepted.
    pub expires_at: Timestamp,
}

impl Accounts {
    /// Invites whoever reads mail at an address.
    ///
    /// # Errors
    /// `InvalidAddress`; `already_invited`, `above_asker`, `member_limit`.
    pub async fn invite(
        &self,
        intent: &Intent,
        email: &str,
        role: Role,
        days: u16,
    ) -> Result<Sent, AccountError> {
        let email = EmailAddress::parse(email)?;
        let invitation = InvitationId(named(b"invitation", intent.command_id.0));
        let at = self.clock.now().await?;
        let expires_at = later(at, DAY * u32::from(days));
        let key = self.custody.key_of(invitation.0).await?;
        let command = Command::SendInvitation {
            invitation,
            offer: Offer { address: self.custody.address_hash(&email), role, expires_at },
            email: self.custody.seal(&key, invitation.0, Field::InvitedEmail, email.as_str()),
            asker: intent.actor.rank(),
            at,
        };
        let receipt = self.of_organization(intent, command).await?;
        // A repeat sends another letter: the first may never have been stored.
        let org = intent.actor.org;
        let purpose = Purpose {
            kind: TokenKind::Invitation,
            subject: invitation.0,
            org: Some(org),
            within: DAY * u32::from(days),
        };
        let token = self.make_token(purpose).await?;
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        let name = known.state.profile().map_or_else(String::new, |profile| profile.name.to_string());
        self.post_within_reason(&email, |url| letters::invitation(url, &token, &name, role.as_str())).await?;
        Ok(Sent { invitation, expires_at, receipt })
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// `unknown_invitation`, `invitation_used`, `above_asker`.
    pub async fn revoke_invitation(
        &self,
        intent: &Intent,
        invitation: InvitationId,
    ) -> Result<Receipt, AccountError> {
        let asker = intent.actor.rank();
        let receipt = self.of_organization(intent, Command::RevokeInvitation { invitation, asker }).await?;
        self.end_tokens(TokenKind::Invitation, invitation.0).await?;
        Ok(receipt)
    }

    /// What an invitation is about, for whoever holds it.
    ///
    /// # Errors
    /// `InvalidToken` when it is unknown, used, revoked or over.
    pub async fn look_at_invitation(&self, token: &str, origin: &Origin) -> Result<Invited, AccountError> {
        self.try_once(TOKENS_FROM, origin.address.as_deref().unwrap_or_default().as_bytes()).await?;
        let shown = self.look_at_token(TokenKind::Invitation, token).await?;
        let org = shown.org.ok_or(AccountError::InvalidToken)?;
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        let Organization::Active(profile) = known.state else { return Err(AccountError::InvalidToken) };
        let known = profile.invitations.get(&InvitationId(shown.subject)).copied();
        let Some(Invitation::Open(offer)) = known else {
            return Err(AccountError::InvalidToken);
        };
        if offer.expires_at <= self.clock.now().await? {
            return Err(AccountError::InvalidToken);
        }
        let email = self.invited_email(org, InvitationId(shown.subject)).await?;
        let membership = Membership { org, name: profile.name, slug: profile.slug, role: offer.role };
        Ok(Invited { membership, email, expires_at: offer.expires_at })
    }

    /// Makes the person a member. Only who has proved to read mail at the invited address can.
    ///
    /// # Errors
    /// `InvalidToken`; `other_address`, `already_member`, `member_limit`.
    pub async fn accept_invitation(
        &self,
        intent: &Intent,
        user: UserId,
        token: &str,
        origin: &Origin,
    ) -> Result<(Membership, Receipt), AccountError> {
        let from = origin.address.as_deref();
        self.try_once(TOKENS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let shown = self.look_at_token(TokenKind::Invitation, token).await?;
        let org = shown.org.ok_or(AccountError::InvalidToken)?;
        let User::Active(account) = self.person(user).await? else { return Err(AccountError::InvalidToken) };
        let command = Command::AcceptInvitation {
            invitation: InvitationId(shown.subject),
            user,
            address: account.address,
            at: self.clock.now().await?,
        };
        let intent = Intent { actor: Actor::process(org, intent.actor.id), ..intent.clone() };
        let receipt = self.of_organization(&intent, command).await?;
        // The stream has decided already; of those who come later it says so as well.
        let _ = self.use_token(&shown).await;
        let membership = self.membership(user, org).await?.ok_or(AccountError::NotFound("organization"))?;
        let about = shown.subject.to_string();
        let entry = Entry::of(What::InvitationAccepted).by(user.0).in_org(org).about(&about);
        self.write_down(entry.from(from)).await?;
        Ok((membership, receipt))
    }

    /// The address that an invitation went to, as its event has it.
    async fn invited_email(&self, org: OrgId, invitation: InvitationId) -> Result<String, AccountError> {
        let sealed: Option<String> = sqlx::query_scalar("select read_models.invited($1, $2)")
            .bind(org.0)
            .bind(invitation.0)
            .fetch_one(&self.pool)
            .await?;
        let Some(sealed) = sealed.and_then(|text| Sealed::new(&text).ok()) else { return Ok(String::new()) };
        let opened = self.custody.open_all(&[(invitation.0, Field::InvitedEmail, &sealed)]).await?;
        Ok(opened.into_iter().flatten().next().unwrap_or_default())
    }
}
