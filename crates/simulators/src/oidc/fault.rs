//! The ways in which a provider can fail, lie, or be impersonated.

/// The list is written once: a variant that is missing in `ALL` cannot exist.
macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A way to misbehave. Those of the ID token and of discovery change nothing at the GitHub-like provider, which
        /// has neither.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

faults! {
    /// Discovery names another issuer.
    DiscoveryOtherIssuer,
    /// Discovery sends the client secret over plain HTTP to another machine.
    DiscoveryPlainEndpoint,
    /// Discovery answers 503.
    DiscoveryAway,
    /// Discovery does not end after 1 MiB.
    DiscoveryHuge,
    /// Every token is signed with a new key, and only that one is published.
    KeysRotate,
    /// The keys are no JSON.
    KeysHtml,

    /// The person says no.
    AccessDenied,
    /// The redirect names the issuer (RFC 9207). Right, and rare enough to be listed here.
    Iss,
    /// The redirect names another issuer.
    IssWrong,
    /// Discovery promises the issuer in the redirect, and it is not there.
    IssLeftOut,

    /// Codes count as older than ten minutes.
    CodesExpire,
    /// Answers 500 for a token.
    TokenFails,
    /// Answers with a page and status 200.
    TokenHtml,
    /// Answers late, but answers.
    TokenLate,
    /// Never answers.
    TokenHangs,
    /// Answers a byte now and then, for ever.
    TokenDrips,
    /// Answers more than 1 MiB.
    TokenHuge,
    /// Sends the client, with its secret, to another address.
    TokenRedirects,
    /// Says what is wrong in its own words, with the secret it was given in them.
    TokenQuotes,

    /// No ID token.
    IdTokenLeftOut,
    /// Something that is no token at all.
    IdTokenGarbage,
    /// For another sign-in.
    WrongNonce,
    /// For no sign-in in particular.
    NoNonce,
    /// For another client.
    WrongAudience,
    /// For this client and another one.
    SecondAudience,
    /// Asked for by another client.
    WrongParty,
    /// Of another issuer.
    WrongIssuer,
    /// Too old.
    Expired,
    /// Not signed, and says so.
    AlgNone,
    /// Signed with the client secret, which the client itself could do.
    AlgHs256,
    /// Signed with a key that is not published.
    UnknownKey,
    /// Names a published key, and is signed with another one.
    ForgedSignature,
    /// About nobody.
    NoSubject,

    /// The address is not verified.
    EmailUnverified,
    /// There is no address.
    EmailLeftOut,
    /// The address stands in the userinfo and not in the ID token. Allowed, and done.
    EmailAtUserinfo,
    /// As before, and the userinfo is about somebody else.
    UserinfoOtherSubject,
    /// The ID token, rightly signed, is about somebody else: no client can know.
    OtherSubject,
}
