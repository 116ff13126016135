//! Passwords: Argon2id, in PHC form. Which ones are good enough is decided here too, for every entrance.

use argon2::{
    Argon2, PasswordHasher as _,
    password_hash::{PasswordVerifier as _, phc::PasswordHash},
};
use engine::Ambient;
use secrecy::{ExposeSecret as _, SecretString};

/// Characters of the shortest password (OWASP ASVS 5.0, 6.2.1; no rules of composition, 6.2.5).
pub const SHORTEST: usize = 12;
/// Characters of the longest password: what a password manager makes fits in, a denial of service does not.
pub const LONGEST: usize = 128;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the password is shorter than {SHORTEST} characters")]
    TooShort,
    #[error("the password is longer than {LONGEST} characters")]
    TooLong,
}

/// The hash of a new password, with a salt of its own. Takes tens of milliseconds of one core.
///
/// # Errors
/// [`Unfit`] if it is too short or too long.
pub fn hash_password(ambient: &Ambient, password: &SecretString) -> Result<String, Unfit> {
    match password.expose_secret().chars().count() {
        0..SHORTEST => Err(Unfit::TooShort),
        SHORTEST..=LONGEST => Ok(hash(password, &ambient.bytes::<16>())),
        _ => Err(Unfit::TooLong),
    }
}

fn hash(password: &SecretString, salt: &[u8; 16]) -> String {
    let hash: Result<PasswordHash, _> =
        Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), salt);
    // It fails for salts of other lengths and passwords of gigabytes.
    hash.expect("the salt has 16 bytes and the password at most 512").to_string()
}

/// Whether this is the password. Without a hash (nobody has this address) it takes as long and says no, so
/// that the time of an answer does not tell who exists. Takes tens of milliseconds of one core.
pub fn verify_password(password: &SecretString, stored: Option<&str>) -> bool {
    if password.expose_secret().chars().count() > LONGEST {
        return false;
    }
    let Some(stored) = stored else {
        hash(password, &[0; 16]);
        return false;
    };
    let Ok(stored) = PasswordHash::new(stored) else {
        tracing::error!("a stored password hash cannot be read");
        return false;
    };
    Argon2::default().verify_password(password.expose_secret().as_bytes(), &stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_salted_and_only_itself() {
        let ambient = Ambient::system();
        let password = SecretString::from("correct horse battery");
        let [one, two] = [1, 2].map(|_| hash_password(&ambient, &password).unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != two);
        assert!(verify_password(&password, Some(&one)) && verify_password(&password, Some(&two)));
        assert!(!verify_password(&"correct horse batterx".into(), Some(&one)));
        assert!(!verify_password(&password, None));
        assert!(!verify_password(&password, Some("$argon2id$nonsense")));
    }

    #[test]
    fn length_is_the_only_rule() {
        let ambient = Ambient::system();
        let try_length = |n| hash_password(&ambient, &"ä".repeat(n).into()).map(|_| ());
        assert_eq!(try_length(11), Err(Unfit::TooShort));
        assert_eq!(try_length(12), Ok(()));
        assert_eq!(try_length(128), Ok(()));
        assert_eq!(try_length(129), Err(Unfit::TooLong));
        assert!(!verify_password(&"x".repeat(1_000_000).into(), None));
    }
}
