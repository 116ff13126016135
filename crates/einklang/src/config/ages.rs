//! How long what is old is kept: `bodies=30d logs=90d timelines=730d keys=30d calls=90d`, each perhaps `ever`.

use engine::retention::Keep;
use jiff::SignedDuration;

/// As it is unless somebody configures it.
pub const USUAL: &str = "bodies=30d logs=90d timelines=730d keys=30d calls=90d";

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
            "calls" => &mut keep.calls,
            _ => return Err(wrong(word)),
        };
        *of = age;
    }
    if keep.logs.is_some_and(|age| age < SignedDuration::from_hours(24 * 31)) {
        return Err("logs are kept for 31d at least: the overview tells of the last thirty days".to_owned());
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
        "{word:?} is not like bodies=30d or logs=ever; the classes are bodies, logs, timelines, keys and calls"
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
        assert!(keep("logs=30d").unwrap_err().contains("31d"));
        for wrong in
            ["bodies", "bodies=", "bodies=0d", "bodies=-1d", "bodies=30", "moon=1d", "logs=1h", "ever"]
        {
            assert!(keep(wrong).unwrap_err().contains("bodies=30d"), "{wrong}");
        }
    }
}
