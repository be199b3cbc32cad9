//! What can go wrong, by who can do something about it. Nothing here repeats what a provider sent, nor what it was sent.

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// The person or the provider said no. Nothing is wrong.
    #[error("the sign-in was not granted: {0}")]
    Refused(Refusal),
    /// An answer is forged or broken. Worth an entry in the security log.
    #[error("the provider's answer cannot be accepted: {0}; begin the sign-in again")]
    Invalid(Flaw),
    /// The provider cannot be reached.
    #[error("the provider cannot be reached: try again in a minute, or sign in another way")]
    Away(#[source] Outage),
    /// The provider does not take us for a client, or we are not configured. Trying again does not help.
    #[error("sign-in by this provider is not configured rightly: {0}")]
    Misconfigured(Setting),
}

/// Who said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person.
    #[error("it was cancelled at the provider; begin again to give consent")]
    Denied,
    /// The provider has a question, and nobody was there to answer it.
    #[error("the provider wants to ask something first; sign in there, then begin again")]
    Interaction,
    /// The provider does not let somebody in whose address is not verified.
    #[error("the provider wants the e-mail address verified first; do that there, then begin again")]
    UnverifiedThere,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The redirect names another issuer than the one that was asked.
    #[error("it comes from another issuer than the one that was asked")]
    RedirectIssuer,
    /// The issuer says that it names itself in redirects, and this one does not.
    #[error("it does not name its issuer, which this provider always does")]
    RedirectIssuerMissing,
    /// The redirect carries an error that nobody has defined.
    #[error("it carries an error that no standard knows")]
    UnknownError,
    /// The code was used, is too old, or belongs to another browser, client or address.
    #[error("the code is used, too old, or of another sign-in")]
    Code,
    /// Discovery names another issuer than the one that was asked.
    #[error("discovery names another issuer; the issuer is to be configured as the provider spells it")]
    DiscoveryIssuer,
    /// Discovery names an address that must not be asked.
    #[error("discovery names an address that is not https")]
    Endpoint,
    /// Not what the protocol says: HTML, a missing field, a status that means nothing.
    #[error("it cannot be read")]
    Unreadable,
    /// More than 1 MiB.
    #[error("it is longer than 1 MiB")]
    TooLong,
    /// It sends us elsewhere, with our secret.
    #[error("it redirects, which is never followed")]
    Redirected,
    /// There is no ID token.
    #[error("the ID token is missing")]
    IdTokenMissing,
    /// Not signed, or in a way that is not accepted: RS256, ES256 and EdDSA are.
    #[error("the ID token is not signed by RS256, ES256 or EdDSA")]
    Algorithm,
    /// The issuer has no such key, also when its keys are fetched again.
    #[error("the ID token is signed with a key that the issuer does not publish")]
    Key,
    /// The signature is not of the key it names.
    #[error("the signature of the ID token is wrong")]
    Signature,
    /// Another issuer.
    #[error("the ID token is of another issuer")]
    Issuer,
    /// Not for us, or not for us alone.
    #[error("the ID token is not for this client alone")]
    Audience,
    /// Asked for by another client.
    #[error("the ID token was asked for by another client")]
    Party,
    /// Too old.
    #[error("the ID token has expired")]
    Expired,
    /// Of another sign-in.
    #[error("the ID token is of another sign-in")]
    Nonce,
    /// It says nobody, or two people.
    #[error("it does not say clearly whom it is about")]
    Subject,
}

/// Why a provider cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    /// No connection, or none that lasted.
    #[error("no answer arrived")]
    Silent(#[source] reqwest::Error),
    /// It answers that it cannot.
    #[error("the provider answered {0}")]
    Status(u16),
    /// It sent the browser back with the word that it cannot.
    #[error("the provider says that it is not available")]
    Said,
}

/// What an operator must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Setting {
    /// The short name.
    #[error("its id must be 1 to 40 of a-z, 0-9 and -")]
    Id,
    /// The client id or secret is empty.
    #[error(
        "it needs a client id and a client secret; the provider shows both where the client is registered"
    )]
    Client,
    /// An address is none, or is not https.
    #[error(
        "its addresses must be https, without a name, a query or a fragment; http is for this machine only"
    )]
    Address,
    /// The redirect address is none, or is not https.
    #[error("the redirect address must be https and without a fragment; http is for this machine only")]
    RedirectUri,
    /// There is no issuer at this address.
    #[error("there is no OpenID issuer at its address; compare it with the provider's documentation")]
    Issuer,
    /// The provider does not know client id and secret.
    #[error("the provider refuses the client; compare client id and secret with what the provider shows")]
    ClientRefused,
    /// The provider does not answer to our address.
    #[error(
        "the provider refuses the redirect address; register exactly the one that this installation uses"
    )]
    RedirectUriRefused,
    /// The provider does not do what we ask of it.
    #[error(
        "the provider refuses the request; the client must be allowed the code flow and the e-mail scope there"
    )]
    RequestRefused,
    /// TLS cannot be set up.
    #[error("no root certificates can be read; install the package ca-certificates")]
    Certificates,
}

impl OauthError {
    /// A name that stays, for answers, logs and dashboards.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Invalid(flaw) => flaw.code(),
            Self::Away(_) => "oauth_away",
            Self::Misconfigured(setting) => setting.code(),
        }
    }

    pub(crate) fn silent(error: reqwest::Error) -> Self {
        // An address can hold what nobody should read, so it is not part of the error.
        Self::Away(Outage::Silent(error.without_url()))
    }
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::Denied => "oauth_refused_denied",
            Self::Interaction => "oauth_refused_interaction",
            Self::UnverifiedThere => "oauth_refused_unverified_there",
        }
    }
}

impl Flaw {
    const fn code(self) -> &'static str {
        match self {
            Self::RedirectIssuer => "oauth_invalid_redirect_issuer",
            Self::RedirectIssuerMissing => "oauth_invalid_redirect_issuer_missing",
            Self::UnknownError => "oauth_invalid_unknown_error",
            Self::Code => "oauth_invalid_code",
            Self::DiscoveryIssuer => "oauth_invalid_discovery_issuer",
            Self::Endpoint => "oauth_invalid_endpoint",
            Self::Unreadable => "oauth_invalid_unreadable",
            Self::TooLong => "oauth_invalid_too_long",
            Self::Redirected => "oauth_invalid_redirected",
            Self::IdTokenMissing => "oauth_invalid_id_token_missing",
            Self::Algorithm => "oauth_invalid_algorithm",
            Self::Key => "oauth_invalid_key",
            Self::Signature => "oauth_invalid_signature",
            Self::Issuer => "oauth_invalid_issuer",
            Self::Audience => "oauth_invalid_audience",
            Self::Party => "oauth_invalid_party",
            Self::Expired => "oauth_invalid_expired",
            Self::Nonce => "oauth_invalid_nonce",
            Self::Subject => "oauth_invalid_subject",
        }
    }
}

impl Setting {
    const fn code(self) -> &'static str {
        match self {
            Self::Id => "oauth_misconfigured_id",
            Self::Client => "oauth_misconfigured_client",
            Self::Address => "oauth_misconfigured_address",
            Self::RedirectUri => "oauth_misconfigured_redirect_uri",
            Self::Issuer => "oauth_misconfigured_issuer",
            Self::ClientRefused => "oauth_misconfigured_client_refused",
            Self::RedirectUriRefused => "oauth_misconfigured_redirect_uri_refused",
            Self::RequestRefused => "oauth_misconfigured_request_refused",
            Self::Certificates => "oauth_misconfigured_certificates",
        }
    }
}

impl From<Flaw> for OauthError {
    fn from(flaw: Flaw) -> Self {
        Self::Invalid(flaw)
    }
}

impl From<Setting> for OauthError {
    fn from(setting: Setting) -> Self {
        Self::Misconfigured(setting)
    }
}
