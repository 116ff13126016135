//! What a form was filled with, what was typed into it, and what is so now: three versions of the same facts. What
//! somebody else has changed meanwhile is taken over where nothing was typed, and told beside what was typed where
//! something was; nothing that was typed is lost, and nothing that others saved is undone by a form that is older.

use domain::AppointmentStatus;
use store::AppointmentView;

use super::Choices;
use crate::{
    components::{AsChip as _, FieldError},
    i18n::Translator,
    pages::Meanwhile,
    ui::moment,
};

/// How the hidden fields begin that say what the form was filled with.
const WAS: &str = "was_";

/// What a form tells of an appointment, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub service: String,
    /// By segment.
    pub staff: Vec<String>,
    pub date: String,
    pub time: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub notes: String,
    /// Nothing that is typed.
    pub status: String,
}

impl Facts {
    /// Of the appointment as it is.
    pub fn of(view: &AppointmentView, t: &Translator) -> Self {
        let AppointmentView { appointment, customer, .. } = view;
        Self {
            service: appointment.service_id.to_string(),
            staff: appointment.segments.iter().map(|segment| segment.staff_id.to_string()).collect(),
            date: t.day_of(&appointment.slot.start).to_string(),
            time: t.time(&appointment.slot.start),
            name: customer.name.clone(),
            phone: customer.phone.clone().map(String::from).unwrap_or_default(),
            email: customer.email.clone().map(String::from).unwrap_or_default(),
            notes: appointment.notes.clone().unwrap_or_default(),
            status: appointment.status.as_str().to_owned(),
        }
    }

    /// Takes a field of a form; `false` if it is none of these.
    pub fn take(&mut self, name: &str, value: &str) -> bool {
        let field = match name {
            "staff" => {
                self.staff.push(value.to_owned());
                return true;
            }
            "service" => &mut self.service,
            "date" => &mut self.date,
            "time" => &mut self.time,
            "name" => &mut self.name,
            "phone" => &mut self.phone,
            "email" => &mut self.email,
            "notes" => &mut self.notes,
            "status" => &mut self.status,
            _ => return false,
        };
        // Browsers send the ends of lines as networks do.
        *field = value.replace("\r\n", "\n");
        true
    }

    /// Takes a hidden field of what the form was filled with.
    pub fn take_was(was: &mut Option<Self>, name: &str, value: &str) -> bool {
        name.strip_prefix(WAS).is_some_and(|name| was.get_or_insert_default().take(name, value))
    }

    /// As hidden fields.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let one = [
            ("service", &self.service),
            ("date", &self.date),
            ("time", &self.time),
            ("name", &self.name),
            ("phone", &self.phone),
            ("email", &self.email),
            ("notes", &self.notes),
            ("status", &self.status),
        ];
        let staff = self.staff.iter().map(|staff| ("staff", staff));
        one.into_iter().chain(staff).map(|(name, value)| (format!("{WAS}{name}"), value.clone())).collect()
    }

    /// The fields that people see as one thing, each with its label, the field whose error it has, and its texts.
    fn things(&self) -> [(&'static str, &'static str, Vec<String>); 8] {
        let one = |text: &String| vec![text.clone()];
        [
            ("status", "status", one(&self.status)),
            ("service", "service", one(&self.service)),
            ("staff", "staff", self.staff.clone()),
            ("time", "time", vec![self.date.clone(), self.time.clone()]),
            ("customer", "name", one(&self.name)),
            ("phone", "phone", one(&self.phone)),
            ("email", "email", one(&self.email)),
            ("notes", "notes", one(&self.notes)),
        ]
    }

    fn put(&mut self, field: &str, texts: &[String]) {
        let first = texts.first().cloned().unwrap_or_default();
        match field {
            "staff" => self.staff = texts.to_vec(),
            "time" => {
                self.date = first;
                self.time = texts.get(1).cloned().unwrap_or_default();
            }
            field => {
                self.take(field, &first);
            }
        }
    }
}

/// Brings what was typed up to what is so `now`: what nobody typed anything into becomes what is so. Returns what was
/// changed meanwhile, and what is wrong with fields in which something else was typed. Without knowing what the form
/// was filled with, everything that differs counts as typed.
pub(super) fn catch_up(
    typed: &mut Facts,
    was: Option<&Facts>,
    now: &Facts,
    (t, choices): (&Translator, &Choices),
) -> (Vec<Meanwhile>, Vec<(String, FieldError)>) {
    let (mut changed, mut wrong) = (Vec::new(), Vec::new());
    let before = was.map(Facts::things);
    for (number, (label, field, is)) in now.things().into_iter().enumerate() {
        let was = before.as_ref().map(|things| things[number].2.clone());
        let mine = typed.things()[number].2.clone();
        if mine == is || was.as_ref() == Some(&is) {
            continue;
        }
        let words = |texts: &[String]| in_words(field, texts, t, choices);
        let untouched = field == "status" || was.as_ref() == Some(&mine);
        changed.push(Meanwhile {
            label,
            before: was.as_deref().map(words),
            now: words(&is),
            typed: (!untouched).then(|| words(&mine)),
        });
        if untouched {
            typed.put(field, &is);
        } else {
            wrong.push((field.to_owned(), FieldError::Meanwhile { now: words(&is) }));
        }
    }
    (changed, wrong)
}

/// As people read it.
fn in_words(field: &str, texts: &[String], t: &Translator, choices: &Choices) -> String {
    let text = |text: &String| match field {
        "service" => {
            let service = choices.services.iter().find(|service| service.id.to_string() == *text);
            service.map(|service| service.name.clone())
        }
        "staff" => {
            let mut staff = choices.everybody.iter();
            staff.find(|staff| staff.id.to_string() == *text).map(|staff| staff.name.clone())
        }
        "status" => AppointmentStatus::from_name(text).map(|status| t.get(status.chip().label).to_string()),
        _ => Some(text.clone()),
    };
    if let ("time", [date, time]) = (field, texts)
        && let (Ok(day), Ok(time)) = (moment::day(date), jiff::civil::Time::strptime("%H:%M", time))
        && let Ok(start) = moment::on_clock(day, time, &t.zone)
    {
        return t.date_time(&start);
    }
    texts.iter().filter_map(text).collect::<Vec<_>>().join(", ")
}
