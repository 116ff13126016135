//! The sample company: "Salon Morgenrot" in Berlin. Names, hours and prices only; nothing here does anything.
//!
//! Phone numbers are from the ranges that the Bundesnetzagentur keeps free for films and books, addresses
//! from `.example`: nobody is ever reached.

use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};

pub const COMPANY: &str = "Salon Morgenrot";
pub const SLUG: &str = "salon-morgenrot";
pub const TIME_ZONE: &str = "Europe/Berlin";
/// Who signs in.
pub const USER: (&str, &str) = ("Katharina Morgenroth", "katharina@salon-morgenrot.example");

pub struct Branch {
    pub name: &'static str,
    pub phone: &'static str,
    pub address: &'static str,
    pub hours: &'static [Shift],
}

/// Days, from and to o'clock.
pub type Shift = (&'static [Weekday], i8, i8);

pub const BRANCHES: [Branch; 2] = [
    Branch {
        name: "Prenzlauer Berg",
        phone: "+493023125110",
        address: "Kastanienallee 212, 10435 Berlin",
        hours: &[(&[Monday, Tuesday, Wednesday, Thursday, Friday], 9, 20), (&[Saturday], 9, 16)],
    },
    Branch {
        name: "Neukölln",
        phone: "+493023125220",
        address: "Weserstraße 318, 12045 Berlin",
        hours: &[(&[Tuesday, Wednesday, Thursday, Friday], 10, 20), (&[Saturday], 9, 16)],
    },
];

pub struct Service {
    pub name: &'static str,
    pub slug: &'static str,
    pub description: &'static str,
    pub minutes: u32,
    pub cents: i64,
}

/// The service that is handed to scripts: one person offers it, so what is free at her event type is free
/// here.
pub const FOR_SCRIPTS: usize = 7;

pub const SERVICES: [Service; 8] = [
    service("Damenhaarschnitt", "damenhaarschnitt", "Waschen, Schneiden, Föhnen.", 60, 6200),
    service("Herrenhaarschnitt", "herrenhaarschnitt", "Waschen, Schneiden, Stylen.", 30, 3400),
    service("Kinderhaarschnitt", "kinderhaarschnitt", "Bis zwölf Jahre.", 30, 2400),
    service("Waschen und Föhnen", "waschen-und-foehnen", "", 45, 3800),
    service("Ansatzfarbe", "ansatzfarbe", "Färben des Ansatzes, ohne Schnitt.", 90, 7800),
    service("Strähnen", "straehnen", "Strähnen am Oberkopf, mit Glossing.", 120, 11_900),
    service("Bartpflege", "bartpflege", "Trimmen, Konturen, heißes Tuch.", 30, 2200),
    service("Hochsteckfrisur", "hochsteckfrisur", "Für Feste; bitte mit trockenem Haar kommen.", 60, 8500),
];

const fn service(
    name: &'static str,
    slug: &'static str,
    description: &'static str,
    minutes: u32,
    cents: i64,
) -> Service {
    Service { name, slug, description, minutes, cents }
}

pub struct Person {
    pub name: &'static str,
    /// Also the user name at Cal.com.
    pub username: &'static str,
    /// Index of the branch.
    pub branch: usize,
    pub hours: &'static [Shift],
    /// Indices of the services.
    pub offers: &'static [usize],
}

pub const STAFF: [Person; 4] = [
    Person {
        name: "Mira Vogel",
        username: "mira",
        branch: 0,
        hours: &[(&[Monday, Tuesday, Wednesday, Thursday, Friday], 9, 17)],
        offers: &[0, 3, 4, 5, 7],
    },
    Person {
        name: "Jonas Albrecht",
        username: "jonas",
        branch: 0,
        hours: &[(&[Tuesday, Wednesday, Thursday, Friday], 11, 20), (&[Saturday], 9, 16)],
        offers: &[0, 1, 2, 6],
    },
    Person {
        name: "Elif Kaya",
        username: "elif",
        branch: 1,
        hours: &[(&[Tuesday, Wednesday, Thursday, Friday], 10, 18), (&[Saturday], 9, 16)],
        offers: &[0, 2, 3, 4, 5],
    },
    Person {
        name: "Tomasz Nowak",
        username: "tomasz",
        branch: 1,
        hours: &[(&[Wednesday, Thursday, Friday], 12, 20), (&[Saturday], 9, 16)],
        offers: &[0, 1, 3, 6],
    },
];

/// First and last names; the customers are made of them.
pub const CUSTOMERS: [(&str, &str); 60] = [
    ("Aylin", "Demir"),
    ("Sabine", "Hoffmann"),
    ("Peter", "Lindner"),
    ("Charlotte", "Weiß"),
    ("Mehmet", "Öztürk"),
    ("Johanna", "Krüger"),
    ("Lukas", "Brandt"),
    ("Nadja", "Petrova"),
    ("Birgit", "Schulze"),
    ("Emil", "Hartmann"),
    ("Greta", "Sommer"),
    ("Hannes", "Wolff"),
    ("Ines", "Carvalho"),
    ("Jan", "Kowalski"),
    ("Karin", "Böhm"),
    ("Leon", "Fuchs"),
    ("Marlene", "Seidel"),
    ("Nils", "Petersen"),
    ("Olga", "Ivanova"),
    ("Paul", "Richter"),
    ("Renate", "Keller"),
    ("Samir", "Haddad"),
    ("Theresa", "Vogt"),
    ("Uwe", "Zimmermann"),
    ("Vera", "Lang"),
    ("Wiebke", "Jansen"),
    ("Xenia", "Paulsen"),
    ("Yusuf", "Aydın"),
    ("Zoe", "Marquardt"),
    ("Anton", "Berger"),
    ("Beate", "Friedrich"),
    ("Clara", "Neumann"),
    ("David", "Rosenthal"),
    ("Eva", "Lorenz"),
    ("Felix", "Baumann"),
    ("Gisela", "Roth"),
    ("Henri", "Dubois"),
    ("Ida", "Sørensen"),
    ("Jasmin", "Yılmaz"),
    ("Klaus", "Werner"),
    ("Lea", "Schmitt"),
    ("Moritz", "Engel"),
    ("Nora", "Winkler"),
    ("Oskar", "Thiel"),
    ("Paula", "Kraus"),
    ("Rosa", "Martínez"),
    ("Stefan", "Jung"),
    ("Tina", "Albers"),
    ("Ulrike", "Franke"),
    ("Viktor", "Orlow"),
    ("Wolfgang", "Busch"),
    ("Amira", "Saleh"),
    ("Bernd", "Kuhn"),
    ("Carla", "Rossi"),
    ("Dirk", "Pohl"),
    ("Elena", "Horn"),
    ("Frieda", "Sauer"),
    ("Georg", "Arnold"),
    ("Heike", "Graf"),
    ("Linh", "Nguyen"),
];

/// What customers note now and then.
pub const NOTES: [&str; 6] = [
    "Bitte ohne Parfum, Allergie.",
    "Kommt mit Kinderwagen.",
    "Möchte nur die Spitzen schneiden lassen.",
    "Zum ersten Mal bei uns.",
    "Empfindliche Kopfhaut.",
    "Bitte Rechnung auf die Firma.",
];

/// Why people cancel.
pub const CANCELLED_BECAUSE: [&str; 4] =
    ["Kundin ist krank", "Termin passt doch nicht", "Zug verpasst", "Kind ist krank"];

/// Why people move.
pub const MOVED_BECAUSE: [&str; 3] =
    ["Kunde kommt später von der Arbeit", "Auf Wunsch der Kundin", "Anderer Termin"];

/// The words of a customer, derived from the place in [`CUSTOMERS`].
pub struct Customer {
    pub name: String,
    /// Every seventh is known by phone only.
    pub email: Option<String>,
    pub phone: String,
}

pub fn customer(index: usize) -> Customer {
    let (first, last) = CUSTOMERS[index % CUSTOMERS.len()];
    let plain: String = format!("{first}.{last}")
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'ä' | 'á' => Some('a'),
            'ö' | 'ø' => Some('o'),
            'ü' => Some('u'),
            'ß' => Some('s'),
            'ı' | 'í' => Some('i'),
            c if c.is_ascii_alphanumeric() || c == '.' => Some(c),
            _ => None,
        })
        .collect();
    Customer {
        name: format!("{first} {last}"),
        email: (index % 7 != 6).then(|| format!("{plain}@post.example")),
        phone: format!("+4917139200{index:02}"),
    }
}
