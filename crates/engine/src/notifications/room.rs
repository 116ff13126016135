//! Rooms: addresses that take a message as JSON, as Slack, Mattermost and Discord give them out. Such an address is a
//! secret: who knows it may write there. It is kept encrypted and stands in no log.

use std::time::Duration;

use bytes::Bytes;
use domain::notify::{ChannelKind, Problem};
use http::{Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::Outgoing;
use url::Url;

use super::{Post, Undelivered, Written};
use crate::{Engine, reach};

/// The vault's name of an address.
pub const TARGET: &str = "notification_channel.target";
/// Characters that Discord takes, and a few to spare.
const DISCORD: usize = 1_900;
/// The longest that a room may ask to be left alone.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Why an address is none for a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoom {
    /// Not an address of the web.
    #[error("not an https address")]
    Url,
    /// It leads into the house.
    #[error("the address leads to this machine or its network")]
    Inside,
}

/// Reads the address of a room.
///
/// # Errors
/// [`InvalidRoom`]; addresses inside the house are refused, and so is plain http, unless `anywhere`.
pub fn address(text: &str, anywhere: bool) -> Result<Url, InvalidRoom> {
    let url: Url = text.trim().parse().map_err(|_| InvalidRoom::Url)?;
    let known = url.scheme() == "https" || (anywhere && url.scheme() == "http");
    if !known || url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidRoom::Url);
    }
    if anywhere || reach::is_public(&url) { Ok(url) } else { Err(InvalidRoom::Inside) }
}

pub(super) async fn send(
    engine: &Engine,
    post: &Post,
    message: &Outgoing,
    written: Written,
) -> Result<(), Undelivered> {
    let wrong = || Undelivered::for_good(Problem::Address);
    let sealed = message.target.as_ref().ok_or_else(wrong)?;
    let target: SecretString =
        engine.vault.open(message.company.id, TARGET, &sealed.0).map_err(|_| wrong())?;
    let url = address(target.expose_secret(), engine.settings.rooms_anywhere).map_err(|_| wrong())?;
    let body = match message.channel.kind {
        ChannelKind::Discord => json!({ "content": shortened(&written.text, DISCORD) }),
        _ => json!({ "text": written.text }),
    };
    let request = Request::post(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
        .map_err(|_| wrong())?;
    // Whatever is said of the failure may repeat the address.
    let answer = post.rooms.send(request).await.map_err(|_| Undelivered::for_now(Problem::Unreachable))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let problem = Problem::Refused(status.as_u16());
    let later = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    let wait = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let wait = wait.map_or(Duration::ZERO, Duration::from_secs).min(LONGEST_WAIT);
    Err(Undelivered { problem, again: later.then_some(wait) })
}

/// As many whole lines as fit.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut left = most - 1;
    let fits = |line: &&str| {
        let length = line.chars().count() + 1;
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    };
    let lines: Vec<_> = text.lines().take_while(fits).collect();
    format!("{}\n…", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_outside_the_house() {
        for (text, strict, anywhere) in [
            ("https://hooks.slack.com/services/T/B/x", Ok(()), Ok(())),
            (" https://203.0.113.9/hook ", Ok(()), Ok(())),
            ("https://127.0.0.1/hook", Err(InvalidRoom::Inside), Ok(())),
            ("https://10.0.0.8:8065/hooks/x", Err(InvalidRoom::Inside), Ok(())),
            ("https://[::ffff:192.168.1.1]/", Err(InvalidRoom::Inside), Ok(())),
            ("https://2130706433/", Err(InvalidRoom::Inside), Ok(())),
            ("https://mattermost.lan/hooks/x", Err(InvalidRoom::Inside), Ok(())),
            ("http://hooks.slack.com/services/T/B/x", Err(InvalidRoom::Url), Ok(())),
            ("https://user:password@hooks.slack.com/", Err(InvalidRoom::Url), Err(InvalidRoom::Url)),
            ("ftp://example.com/", Err(InvalidRoom::Url), Err(InvalidRoom::Url)),
            ("file:///etc/passwd", Err(InvalidRoom::Url), Err(InvalidRoom::Url)),
            ("hooks", Err(InvalidRoom::Url), Err(InvalidRoom::Url)),
        ] {
            assert_eq!(address(text, false).map(|_| ()), strict, "{text}");
            assert_eq!(address(text, true).map(|_| ()), anywhere, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_loses_whole_lines() {
        let text = (0..500).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let short = shortened(&text, DISCORD);
        assert!(short.chars().count() <= DISCORD && short.ends_with("\n…"));
        assert!(short.lines().rev().nth(1).unwrap().starts_with("line "));
        assert_eq!(shortened("line", DISCORD), "line");
    }
}
