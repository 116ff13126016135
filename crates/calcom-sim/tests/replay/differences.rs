//! Where the simulator is knowingly unlike the recordings.

#[derive(PartialEq, Eq)]
pub enum Kind {
    /// What the simulator says is as recorded, but it says less.
    FewerFields,
}

pub struct Difference {
    pub recording: u32,
    pub kind: Kind,
    #[expect(dead_code, reason = "for the reader")]
    pub why: &'static str,
}

const OLD_SHAPE: &str = "version 2024-04-15 answers with the columns of the web app's own tables; the simulator has the shape and the facts, so that a client without the version header fails as it would";

pub const DIFFERENCES: &[Difference] = &[
    Difference { recording: 28, kind: Kind::FewerFields, why: OLD_SHAPE },
    Difference { recording: 29, kind: Kind::FewerFields, why: OLD_SHAPE },
    Difference { recording: 168, kind: Kind::FewerFields, why: OLD_SHAPE },
];
