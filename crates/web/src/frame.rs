//! What surrounds every page: navigation, the company, the user's menu, one flash message, the CSRF
//! token of every form. Handlers fill a [`Frame`] once per request; pages say where they belong.

use domain::people::Role;

use crate::{components::Tone, i18n::Translator};

/// The surroundings of one page for one request. The words come from the page's [`Translator`].
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The preference cookie `theme`.
    pub theme: Theme,
    /// The value of the hidden field `csrf` in every form.
    pub csrf: String,
    /// Path and query of this page: where the preference forms lead back to.
    pub path: String,
    /// `None` before sign-in: then there is no navigation either.
    pub user: Option<User>,
    pub company: Option<Company>,
    /// Open review items, shown beside "To settle".
    pub open_reviews: u64,
    /// Notifications that the user has not read, shown beside the bell.
    pub unread: u64,
    /// Shown once, after a form was handled.
    pub flash: Option<Flash>,
    /// The demo guide is in the navigation.
    pub demo: bool,
}

#[derive(Clone, Debug)]
pub struct User {
    pub name: String,
    pub email: String,
    pub role: Role,
}

impl User {
    /// `KM` for Katharina Morgenrot.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        words.next().into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}

/// The message that names a role.
pub fn role_label(role: &Role) -> &'static str {
    match role {
        Role::Admin => "role-admin",
        Role::Manager => "role-manager",
        Role::Staff => "role-staff",
    }
}

/// The company that the user works in, with the time zone that times on the page are told in.
#[derive(Clone, Debug)]
pub struct Company {
    pub name: String,
    /// The branch, where the page is about one.
    pub branch: Option<String>,
}

/// What a form did, told on the next page. `text` is in the reader's language already.
#[derive(Clone, Debug)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
    /// What takes it back, where something does: where the form goes, and the choice.
    pub undo: Option<(String, &'static str)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the cookie; anything unknown follows the system.
    pub fn parse(value: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.code() == value).unwrap_or_default()
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::System => "screen",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::System => "theme-system",
            Self::Light => "theme-light",
            Self::Dark => "theme-dark",
        }
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Dashboard,
    Appointments,
    Reviews,
    Calls,
    Services,
    Connections,
    Demo,
}

impl Section {
    const ALL: [Self; 7] = [
        Self::Dashboard,
        Self::Appointments,
        Self::Reviews,
        Self::Calls,
        Self::Services,
        Self::Connections,
        Self::Demo,
    ];

    /// Whether a page that belongs to `section` lights this entry.
    pub fn is(self, section: Option<Self>) -> bool {
        section == Some(self)
    }

    pub fn href(self) -> &'static str {
        match self {
            Self::Dashboard => "/",
            Self::Appointments => "/appointments",
            Self::Reviews => "/reviews",
            Self::Calls => "/calls",
            Self::Services => "/services",
            Self::Connections => "/connections",
            Self::Demo => "/demo",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Appointments => "calendar",
            Self::Reviews => "review",
            Self::Calls => "phone",
            Self::Services => "service",
            Self::Connections => "plug",
            Self::Demo => "flask",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Dashboard => "nav-dashboard",
            Self::Appointments => "nav-appointments",
            Self::Reviews => "nav-reviews",
            Self::Calls => "nav-calls",
            Self::Services => "nav-services",
            Self::Connections => "nav-connections",
            Self::Demo => "nav-demo",
        }
    }
}

impl Frame {
    pub fn sections(&self) -> impl Iterator<Item = Section> + '_ {
        let role = self.user.as_ref().map(|user| user.role);
        Section::ALL.into_iter().filter(move |section| match section {
            Section::Connections => role >= Some(Role::Manager),
            Section::Demo => self.demo && role == Some(Role::Admin),
            Section::Dashboard
            | Section::Appointments
            | Section::Reviews
            | Section::Calls
            | Section::Services => true,
        })
    }

    /// The count beside a navigation entry, where there is something to say.
    pub fn badge(&self, section: &Section) -> Option<u64> {
        (*section == Section::Reviews && self.open_reviews > 0).then_some(self.open_reviews)
    }
}

/// What every page tells its frame.
pub trait Page: askama::Template + Sized {
    /// The navigation entry that is lit.
    const SECTION: Option<Section>;
    /// The page shows what changes by itself, so it follows `/events`.
    const LIVE: bool;

    /// Whether this one does: the answer to a form that was refused stands at no address of its own.
    fn is_live(&self) -> bool {
        Self::LIVE
    }

    /// The page as people usually see it: for the gallery and for tests.
    fn sample(t: Translator, frame: Frame) -> Self;

    /// The page when there is nothing yet, or when something is wrong.
    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let _ = (t, frame);
        Vec::new()
    }
}

impl Frame {
    /// A signed-in manager of the sample salon.
    pub fn sample() -> Self {
        Self {
            csrf: "sample-csrf".into(),
            path: "/".into(),
            user: Some(User {
                name: "Katharina Morgenrot".into(),
                email: "katharina@salon-morgenrot.example".into(),
                role: Role::Admin,
            }),
            company: Some(Company { name: "Salon Morgenrot".into(), branch: None }),
            open_reviews: 4,
            unread: 3,
            demo: true,
            ..Self::default()
        }
    }
}
