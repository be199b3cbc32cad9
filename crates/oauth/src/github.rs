//! GitHub has no ID token: its API says whose the access token is.

use oauth2::AccessToken;
use oauth2::http::StatusCode;
use oauth2::url::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::Http;
use crate::provider::Github;
use crate::{Email, Flaw, Identity, OauthError, Setting};

/// The address in here is what the person chose to show. It is not read: it proves nothing.
#[derive(Deserialize)]
struct User {
    id: u64,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl Github {
    /// Whose this token is. The subject is the number of the account: a login can be given to somebody else.
    pub(crate) async fn identity(&self, http: &Http, token: &AccessToken) -> Result<Identity, OauthError> {
        let user: User = ask(http, &self.user(), token).await?;
        let addresses: Vec<Address> = ask(http, &self.emails(), token).await?;
        Ok(Identity::checked(user.id.to_string(), primary(addresses), user.name)?)
    }
}

/// The one that the account is about. Another one may be verified too, and may be of years ago.
fn primary(addresses: Vec<Address>) -> Option<Email> {
    let primary = addresses.into_iter().find(|address| address.primary)?;
    Some(Email { address: primary.email, verified: primary.verified })
}

async fn ask<T: DeserializeOwned>(http: &Http, url: &Url, token: &AccessToken) -> Result<T, OauthError> {
    http.get(url, Some(token)).await?.map_err(|status| match status {
        // The token is good and may not do this: GitHub answers so when a permission was not given to the client.
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Setting::RequestRefused.into(),
        _ => Flaw::Unreadable.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(email: &str, primary: bool, verified: bool) -> Address {
        Address { email: email.to_owned(), primary, verified }
    }

    #[test]
    fn the_primary_address_counts_and_no_other() {
        let list = vec![address("old@a", false, true), address("new@a", true, true)];
        assert_eq!(primary(list), Some(Email { address: "new@a".to_owned(), verified: true }));
        let list = vec![address("new@a", true, false), address("old@a", false, true)];
        assert_eq!(primary(list), Some(Email { address: "new@a".to_owned(), verified: false }));
        assert_eq!(primary(vec![address("old@a", false, true)]), None);
        assert_eq!(primary(Vec::new()), None);
    }
}
