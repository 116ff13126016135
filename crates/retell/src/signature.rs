//! The signature on everything that Retell sends: `X-Retell-Signature: v=<unix ms>,d=<64 hex>`, an
//! HMAC-SHA256 with the API key over the raw body followed by the decimal time.
//!
//! Verify the bytes as they arrived, before any JSON layer. The key belongs to one workspace: find the
//! company by something in the URL first, never by the body's content.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header's name, in the lower case of HTTP/2.
pub const SIGNATURE_HEADER: &str = "x-retell-signature";

/// How far the signed time may lie from ours, to either side; exactly this far is still accepted.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Why a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature header is missing")]
    Missing,
    #[error("the signature header is not `v=<milliseconds>,d=<64 hex digits>`")]
    Malformed,
    /// Replayed, or one of the two clocks is wrong by more than [`WINDOW`].
    #[error("the signature is too old or from the future")]
    Stale,
    #[error("the signature does not match the body and the key")]
    Wrong,
}

/// Checks the header against the raw body. The digest is compared in constant time.
///
/// An empty key is nobody's key and matches nothing. The reasons are for logs and counters; the
/// sender is told the same for all of them.
pub fn verify(
    key: &str,
    raw_body: &[u8],
    header: Option<&str>,
    now: Timestamp,
) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let (time, digest) = parse(header).ok_or(SignatureError::Malformed)?;
    let signed_at = time.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let age = now.duration_since(signed_at.ok_or(SignatureError::Malformed)?);
    if age.abs() > WINDOW {
        return Err(SignatureError::Stale);
    }
    let matches: bool = mac(key, raw_body, time).ct_eq(&digest).into();
    if matches && !key.is_empty() { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// The header that Retell would send with this body: for tests, the demo and tools.
pub fn sign(key: &str, raw_body: &[u8], at: Timestamp) -> String {
    let time = at.as_millisecond().to_string();
    let mut header = format!("v={time},d=");
    for byte in mac(key, raw_body, &time) {
        // Writing to a String cannot fail.
        let _ = write!(header, "{byte:02x}");
    }
    header
}

fn parse(header: &str) -> Option<(&str, [u8; 32])> {
    let (time, digest) = header.strip_prefix("v=")?.split_once(",d=")?;
    let digits = !time.is_empty() && time.bytes().all(|b| b.is_ascii_digit());
    let mut bytes = [0; 32];
    hex::decode_to_slice(digest, &mut bytes).ok()?;
    digits.then_some((time, bytes))
}

fn mac(key: &str, raw_body: &[u8], time: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .expect("HMAC takes keys of every length: the only error is a length that the hash refuses");
    mac.update(raw_body);
    mac.update(time.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "key_test_0000000000000000";
    const TIME: i64 = 1_767_225_600_000;
    const FUNCTION: &str = r#"{"name":"check_availability","args":{"service":"Damenhaarschnitt","date":"2026-10-05"},"call":{"call_id":"call_0123456789abcdef"}}"#;
    const FUNCTION_HEADER: &str =
        "v=1767225600000,d=6dc74de6c1383400e1525ee4a1bd79d557c3f3640d0c832ddbfabf80a73d6296";
    const UMLAUT: &str = r#"{"event":"call_ended","call":{"call_id":"call_1","transcript":"Grüß Gott"}}"#;
    const UMLAUT_HEADER: &str =
        "v=1767225600000,d=36bea5ec983af0f886a005696c561ab5165668c28fa196c8567708f995a7c05a";

    fn at(offset: i64) -> Timestamp {
        Timestamp::from_millisecond(TIME + offset).unwrap()
    }

    #[test]
    fn signs_and_verifies_what_the_sdk_signs() {
        for (body, header, bytes) in [(FUNCTION, FUNCTION_HEADER, 130), (UMLAUT, UMLAUT_HEADER, 77)] {
            assert_eq!(body.len(), bytes);
            assert_eq!(sign(KEY, body.as_bytes(), at(0)), header);
            assert_eq!(verify(KEY, body.as_bytes(), Some(header), at(0)), Ok(()));
        }
        let upper = FUNCTION_HEADER.replace("6dc74de6", "6DC74DE6");
        assert_eq!(verify(KEY, FUNCTION.as_bytes(), Some(&upper), at(0)), Ok(()));
    }

    #[test]
    fn five_minutes_are_inclusive_on_both_sides() {
        let at_offset = |ms| verify(KEY, FUNCTION.as_bytes(), Some(FUNCTION_HEADER), at(ms));
        assert_eq!(at_offset(300_000), Ok(()));
        assert_eq!(at_offset(-300_000), Ok(()));
        assert_eq!(at_offset(300_001), Err(SignatureError::Stale));
        assert_eq!(at_offset(-300_001), Err(SignatureError::Stale));
    }

    #[test]
    fn refuses_with_the_reason() {
        let body = FUNCTION.as_bytes();
        let with_header = |header: &str| verify(KEY, body, Some(header), at(0));
        assert_eq!(verify(KEY, body, None, at(0)), Err(SignatureError::Missing));
        let digest = &FUNCTION_HEADER[16..];
        for malformed in [
            "",
            "v=,d=00",
            "v=1767225600000",
            digest,
            &FUNCTION_HEADER[..FUNCTION_HEADER.len() - 1],
            &format!("v=1767225600000,{digest} "),
            &format!(" {FUNCTION_HEADER}"),
            &format!("v=-1,{digest}"),
            &format!("v=+1767225600000,{digest}"),
            &format!("v=99999999999999999999,{digest}"),
        ] {
            assert_eq!(with_header(malformed), Err(SignatureError::Malformed), "{malformed:?}");
        }
        assert_eq!(verify("another key", body, Some(FUNCTION_HEADER), at(0)), Err(SignatureError::Wrong));
        assert_eq!(verify(KEY, b"{}", Some(FUNCTION_HEADER), at(0)), Err(SignatureError::Wrong));
        let later = FUNCTION_HEADER.replace("v=1767225600000", "v=1767225600001");
        assert_eq!(with_header(&later), Err(SignatureError::Wrong));
        assert_eq!(verify("", body, Some(&sign("", body, at(0))), at(0)), Err(SignatureError::Wrong));
    }
}
