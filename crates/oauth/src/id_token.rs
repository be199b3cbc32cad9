//! Whether an ID token is what it says.

use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::discovery::Metadata;
use crate::provider::Issuer;
use crate::{Client, Flaw, OauthError};

/// Whoever can check one of these cannot make one. With HS256 the key is the client secret, and with `none` there is no
/// key; neither is accepted, whatever the issuer says of itself.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

impl Client {
    /// What the token says, when all of it may be believed: signature, issuer, audience, party, time, nonce.
    pub(crate) async fn verified(
        &self,
        issuer: &Issuer,
        metadata: &Metadata,
        id_token: &CoreIdToken,
        nonce: &SecretString,
    ) -> Result<CoreIdTokenClaims, OauthError> {
        let nonce = Nonce::new(nonce.expose_secret().to_owned());
        let keys = self.keys(metadata).await?;
        let claims = match self.claims(issuer, &keys, id_token, &nonce) {
            // The issuer may have a new key since we looked. Once: a forger could otherwise have us ask for ever.
            Err(Flaw::Key) => {
                let keys = self.new_keys(metadata).await?;
                self.claims(issuer, &keys, id_token, &nonce)?
            }
            claims => claims?,
        };
        Ok(claims)
    }

    fn claims(
        &self,
        issuer: &Issuer,
        keys: &CoreJsonWebKeySet,
        id_token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, Flaw> {
        let client_id = ClientId::new(self.provider.client_id.clone());
        let issuer = IssuerUrl::new(issuer.text.clone()).map_err(|_| Flaw::Issuer)?;
        // A public client, for it is not to know our secret: there is nothing to check with it.
        let verifier = CoreIdTokenVerifier::new_public_client(client_id, issuer, keys.clone())
            .set_allowed_algs(ALGORITHMS);
        let claims = id_token.claims(&verifier, nonce).map_err(|error| flaw(&error))?;
        // The crate leaves this one out. Another client may be trusted by the issuer, and is not by us.
        if claims.authorized_party().is_some_and(|party| **party != self.provider.client_id) {
            return Err(Flaw::Party);
        }
        Ok(claims.clone())
    }
}

fn flaw(error: &ClaimsVerificationError) -> Flaw {
    match error {
        ClaimsVerificationError::Expired(_) => Flaw::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Flaw::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Flaw::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Flaw::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => Flaw::Subject,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoMatchingKey => Flaw::Key,
            SignatureVerificationError::NoSignature
            | SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_) => Flaw::Algorithm,
            _ => Flaw::Signature,
        },
        _ => Flaw::Unreadable,
    }
}
