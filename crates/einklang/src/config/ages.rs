//! How long what is old is kept: `bodies=30d logs=90d timelines=730d`, each class perhaps `ever`.

use engine::retention::Keep;
use jiff::SignedDuration;

/// As it is unless somebody configures it.
pub const USUAL: &str = "bodies=30d logs=90d timelines=730d keys=30d transcripts=30d calls=90d messages=90d \
    reviews=730d sessions=30d";
/// What the pages tell of the last thirty days stands in these.
const A_MONTH: SignedDuration = SignedDuration::from_hours(24 * 31);

/// Reads it; classes that are not named are kept as long as usual.
pub fn keep(text: &str) -> Result<Keep, String> {
    let mut keep = Keep::default();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let (class, age) = word.split_once('=').ok_or_else(|| wrong(word))?;
        let age = match age {
            "ever" => None,
            age => Some(days(age).ok_or_else(|| wrong(word))?),
        };
        let of = match class {
            "bodies" => &mut keep.bodies,
            "logs" => &mut keep.logs,
            "timelines" => &mut keep.timelines,
            "keys" => &mut keep.keys,
            "transcripts" => &mut keep.transcripts,
            "calls" => &mut keep.calls,
            "messages" => &mut keep.messages,
            "reviews" => &mut keep.reviews,
            "sessions" => &mut keep.sessions,
            _ => return Err(wrong(word)),
        };
        *of = age;
    }
    for (class, age) in [("logs", keep.logs), ("messages", keep.messages), ("reviews", keep.reviews)] {
        if age.is_some_and(|age| age < A_MONTH) {
            return Err(format!("{class} are kept for 31d at least: the pages tell of the last thirty days"));
        }
    }
    Ok(keep)
}

/// Whole days: `30d`.
fn days(text: &str) -> Option<SignedDuration> {
    let days: u16 = text.strip_suffix('d')?.parse().ok()?;
    (days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days)))
}

fn wrong(word: &str) -> String {
    format!(
        "{word:?} is not like bodies=30d or logs=ever; the classes are bodies, logs, timelines, keys, transcripts, \
         calls, messages, reviews and sessions"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_days_and_those_that_are_not_named_are_usual() {
        assert_eq!(keep(USUAL), Ok(Keep::default()));
        assert_eq!(keep(""), Ok(Keep::default()));
        let day = Some(SignedDuration::from_hours(24));
        assert_eq!(
            keep("bodies=1d, timelines=ever"),
            Ok(Keep { bodies: day, timelines: None, ..Keep::default() })
        );
        for short in ["logs=30d", "messages=7d", "reviews=1d"] {
            assert!(keep(short).unwrap_err().contains("31d"), "{short}");
        }
        for wrong in
            ["bodies", "bodies=", "bodies=0d", "bodies=-1d", "bodies=30", "moon=1d", "logs=1h", "ever"]
        {
            assert!(keep(wrong).unwrap_err().contains("bodies=30d"), "{wrong}");
        }
    }
}
