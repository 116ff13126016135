//! What a decision about an item brings here and at Cal.com, in the reader's words.

use domain::{
    Next,
    review::{Choice, Item, Kind, ReviewCode},
};
use engine::reviews::Prospect;

use crate::{
    i18n::Translator,
    pages::{ComparisonRow, SettingSides, Verdict, push_key},
    ui::review::Sides,
};

type Lines = Vec<String>;

/// What happens here, and what at Cal.com.
pub fn tell(t: &Translator, item: &Item, prospect: &Prospect, sides: &Sides) -> (Lines, Lines) {
    let setting = sides.setting.as_ref();
    let say = |key: &'static str| vec![t.get(key).to_string()];
    let stays = || say("effect-stays");
    match (item.about.kind(), prospect.choice) {
        (_, Choice::Accept | Choice::Dismiss) => (say("effect-aside"), stays()),
        (_, Choice::Reopen) => (say("effect-asked-again"), stays()),
        (_, Choice::Undo) => (say("effect-taken-back"), stays()),
        (Kind::Booking, Choice::Cancel) => (say("effect-imported-cancelled"), say("effect-cancelled-there")),
        (Kind::Booking, Choice::Retry) => (say("effect-read-again"), stays()),
        (Kind::Booking, _) => (say("effect-imported"), stays()),
        (Kind::Service, Choice::Ours) => {
            (stays(), setting.map_or_else(|| say("effect-sends-all"), |it| vec![of_setting(t, it, true)]))
        }
        (Kind::Service, Choice::Theirs) => {
            (setting.map_or_else(|| say("effect-takes-all"), |it| vec![of_setting(t, it, false)]), stays())
        }
        (Kind::Service, _) => (stays(), say("effect-looked")),
        (Kind::Appointment, Choice::Link) => (say("effect-linked"), say("effect-compared")),
        (Kind::Appointment, Choice::Ours) if item.code == ReviewCode::Vanished => {
            (stays(), say("effect-rebooked"))
        }
        (Kind::Appointment, Choice::Theirs) if item.code == ReviewCode::Vanished => {
            (say("effect-cancelled-here"), stays())
        }
        (Kind::Appointment, choice @ (Choice::Ours | Choice::Theirs)) => {
            let ours = choice == Choice::Ours;
            let rows = sides.comparisons.iter().flat_map(|one| &one.rows);
            let (mut here, mut there) = (Vec::new(), Vec::new());
            for row in rows {
                let is_sent = match row.verdict {
                    Verdict::Here => true,
                    Verdict::There => false,
                    Verdict::Both => ours,
                    Verdict::Same | Verdict::Accepted(_) | Verdict::Open | Verdict::Missing => continue,
                };
                if is_sent { &mut there } else { &mut here }.push(of_row(t, row, is_sent));
            }
            let or = |lines: Lines| if lines.is_empty() { stays() } else { lines };
            (or(here), or(there))
        }
        (Kind::Appointment, _) => {
            let next = prospect.preview.as_ref().map(|preview| &preview.next);
            let there = match next {
                Some(Next::Act(push)) => say(push_key(*push)),
                _ => say("effect-looked"),
            };
            (stays(), there)
        }
    }
}

/// From what one side says to what the other does; `ours`: what Cal.com says becomes what is said here.
fn change(t: &Translator, label: &'static str, sides: (Option<&str>, Option<&str>), ours: bool) -> String {
    let (here, there) = sides;
    let (from, to) = if ours { (there, here) } else { (here, there) };
    let word = |text: Option<&str>| text.unwrap_or("–").to_owned();
    t.get("effect-change")
        .arg("field", t.get(label).to_string())
        .arg("from", word(from))
        .arg("to", word(to))
        .to_string()
}

fn of_row(t: &Translator, row: &ComparisonRow, ours: bool) -> String {
    change(t, row.label, (row.here.as_deref(), row.there.as_deref()), ours)
}

fn of_setting(t: &Translator, setting: &SettingSides, ours: bool) -> String {
    change(t, setting.label, (setting.ours.as_deref(), setting.theirs.as_deref()), ours)
}
