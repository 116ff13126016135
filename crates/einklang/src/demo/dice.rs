//! Chance that repeats itself, so that the sample weeks look alike on every start.

use engine::Entropy;
use engine::ambient::SeededEntropy;

pub struct Dice(SeededEntropy);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number from 0 to `sides - 1`; 0 if there are no sides.
    pub fn roll(&self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        // The few sides of the demo make the bias of a remainder too small to see.
        usize::try_from(u64::from_le_bytes(bytes) % sides.max(1) as u64).unwrap_or(0)
    }

    /// Whether something of this likelihood happens.
    pub fn percent(&self, likelihood: usize) -> bool {
        self.roll(100) < likelihood
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        let sides = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.roll(sides)).unwrap_or(0)
    }

    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.roll(from.len()))
    }
}
