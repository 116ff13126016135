//! Which service, person or branch a caller means, by the words of its name. What is not certain is asked, never guessed.

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

/// What the people of a call are called with, and what stands before a name without being one.
const TITLES: [&str; 23] = [
    "frau",
    "fraeulein",
    "herr",
    "herrn",
    "familie",
    "mrs",
    "mr",
    "ms",
    "miss",
    "mister",
    "sir",
    "madam",
    "dr",
    "doktor",
    "doctor",
    "prof",
    "professor",
    "med",
    "dent",
    "dipl",
    "ing",
    "rer",
    "nat",
];
const BEFORE_NAMES: [&str; 12] =
    ["bei", "zu", "zum", "zur", "mit", "with", "der", "die", "den", "dem", "von", "und"];

/// Finds the service that is meant among `items`: the same name, else one that has what was said in it, or is in it, as
/// words of their own or as the beginning or the end of a compound (`Haarschnitt` in `Damenhaarschnitt`). Letters and
/// digits count, their case and signs do not.
pub fn meant<'a, T>(spoken: &str, items: &'a [T], name: impl Fn(&T) -> &str) -> Meant<'a, T> {
    found(spoken, items, &name, Place::is_part)
}

/// Finds a branch: as [`meant`], but by whole words.
pub fn branch<'a, T>(spoken: &str, items: &'a [T], name: impl Fn(&T) -> &str) -> Meant<'a, T> {
    found(spoken, items, &name, Place::is_words)
}

/// Finds a person by whole words, also by one of their names: "bei Anna", "zu Frau Weber".
pub fn person<'a, T>(spoken: &str, items: &'a [T], name: impl Fn(&T) -> &str) -> Meant<'a, T> {
    let spoken = folded(spoken);
    let is_name = |word: &&str| !TITLES.contains(word) && !BEFORE_NAMES.contains(word);
    let words: Vec<_> = spoken.split(' ').filter(is_name).collect();
    match branch(&words.join(" "), items, &name) {
        Meant::Unknown(closest) => {
            let shares = |item: &&T| {
                folded(name(item)).split(' ').any(|part| part.chars().count() > 2 && words.contains(&part))
            };
            one_of(items.iter().filter(shares).collect(), || closest)
        }
        found => found,
    }
}

fn found<'a, T>(
    spoken: &str,
    items: &'a [T],
    name: &impl Fn(&T) -> &str,
    fits: fn(&Place) -> bool,
) -> Meant<'a, T> {
    let spoken = folded(spoken);
    let named = |test: &dyn Fn(&str) -> bool| -> Vec<&'a T> {
        items.iter().filter(|item| test(&folded(name(item)))).collect()
    };
    let same = named(&|name| squeezed(name) == squeezed(&spoken));
    let found = if same.is_empty() {
        let is_in = |part: &str, whole: &str| places(part, whole).iter().any(fits);
        named(&|name| is_in(&spoken, name) || is_in(name, &spoken))
    } else {
        same
    };
    one_of(found, || closest(&squeezed(&spoken), items, name))
}

fn one_of<'a, T>(found: Vec<&'a T>, otherwise: impl FnOnce() -> Vec<&'a T>) -> Meant<'a, T> {
    match found[..] {
        [] => Meant::Unknown(otherwise()),
        [one] => Meant::One(one),
        _ => Meant::Several(found.into_iter().take(LISTED).collect()),
    }
}

/// Where something that was said stands in a name, or the other way round.
struct Place {
    letters: usize,
    /// It begins, or ends, where a word does.
    begins: bool,
    ends: bool,
}

impl Place {
    /// As words of its own. A single letter says nothing.
    fn is_words(&self) -> bool {
        self.letters > 1 && self.begins && self.ends
    }

    /// At least as the beginning or the end of a compound. What has less than three letters says nothing.
    fn is_part(&self) -> bool {
        self.letters > 2 && (self.begins || self.ends)
    }
}

/// Where `part` stands in `whole`. Where words are parted is a matter of taste, so blanks in `part` do not count.
fn places(part: &str, whole: &str) -> Vec<Place> {
    let part = squeezed(part);
    if part.is_empty() {
        return Vec::new();
    }
    let (mut run, mut bounds) = (String::new(), vec![0]);
    for word in whole.split(' ') {
        run.push_str(word);
        bounds.push(run.len());
    }
    let place = |at: usize| Place {
        letters: part.chars().count(),
        begins: bounds.contains(&at),
        ends: bounds.contains(&(at + part.len())),
    };
    run.char_indices().filter(|(at, _)| run[*at..].starts_with(&part)).map(|(at, _)| place(at)).collect()
}

/// The first name by which somebody can be greeted: not a title, nor the only word behind one, which is a surname.
pub fn first(name: &str) -> Option<String> {
    // "Weber, Anna"
    let ordered = name.split_once(',').map_or(name.to_owned(), |(last, first)| format!("{first} {last}"));
    let is_title = |word: &&str| folded(word).split(' ').all(|word| TITLES.contains(&word));
    let titles = ordered.split_whitespace().filter(is_title).count();
    let mut names = ordered.split_whitespace().filter(|word| !is_title(word) && !folded(word).is_empty());
    let first = names.next()?.to_owned();
    (titles == 0 || names.next().is_some()).then_some(first)
}

/// Of a text the words that stand in `names`, or begin or end a word of theirs; all else is `•••`.
pub fn only<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<_> = names.map(folded).collect();
    let is_known = |word: &str| {
        let word = folded(word);
        names.iter().any(|name| places(&word, name).iter().any(Place::is_part))
    };
    let mut kept: Vec<&str> =
        text.split_whitespace().map(|it| if is_known(it) { it } else { "•••" }).collect();
    kept.dedup_by(|one, other| one == other);
    kept.join(" ")
}

/// Whether two names are one person's, as far as names tell: titles, accents and signs do not count.
pub fn is_same(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

/// What tells whose a name is: without titles, accents and signs.
pub fn bare(name: &str) -> String {
    let folded = folded(name);
    let words: Vec<_> = folded.split(' ').filter(|word| !TITLES.contains(word)).collect();
    if words.is_empty() { folded } else { words.join(" ") }
}

/// A name as it is written down: "Frau Dr. Lena Vogel" is Lena Vogel, and "Familie Vogel" stays.
pub fn untitled(name: &str) -> String {
    let is_title = |word: &&str| folded(word).split(' ').all(|word| TITLES.contains(&word));
    let words: Vec<_> = name.split_whitespace().filter(|word| !is_title(word)).collect();
    if words.len() < 2 { name.to_owned() } else { words.join(" ") }
}

/// Lower case, umlauts spelled out, other letters in their Latin form, signs as blanks.
pub fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => words.push_str("ae"),
            'ö' => words.push_str("oe"),
            'ü' => words.push_str("ue"),
            'ß' => words.push_str("ss"),
            c if c.is_alphanumeric() => {
                let latin = deunicode::deunicode_char(c).map_or_else(|| c.to_string(), str::to_lowercase);
                words.extend(latin.chars().filter(|c| c.is_alphanumeric()));
            }
            _ => words.push(' '),
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is folded, in one word.
fn squeezed(folded: &str) -> String {
    folded.replace(' ', "")
}

/// The names that share most pairs of letters with it; without any likeness, the first ones.
fn closest<'a, T>(spoken: &str, items: &'a [T], name: &impl Fn(&T) -> &str) -> Vec<&'a T> {
    let pairs = |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let wanted = pairs(spoken);
    let likeness = |item: &T| {
        let mut theirs = pairs(&squeezed(&folded(name(item))));
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

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
    fn a_compound_is_parted_where_people_part_it() {
        let services = ["Damenhaarschnitt", "Cut & Blow-dry", "Haar färben", "Bartpflege"];
        let service = |spoken| meant(spoken, &services, |name| name);
        for (spoken, index) in [
            ("Haarschnitt", 0),
            ("Damen Haarschnitt kurz", 0),
            ("cut", 1),
            ("blow dry", 1),
            ("das Haar färben", 2),
            ("Bart", 3),
            ("bitte Bart-Pflege", 3),
        ] {
            assert_eq!(service(spoken), Meant::One(&services[index]), "{spoken}");
        }
        // Letters in the middle are no words.
        for spoken in ["schnitt & Tönung", "ärbe", "aarschnit", "pfleg"] {
            assert!(matches!(service(spoken), Meant::Unknown(_)), "{spoken}");
        }
    }

    #[test]
    fn a_person_is_known_by_any_of_their_names() {
        let staff = ["Anna Weber", "Ben Yıldız", "Anna-Lena Große", "Jo Li", "Ida von Berg"];
        let person = |spoken| person(spoken, &staff, |name| name);
        assert_eq!(person("Frau Weber"), Meant::One(&staff[0]));
        assert_eq!(person("bei Ben"), Meant::One(&staff[1]));
        assert_eq!(person("Grosse"), Meant::One(&staff[2]));
        assert_eq!(person("Annalena"), Meant::One(&staff[2]));
        assert_eq!(person("Jo Li"), Meant::One(&staff[3]));
        assert_eq!(person("zu Jo"), Meant::One(&staff[3]));
        assert_eq!(person("gern wieder die Frau von Berg"), Meant::One(&staff[4]));
        assert_eq!(person("Anna"), Meant::Several(vec![&staff[0], &staff[2]]));
        for nobody in ["Dieter", "Frau", "Frau von", "e", ""] {
            assert!(matches!(person(nobody), Meant::Unknown(_)), "{nobody}");
        }
    }

    #[test]
    fn nobody_is_meant_by_a_part_of_a_name() {
        for (spoken, name) in [
            ("Anna", "Hannah Weber"),
            ("Hannah", "Anna Weber"),
            ("Ben", "Benedikt Kaya"),
            ("Benedikt", "Ben Kaya"),
            ("Frau Web", "Anna Weber"),
            ("Jo", "Johanna Li"),
            ("Lena", "Annalena Große"),
        ] {
            assert_eq!(person(spoken, &[name], |name| name), Meant::Unknown(vec![&name]), "{spoken}");
        }
        for (spoken, name) in [("Mitte", "Wittenau-Mittelweg"), ("Au", "Wittenau"), ("Neustadt", "Stadt")] {
            assert_eq!(branch(spoken, &[name], |name| name), Meant::Unknown(vec![&name]), "{spoken}");
        }
        let branches = ["Mitte", "Am Markt", "Berlin Pankow"];
        let branch = |spoken| branch(spoken, &branches, |name| name);
        assert_eq!(branch("in der Filiale Mitte"), Meant::One(&branches[0]));
        assert_eq!(branch("Markt"), Meant::One(&branches[1]));
    }

    #[test]
    fn whoever_has_a_first_name_is_greeted_by_it() {
        for (name, expected) in [
            ("Clara Client", Some("Clara")),
            ("Clara", Some("Clara")),
            ("Frau Clara Client", Some("Clara")),
            ("Frau Dr. Clara Client", Some("Clara")),
            ("Dr.-Ing. Clara Client", Some("Clara")),
            ("Client, Clara", Some("Clara")),
            ("Client, Dr. Clara", Some("Clara")),
            ("Frau Client", None),
            ("Dr. Client", None),
            ("Frau", None),
            ("Prof. Dr.", None),
            (" . ", None),
            ("", None),
        ] {
            assert_eq!(first(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn only_words_of_known_names_are_left() {
        let kept = |text| only(text, ["Damenhaarschnitt", "Föhnen & Styling"].into_iter());
        assert_eq!(kept("Haarschnitt"), "Haarschnitt");
        assert_eq!(kept("foehnen,  STYLING"), "foehnen, STYLING");
        assert_eq!(kept("Haarschnitt für Frau Zoë Müller, 0151 1234"), "Haarschnitt •••");
        assert_eq!(kept("Zoë"), "•••");
        assert_eq!(kept(""), "");
    }

    fn names() -> impl Strategy<Value = Vec<String>> {
        let name = vec(
            select(
                &[
                    "Anna",
                    "Hannah",
                    "Lena",
                    "Annalena",
                    "Ben",
                    "Benedikt",
                    "Jo",
                    "Johanna",
                    "Weber",
                    "Web",
                    "Große",
                    "Grossmann",
                    "Haar",
                    "Haarschnitt",
                    "Damenhaarschnitt",
                    "Schnitt",
                ][..],
            ),
            1..4,
        );
        let name = (name, select(&[" ", "-", " & "][..])).prop_map(|(words, between)| words.join(between));
        vec(name, 1..4)
    }

    fn of<'a>(meant: &Meant<'a, String>) -> Vec<&'a String> {
        match meant {
            Meant::One(one) => vec![one],
            Meant::Several(several) => several.clone(),
            Meant::Unknown(_) => Vec::new(),
        }
    }

    /// Whether some words of the one, written together, are some of the other.
    fn share(one: &str, other: &str, same: impl Fn(&str, &str) -> bool) -> bool {
        let runs = |text: &str| -> Vec<String> {
            let text = folded(text);
            let words: Vec<_> = text.split(' ').collect();
            let ends = |from| (from + 1..=words.len()).map(move |to| (from, to));
            (0..words.len()).flat_map(ends).map(|(from, to)| words[from..to].concat()).collect()
        };
        runs(one).iter().any(|one| runs(other).iter().any(|other| same(one, other)))
    }

    proptest! {
        #[test]
        fn a_name_is_found_by_itself(items in names(), at in any::<Index>()) {
            let wanted = at.get(&items);
            for meant in [meant(wanted, &items, |it| it), person(wanted, &items, |it| it), branch(wanted, &items, |it| it)] {
                prop_assert!(of(&meant).contains(&wanted), "{wanted}: {meant:?}");
            }
        }

        #[test]
        fn what_is_found_shares_a_word(items in names(), spoken in names()) {
            let spoken = &spoken[0];
            for found in of(&person(spoken, &items, |it| it)).into_iter().chain(of(&branch(spoken, &items, |it| it))) {
                prop_assert!(share(spoken, found, |one, other| one == other), "{spoken}: {found}");
            }
            for found in of(&meant(spoken, &items, |it| it)) {
                let at_an_end = |one: &str, other: &str| {
                    one.starts_with(other) || one.ends_with(other) || other.starts_with(one) || other.ends_with(one)
                };
                prop_assert!(share(spoken, found, at_an_end), "{spoken}: {found}");
            }
        }
    }

    #[test]
    fn titles_are_not_written_down_where_a_whole_name_is_left() {
        for (spoken, written) in [
            ("Frau Dr. Lena Vogel", "Lena Vogel"),
            ("Lena Vogel", "Lena Vogel"),
            ("Familie Vogel", "Familie Vogel"),
            ("Dr. med. dent. Ida von Berg", "Ida von Berg"),
            ("Frau", "Frau"),
        ] {
            assert_eq!(untitled(spoken), written);
        }
    }

    #[test]
    fn one_person_is_spelled_in_many_ways() {
        for (one, other, same) in [
            ("Zoë Özdemir", "zoe oezdemir", true),
            ("Frau Dr. Clara Client", "Clara Client", true),
            ("Yıldız Çelik", "Yildiz Celik", true),
            ("Jean-Luc Perrét", "Jean Luc Perret", true),
            ("Анна", "Anna", true),
            ("Frau", "frau", true),
            ("Clara Client", "Clara", false),
            ("Clara Client", "Dora Client", false),
            ("", "Clara", false),
        ] {
            assert_eq!((is_same(one, other), is_same(other, one)), (same, same), "{one} {other}");
        }
    }
}
