//! Somebody is back from a provider.

use oauth::{Client, Identity};
use vocabulary::{AccountHash, Name, UserId};

use super::links::Link;
use super::{Arrival, Back};
use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::throttle::TOKENS_FROM;
use crate::{AccountError, Accounts, Origin, SignedIn};

impl Accounts {
    /// Lets somebody in who is back from a provider, or says what is missing.
    ///
    /// # Errors
    /// `InvalidToken` when nobody left so, `Elsewhere` when the provider says no or something that cannot be believed,
    /// `AddressNotVerified` when it does not know that the person reads mail at the address.
    pub async fn come_back(&self, back: Back, origin: &Origin) -> Result<Arrival, AccountError> {
        let from = origin.address.as_deref();
        self.try_once(TOKENS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let pending = self.take_pending(&back).await?;
        let client = self.provider(&back.provider)?;
        let iss = back.iss.as_deref();
        let identity = match &back.code {
            Ok(code) => client.finish(code, &pending, iss).await,
            Err(word) => Err(client.not_given(word, iss).await),
        };
        let identity = match identity {
            Ok(identity) => identity,
            Err(error) => {
                let about = format!("{} {}", back.provider, error.code());
                self.write_down(Entry::of(What::SignInRefused).about(&about).from(from)).await?;
                return Err(error.into());
            }
        };
        self.arrive(client, identity, origin).await
    }

    async fn arrive(
        &self,
        client: &Client,
        identity: Identity,
        origin: &Origin,
    ) -> Result<Arrival, AccountError> {
        let provider = client.provider();
        let account = self.custody.account_hash(provider.authority(), &identity.subject);
        let link = self.link_of(account).await?;
        if let Some(Link { user, linked: true }) = link {
            if !self.may_sign_in(user).await? {
                return Err(AccountError::InvalidCredentials);
            }
            return self.enter(user, None, origin, provider.id()).await.map(signed_in);
        }
        let email = identity.email.filter(|email| email.verified).ok_or(AccountError::AddressNotVerified)?;
        let email = EmailAddress::parse(&email.address)?;
        let begun = link.map(|link| link.user);
        match self.owner_of(&email).await? {
            Some(owner) if Some(owner) != begun => {
                self.ask_consent(provider, account, owner, &email).await.map(Arrival::Consent)
            }
            _ => {
                let name = display_name(identity.name.as_deref(), &email);
                let user = self.newcomer(provider.id(), account, &email, &name, origin).await?;
                self.enter(user, None, origin, provider.id()).await.map(signed_in)
            }
        }
    }

    /// Somebody new, whose address the provider has verified. Each step may be done twice: whoever comes again after a
    /// crash goes on with the same person.
    async fn newcomer(
        &self,
        provider: &str,
        account: AccountHash,
        email: &EmailAddress,
        name: &Name,
        origin: &Origin,
    ) -> Result<UserId, AccountError> {
        let from = origin.address.as_deref();
        let user = self.begin_link(provider, account).await?;
        self.add_person(user, email, name, None).await?;
        self.write_down(Entry::of(What::Registered).by(user.0).about(provider).from(from)).await?;
        self.prove_address(user).await?;
        self.link(provider, account, user, origin).await?;
        Ok(user)
    }
}

fn signed_in(signed_in: SignedIn) -> Arrival {
    Arrival::SignedIn(Box::new(signed_in))
}

/// What somebody is called here at first: as there, when that is a name, else as the address begins.
fn display_name(there: Option<&str>, email: &EmailAddress) -> Name {
    let begins = email.as_str().split('@').next().unwrap_or_default();
    let names = [there.unwrap_or_default(), begins, "Somebody"];
    names.into_iter().find_map(|name| Name::new(name).ok()).expect("the last one is a name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_here_is_replaced_by_the_address() {
        let email = EmailAddress::parse("ada@example.org").unwrap();
        for (there, name) in [
            (Some("Ada Lovelace"), "Ada Lovelace"),
            (Some("\u{1b}]52;c;eA==\u{7}"), "ada"),
            (Some(""), "ada"),
            (None, "ada"),
        ] {
            assert_eq!(display_name(there, &email).to_string(), name);
        }
    }
}
