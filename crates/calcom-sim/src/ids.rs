//! Every uid and uuid the simulator hands out, drawn from one seed, so that a run can be repeated.
//! Numbers (`id`) are counted by the tables themselves and do not belong here.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The alphabet of Cal.com's short uids: base 58 without the characters people confuse.
const ALPHABET: &[u8; 58] = b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
const UID_LENGTH: usize = 22;

pub(crate) struct Ids {
    /// What `rng` began with.
    seed: u64,
    rng: StdRng,
}

impl Ids {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self { seed, rng: StdRng::seed_from_u64(seed) }
    }

    /// Begins anew with a seed drawn from the old one, so that the seed alone says what comes next. What has
    /// been drawn is not drawn again.
    pub(crate) fn begin_anew(&mut self) {
        *self = Self::from_seed(self.rng.random());
    }

    /// A booking uid: 22 characters.
    pub(crate) fn uid(&mut self) -> String {
        (0..UID_LENGTH).map(|_| char::from(ALPHABET[self.rng.random_range(0..ALPHABET.len())])).collect()
    }

    /// A random (version 4) uuid: webhook ids, reservations, request ids.
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = [0_u8; 16];
        self.rng.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

/// Only right after [`Ids::begin_anew`] does the seed tell all.
impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(self.seed)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        u64::deserialize(from).map(Self::from_seed)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_gives_others() {
        let draw = |seed| {
            let mut ids = Ids::from_seed(seed);
            (ids.uid(), ids.uuid(), ids.uid())
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(draw(7).0.len(), 22);
    }
}
