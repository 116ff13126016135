//! Is a delivery genuine: the HMAC of its raw body.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header that carries the signature; header names are compared without case.
pub const SIGNATURE_HEADER: &str = "X-Cal-Signature-256";

/// What Cal.com sends instead of a signature when the registration has no secret.
pub const UNSIGNED: &str = "no-secret-provided";

/// Why a delivery is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The header is not there.
    #[error("the delivery carries no signature")]
    Missing,
    /// The registration at Cal.com has no secret: it has to be set there.
    #[error("the webhook is registered at Cal.com without a secret")]
    Unsigned,
    /// The header is not 64 hexadecimal digits.
    #[error("the signature is malformed")]
    Malformed,
    /// Another secret, or another body.
    #[error("the signature does not match")]
    Mismatch,
    /// An empty secret on this side would accept what anybody can sign.
    #[error("there is no secret to check the signature with")]
    NoSecret,
}

/// Checks the signature of `raw_body`, byte by byte as it was received, in constant time.
pub fn verify(secret: &SecretString, raw_body: &[u8], header: Option<&str>) -> Result<(), Refusal> {
    if secret.expose_secret().is_empty() {
        return Err(Refusal::NoSecret);
    }
    let header = header.map(str::trim).filter(|text| !text.is_empty()).ok_or(Refusal::Missing)?;
    if header == UNSIGNED {
        return Err(Refusal::Unsigned);
    }
    let mut told = [0; 32];
    hex::decode_to_slice(header, &mut told).map_err(|_| Refusal::Malformed)?;
    if bool::from(mac(secret, raw_body).ct_eq(&told)) { Ok(()) } else { Err(Refusal::Mismatch) }
}

/// The signature Cal.com would send: lower-case hexadecimal HMAC-SHA256 of the body.
pub fn sign(secret: &SecretString, raw_body: &[u8]) -> String {
    hex::encode(mac(secret, raw_body))
}

fn mac(secret: &SecretString, raw_body: &[u8]) -> [u8; 32] {
    // Cannot fail: HMAC takes keys of any length.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("any length is a key");
    mac.update(raw_body);
    mac.finalize().into_bytes().into()
}
