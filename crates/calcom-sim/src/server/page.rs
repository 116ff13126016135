//! One plain page for people who want to see what Cal.com has: its bookings, and the faults that wait.

use std::fmt::Write;

use axum::extract::State;
use axum::response::Html;

use crate::Sim;
use crate::model::Model;
use crate::model::bookings::Booking;

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
<title>Cal.com simulator</title><style>\
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8884;vertical-align:top}\
.cancelled,.rejected{opacity:.6}code{font-size:.85em}.scroll{overflow-x:auto}</style></head><body>\
<main><h1>Cal.com simulator</h1>";

pub(super) async fn bookings(State(sim): State<Sim>) -> Html<String> {
    let mut html = HEAD.to_owned();
    let state = sim.state();
    let faults = state.faults.pending();
    if !faults.is_empty() {
        html.push_str("<h2>Faults to come</h2><ul>");
        for ordered in faults {
            let line = format!("{:?}, {} ×", ordered.fault, ordered.times);
            push(&mut html, format_args!("<li>{}</li>", escaped(&line)));
        }
        html.push_str("</ul>");
    }
    let mut bookings: Vec<&Booking> = state.model.bookings.iter().collect();
    bookings.sort_by_key(|booking| (booking.start, booking.id));
    push(&mut html, format_args!("<h2>{} bookings</h2><div class=\"scroll\"><table>", bookings.len()));
    html.push_str("<thead><tr><th scope=\"col\">When</th><th scope=\"col\">What</th><th scope=\"col\">Who</th><th scope=\"col\">Status</th><th scope=\"col\">Uid</th></tr></thead><tbody>");
    for booking in bookings {
        row(&mut html, &state.model, booking);
    }
    html.push_str("</tbody></table></div></main></body></html>");
    Html(html)
}

fn row(html: &mut String, model: &Model, booking: &Booking) {
    let zone = model
        .user(booking.host)
        .and_then(|host| jiff::tz::TimeZone::get(&host.time_zone).ok())
        .unwrap_or(jiff::tz::TimeZone::UTC);
    let start = booking.start.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M");
    let end = booking.end.to_zoned(zone).strftime("%H:%M %Z");
    let who: Vec<String> = booking.attendees.iter().map(|a| format!("{} <{}>", a.name, a.email)).collect();
    let mut links = String::new();
    for (word, other) in [("from", &booking.rescheduled_from), ("to", &booking.rescheduled_to)] {
        if let Some(other) = other {
            push(&mut links, format_args!("<br>moved {word} <code>{}</code>", escaped(other)));
        }
    }
    let status = booking.status.lowercase();
    push(
        html,
        format_args!(
            "<tr class=\"{status}\"><td>{start}–{end}</td><td>{}</td><td>{}</td><td>{status}</td><td><code>{}</code>{links}</td></tr>",
            escaped(&booking.title),
            escaped(&who.join(", ")),
            escaped(&booking.uid),
        ),
    );
}

fn push(html: &mut String, part: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = html.write_fmt(part);
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
