//! Some issuers keep the address out of the ID token and tell it to who has the access token.

use oauth2::AccessToken;
use oauth2::http::StatusCode;
use oauth2::url::Url;
use serde::Deserialize;

use crate::http::Http;
use crate::{Email, Flaw, OauthError};

/// What is asked for there.
#[derive(Deserialize)]
pub(crate) struct Userinfo {
    sub: String,
    email: Option<String>,
    email_verified: Option<Verified>,
    pub(crate) name: Option<String>,
}

/// Some write it as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Verified {
    Bool(bool),
    Text(String),
}

impl Userinfo {
    /// What the issuer says of the person with this subject.
    pub(crate) async fn of(
        subject: &str,
        http: &Http,
        endpoint: &Url,
        token: &AccessToken,
    ) -> Result<Self, OauthError> {
        let answer: Result<Self, StatusCode> = http.get(endpoint, Some(token)).await?;
        let userinfo = answer.map_err(|_| Flaw::Unreadable)?;
        // It is not signed. If it is about somebody else, the token was swapped (OpenID Connect Core, 5.3.2).
        if userinfo.sub != subject {
            return Err(Flaw::Subject.into());
        }
        Ok(userinfo)
    }

    pub(crate) fn email(&self) -> Option<Email> {
        let verified = match &self.email_verified {
            Some(Verified::Bool(verified)) => *verified,
            Some(Verified::Text(text)) => text == "true",
            None => false,
        };
        self.email.clone().map(|address| Email { address, verified })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_verified_when_the_issuer_says_so() {
        let verified = |more: &str| {
            let text = format!(r#"{{"sub":"1","email":"a@b"{more}}}"#);
            serde_json::from_str::<Userinfo>(&text).unwrap().email().unwrap().verified
        };
        assert!(verified(r#","email_verified":true"#));
        assert!(verified(r#","email_verified":"true""#));
        for no in
            ["", r#","email_verified":false"#, r#","email_verified":"false""#, r#","email_verified":"1""#]
        {
            assert!(!verified(no), "{no}");
        }
    }
}
