//! Secrets at rest: API keys, webhook secrets and signing keys are sealed with XChaCha20-Poly1305 before
//! they are stored. The company and the name of the field are bound in, so that a sealed value that is
//! copied to another company's row does not open. What only has to be recognised is kept as a keyed hash
//! (HMAC-SHA256), which whoever has the database but not the key cannot search for, however short the secret is.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::CompanyId;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use crate::ambient::Ambient;

/// First byte of what is sealed: which key and which form.
const FORM: u8 = 1;
const NONCE: usize = 24;

/// Seals and opens secrets with the installation's key.
pub struct Vault {
    key: SecretBox<[u8; 32]>,
}

/// A sealed value that does not open: another key, another row, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret does not open: was EINKLANG_SECRET_KEY changed?")]
pub struct Unopenable;

impl Vault {
    /// A vault with the key that is derived from `secret_key` (any text of good entropy).
    pub fn new(secret_key: &SecretString) -> Self {
        let digest = Sha256::digest(secret_key.expose_secret().as_bytes());
        Self { key: SecretBox::new(Box::new(digest.into())) }
    }

    /// Seals `secret` for one field of one company.
    pub fn seal(&self, ambient: &Ambient, company: CompanyId, field: &str, secret: &SecretString) -> Vec<u8> {
        let nonce = ambient.bytes::<NONCE>();
        let aad = format!("{company}/{field}");
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: aad.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        // The cipher fails only for texts of more than 256 GiB.
        let sealed = sealed.expect("a secret is shorter than 256 GiB");
        [&[FORM][..], &nonce, &sealed].concat()
    }

    /// Opens what [`Vault::seal`] sealed for the same field of the same company.
    ///
    /// # Errors
    /// [`Unopenable`] for everything else.
    pub fn open(&self, company: CompanyId, field: &str, sealed: &[u8]) -> Result<SecretString, Unopenable> {
        let (form, rest) = sealed.split_first().ok_or(Unopenable)?;
        let (nonce, text) = rest.split_at_checked(NONCE).ok_or(Unopenable)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Unopenable)?;
        if *form != FORM {
            return Err(Unopenable);
        }
        let aad = format!("{company}/{field}");
        let payload = Payload { msg: text, aad: aad.as_bytes() };
        let opened = self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| Unopenable)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| Unopenable)
    }

    /// What a secret of one field of one company is recognised by.
    pub fn hash(&self, company: CompanyId, field: &str, secret: &SecretString) -> Vec<u8> {
        self.hashed(company, field, secret).finalize().into_bytes().to_vec()
    }

    /// Whether this is the secret of a hash, in constant time.
    pub fn is_hash_of(&self, company: CompanyId, field: &str, secret: &SecretString, hash: &[u8]) -> bool {
        self.hashed(company, field, secret).verify_slice(hash).is_ok()
    }

    fn hashed(&self, company: CompanyId, field: &str, secret: &SecretString) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret())
            .expect("HMAC takes keys of every length: the only error is a length that the hash refuses");
        mac.update(format!("hash/{company}/{field}\n").as_bytes());
        mac.update(secret.expose_secret().as_bytes());
        mac
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.expose_secret().into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ambient::{ManualClock, SeededEntropy};

    #[test]
    fn a_secret_opens_only_where_it_was_sealed() {
        let ambient = Ambient::new(
            Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH)),
            Arc::new(SeededEntropy::new(1)),
        );
        let vault = Vault::new(&"a key".into());
        let (ours, theirs) = (CompanyId(ambient.id()), CompanyId(ambient.id()));
        let sealed = vault.seal(&ambient, ours, "api_key", &"cal_live_x".into());
        assert_eq!(vault.open(ours, "api_key", &sealed).unwrap().expose_secret(), "cal_live_x");
        assert!(vault.open(theirs, "api_key", &sealed).is_err());
        assert!(vault.open(ours, "webhook_secret", &sealed).is_err());
        assert!(Vault::new(&"another key".into()).open(ours, "api_key", &sealed).is_err());
        assert!(!sealed.windows(4).any(|window| window == b"cal_"));
        let mut damaged = sealed.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(vault.open(ours, "api_key", &damaged).is_err());
        assert!(vault.open(ours, "api_key", b"").is_err());
    }

    #[test]
    fn a_hash_recognises_its_own_secret_alone() {
        let (ours, theirs) = (CompanyId(uuid::Uuid::from_u128(1)), CompanyId(uuid::Uuid::from_u128(2)));
        let vault = Vault::new(&"a key".into());
        let hash = vault.hash(ours, "code 1", &"471108".into());
        assert!(vault.is_hash_of(ours, "code 1", &"471108".into(), &hash));
        assert!(!vault.is_hash_of(ours, "code 1", &"471109".into(), &hash));
        assert!(!vault.is_hash_of(ours, "code 2", &"471108".into(), &hash));
        assert!(!vault.is_hash_of(theirs, "code 1", &"471108".into(), &hash));
        assert!(!Vault::new(&"another key".into()).is_hash_of(ours, "code 1", &"471108".into(), &hash));
        assert!(!vault.is_hash_of(ours, "code 1", &"471108".into(), b""));
    }
}
