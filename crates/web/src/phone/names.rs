//! Which service, person or branch a caller means. What is not certain is asked, never guessed.

/// What a spoken name leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Meant<'a, T> {
    /// This one, and no other.
    One(&'a T),
    /// Any of these.
    Several(Vec<&'a T>),
    /// None; these sound most like it.
    Unknown(Vec<&'a T>),
}

/// How many names a question lists: a caller cannot remember more.
const LISTED: usize = 3;

/// Finds what is meant among `items`: the same name, else one that contains it or is contained in it.
/// Letters and digits count, their case and signs do not.
pub fn meant<'a, T>(spoken: &str, items: &'a [T], name: impl Fn(&T) -> &str) -> Meant<'a, T> {
    let spoken = squeezed(spoken);
    let named = |test: &dyn Fn(&str) -> bool| -> Vec<&'a T> {
        items.iter().filter(|item| test(&squeezed(name(item)))).collect()
    };
    let same = named(&|name| name == spoken);
    let found = if same.is_empty() {
        named(&|name| !spoken.is_empty() && (within(&spoken, name) || within(name, &spoken)))
    } else {
        same
    };
    match found[..] {
        [] => Meant::Unknown(closest(&spoken, items, &name)),
        [one] => Meant::One(one),
        _ => Meant::Several(found.into_iter().take(LISTED).collect()),
    }
}

/// Finds a person, also by one of their names: "bei Anna", "zu Frau Weber".
pub fn person<'a, T>(spoken: &str, items: &'a [T], name: impl Fn(&T) -> &str) -> Meant<'a, T> {
    const TITLES: [&str; 10] = ["frau", "herr", "herrn", "bei", "zu", "mrs", "mr", "ms", "with", "der"];
    let spoken = folded(spoken);
    let words: Vec<_> = spoken.split(' ').filter(|word| !TITLES.contains(word)).collect();
    let bare = words.join(" ");
    match meant(&bare, items, &name) {
        Meant::Unknown(closest) => {
            let shares =
                |item: &&T| folded(name(item)).split(' ').any(|part| part.len() > 2 && words.contains(&part));
            let found: Vec<_> = items.iter().filter(shares).collect();
            match found[..] {
                [] => Meant::Unknown(closest),
                [one] => Meant::One(one),
                _ => Meant::Several(found.into_iter().take(LISTED).collect()),
            }
        }
        found => found,
    }
}

/// Whether `part` occurs in `whole`; less than three letters occur everywhere and say nothing.
fn within(part: &str, whole: &str) -> bool {
    part.chars().count() > 2 && whole.contains(part)
}

/// Lower case, umlauts spelled out, signs as blanks.
pub fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => words.push_str("ae"),
            'ö' => words.push_str("oe"),
            'ü' => words.push_str("ue"),
            'ß' => words.push_str("ss"),
            c if c.is_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Folded, in one word: where a compound is parted is a matter of taste.
fn squeezed(text: &str) -> String {
    folded(text).replace(' ', "")
}

/// The names that share most pairs of letters with it; without any likeness, the first ones.
fn closest<'a, T>(spoken: &str, items: &'a [T], name: &impl Fn(&T) -> &str) -> Vec<&'a T> {
    let pairs = |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let wanted = pairs(spoken);
    let likeness = |item: &T| {
        let mut theirs = pairs(&squeezed(name(item)));
        let all = wanted.len() + theirs.len();
        let shared = wanted.iter().filter(|pair| {
            let at = theirs.iter().position(|other| other == *pair);
            at.is_some_and(|at| {
                theirs.swap_remove(at);
                true
            })
        });
        // Dice's coefficient, in thousandths.
        2_000 * shared.count() / all.max(1)
    };
    let mut ranked: Vec<_> = items.iter().map(|item| (likeness(item), item)).collect();
    ranked.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    ranked.into_iter().take(LISTED).map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: [&str; 6] = [
        "Damenhaarschnitt",
        "Herrenhaarschnitt",
        "Färben",
        "Kinderhaarschnitt",
        "Balayage",
        "Föhnen & Styling",
    ];

    fn service(spoken: &str) -> Meant<'static, &'static str> {
        meant(spoken, &SERVICES, |name| name)
    }

    #[test]
    fn a_service_is_meant_or_asked_for() {
        for (spoken, index) in [
            ("DAMEN-haarschnitt", 0),
            ("faerben", 2),
            ("Färben bitte", 2),
            ("Föhnen", 5),
            ("eine Balayage", 4),
        ] {
            assert_eq!(service(spoken), Meant::One(&SERVICES[index]), "{spoken}");
        }
        let several = service("Haarschnitt");
        assert_eq!(several, Meant::Several(vec![&SERVICES[0], &SERVICES[1], &SERVICES[3]]));
        assert!(
            matches!(service("Föhnen und Styling"), Meant::Unknown(closest) if closest[0] == &SERVICES[5])
        );
        assert!(matches!(service("Balajasch"), Meant::Unknown(closest) if closest[0] == &"Balayage"));
        for nothing in ["", "a", "?!", "  "] {
            assert!(matches!(service(nothing), Meant::Unknown(closest) if closest.len() == 3), "{nothing:?}");
        }
    }

    #[test]
    fn a_person_is_known_by_any_of_their_names() {
        let staff = ["Anna Weber", "Ben Yıldız", "Anna-Lena Große", "Jo Li"];
        let person = |spoken| person(spoken, &staff, |name| name);
        assert_eq!(person("Frau Weber"), Meant::One(&staff[0]));
        assert_eq!(person("bei Ben"), Meant::One(&staff[1]));
        assert_eq!(person("Grosse"), Meant::One(&staff[2]));
        assert_eq!(person("Jo Li"), Meant::One(&staff[3]));
        assert_eq!(person("Anna"), Meant::Several(vec![&staff[0], &staff[2]]));
        assert!(matches!(person("Dieter"), Meant::Unknown(_)));
    }
}
