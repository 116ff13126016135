//! The phone agent: who is believed because of a code that was sent to the customer's mailbox.

use std::time::Duration;

use engine::notifications::mail::Mailer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::phone::{call, ring};
use crate::post::Outside;
use crate::post::mailbox::{self, decoded, header};
use crate::world::World;

const HIDDEN: &str = "anonymous";
const SENT: &str = "Wenn zu diesem Namen ein Termin und eine E-Mail-Adresse hinterlegt sind, ist ein Code mit sechs \
     Ziffern dorthin unterwegs. Bitte lesen Sie ihn mir vor. Er gilt zehn Minuten.";

struct Phone {
    world: World,
    outside: Outside,
}

impl Phone {
    async fn new() -> Self {
        let outside = Outside::new().await;
        Self { world: World::with_mail(outside.mailer()).await, outside }
    }

    async fn booked(&self, name: &str, email: Option<&str>, time: &str) {
        let mut wish = self.world.wish(&format!("2026-11-24T{time}:00+01:00"));
        wish["customer"] =
            json!({ "name": name, "email": email, "phone": format!("030 5550{}", &time[..2]) });
        let booked = self.world.api("POST", "/api/v1/appointments", wish).await;
        assert_eq!(booked.status, 201, "{}", booked.text);
    }

    async fn says(&self, id: &str, from: &str, function: &str, args: Value) -> Value {
        let reply = ring(&self.world, call(&self.world, id, from), function, args).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(!reply.text.contains("client.example"), "an address was told: {}", reply.text);
        reply.body
    }

    async fn cancel(&self, id: &str, args: Value) -> Value {
        self.says(id, HIDDEN, "cancel_appointment", args).await
    }

    /// Has a code sent in a call, and reads it in the mailbox.
    async fn code(&self, id: &str, name: &str) -> String {
        let before = self.outside.mail.taken().len();
        let answer = self.cancel(id, json!({ "name": name, "send_code": true })).await;
        assert_eq!((&answer["status"], &answer["say"]), (&json!("needs_input"), &json!(SENT)));
        read(self.letters(before + 1).await.last().unwrap())
    }

    /// So many letters, once they are there: they go on their own, and the caller does not wait for them.
    async fn letters(&self, count: usize) -> Vec<String> {
        let there = async {
            while self.outside.mail.taken().len() < count {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), there).await;
        let letters = self.outside.mail.taken();
        assert!(in_time.is_ok() && letters.len() == count, "{} instead of {count}", letters.len());
        letters
    }

    async fn active(&self) -> usize {
        let list = self.world.api("GET", "/api/v1/appointments?status=confirmed", Value::Null).await;
        list.body["data"].as_array().unwrap().len()
    }
}

/// The code in a letter.
pub fn read(letter: &str) -> String {
    let letter = decoded(letter);
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    letter.lines().find(is_code).unwrap_or_else(|| panic!("{letter}")).to_owned()
}

/// Another one.
fn wrong(code: &str) -> String {
    let next = (code.parse::<u32>().unwrap() - 100_000 + 1) % 900_000 + 100_000;
    next.to_string()
}

#[tokio::test]
async fn who_reads_the_code_from_the_mailbox_is_believed() {
    let phone = Phone::new().await;
    phone.booked("Clara Client", Some("clara@client.example"), "10:00").await;
    let asked = phone.cancel("a", json!({ "name": "Clara Client" })).await;
    assert_eq!(
        asked["say"],
        "An welchem Tag ist Ihr Termin? Wenn Sie das nicht wissen, schicke ich einen Code an die hinterlegte E-Mail-Adresse."
    );
    let code = phone.code("a", "clara  client").await;
    let letter = &phone.outside.mail.taken()[0];
    assert_eq!(
        (header(letter, "To"), header(letter, "Subject")),
        ("clara@client.example", "salon: Ihr Code"),
        "{letter}"
    );
    let answer = phone.cancel("a", json!({ "name": "Clara Client", "code": wrong(&code) })).await;
    assert_eq!((&answer["status"], &answer["data"]["missing"]), (&json!("needs_input"), &json!("code")));
    assert_eq!(phone.active().await, 1);
    // Read out in parts, and without the name again.
    let spaced = format!("{}-{} .", &code[..3], &code[3..]);
    let found = phone.says("a", HIDDEN, "find_appointments", json!({ "code": spaced })).await;
    assert_eq!(found["data"]["appointments"][0]["appointment_id"], "A1", "{found}");
    let number: u32 = code.parse().unwrap();
    let done = phone.cancel("a", json!({ "code": number, "name": "Clara Client", "confirmed": true })).await;
    assert_eq!((&done["status"], phone.active().await), (&json!("ok"), 0), "{done}");
    // What is kept of the call does not hold it.
    let kept = phone.world.engine.store.call_functions(phone.world.salon.id, "a").await.unwrap();
    assert_eq!(kept.len(), 5);
    assert!(kept.iter().all(|function| !format!("{function:?}").contains(&code)));
    assert_eq!(kept[4].arguments["code"], "•••");
}

#[tokio::test]
async fn a_code_counts_in_its_call_for_its_customer_and_for_ten_minutes() {
    let phone = Phone::new().await;
    phone.booked("Clara Client", Some("clara@client.example"), "10:00").await;
    phone.booked("Dora Client", Some("dora@client.example"), "12:00").await;
    let dora = phone.code("a", "Dora Client").await;
    // Another customer's, and another call's.
    let answer = phone.cancel("a", json!({ "name": "Clara Client", "code": dora })).await;
    assert_eq!(answer["data"]["missing"], "code", "{answer}");
    let answer = phone.cancel("b", json!({ "name": "Dora Client", "code": dora })).await;
    assert_eq!(answer["data"]["missing"], "code", "{answer}");
    let asked = phone.world.clock.clone();
    let at = phone.world.engine.ambient.now();
    asked.set(at + SignedDuration::from_secs(599));
    let found = phone.says("a", HIDDEN, "find_appointments", json!({ "code": dora })).await;
    assert_eq!(found["status"], "ok", "{found}");
    asked.set(at + SignedDuration::from_mins(10));
    let over = phone.says("a", HIDDEN, "find_appointments", json!({ "code": dora })).await;
    assert_eq!((&over["status"], &over["data"]["missing"]), (&json!("needs_input"), &json!("code")));
    assert_eq!(phone.active().await, 2);
}

#[tokio::test]
async fn guessing_codes_and_sending_them_ends_soon() {
    let phone = Phone::new().await;
    phone.booked("Clara Client", Some("clara@client.example"), "10:00").await;
    let code = phone.code("a", "Clara Client").await;
    for _ in 0..3 {
        assert_eq!(phone.cancel("a", json!({ "code": wrong(&code) })).await["status"], "needs_input");
    }
    let late = phone.cancel("a", json!({ "code": code })).await;
    assert_eq!((&late["status"], &late["data"]["transfer"]), (&json!("conflict"), &json!(true)));
    // Two in a call, four under a name in an hour.
    phone.code("b", "Clara Client").await;
    phone.code("b", "Clara Client").await;
    let send = json!({ "name": "Clara Client", "send_code": "true" });
    assert_eq!(phone.cancel("b", send.clone()).await["data"]["transfer"], true);
    phone.code("c", "Clara Client").await;
    assert_eq!(phone.cancel("d", send.clone()).await["data"]["transfer"], true);
    // The same for who is nobody's customer.
    let nobody = json!({ "name": "Nora Nobody", "send_code": true });
    for (id, status) in [("e", true), ("e", true), ("e", false), ("f", true), ("f", true), ("g", false)] {
        let answer = phone.cancel(id, nobody.clone()).await;
        assert_eq!(answer["say"] == SENT, status, "{answer}");
        assert_eq!(answer["data"]["transfer"] == true, !status, "{answer}");
    }
    phone.letters(4).await;
    phone.world.clock.set(World::at("2026-11-20T09:30:00Z"));
    phone.code("h", "Clara Client").await;
    // One number, in as many calls as it likes.
    let number = "+4915187654321";
    for (n, status) in
        ["needs_input", "needs_input", "needs_input", "needs_input", "conflict"].iter().enumerate()
    {
        let answer = phone.says(&format!("i{n}"), number, "find_appointments", nobody.clone()).await;
        assert_eq!(answer["status"], *status, "{answer}");
    }
    assert_eq!(phone.active().await, 1);
}

#[tokio::test]
async fn whether_there_is_a_mailbox_is_not_told() {
    let phone = Phone::new().await;
    phone.booked("Emil Client", None, "10:00").await;
    phone.booked("Anna Client", Some("anna@client.example"), "11:00").await;
    phone.booked("Anna Client", Some("other@client.example"), "12:00").await;
    for (n, name) in ["Emil Client", "Nora Nobody", "Anna Client", "Client"].iter().enumerate() {
        let answer = phone.cancel(&format!("a{n}"), json!({ "name": name, "send_code": true })).await;
        assert_eq!(answer["say"], SENT, "{name}");
    }
    // Of two of one name, the number tells which; it proves nothing by itself.
    let args = json!({ "name": "Anna Client", "phone": "030 555012", "send_code": true });
    assert_eq!(phone.cancel("b", args).await["say"], SENT);
    let letter = phone.letters(1).await.remove(0);
    assert_eq!(header(&letter, "To"), "other@client.example", "the first letter of all");
    let found = json!({ "name": "Anna Client", "code": read(&letter) });
    let found = phone.says("b", HIDDEN, "find_appointments", found).await;
    assert_eq!(found["data"]["appointments"].as_array().unwrap().len(), 1, "{found}");
    // A server that refuses is for a log and a measure: a stranger would hear from it that there was somebody.
    phone.outside.mail.order(&[mailbox::Post::Says(550)]);
    let args = json!({ "name": "Anna Client", "phone": "030 555011", "send_code": true });
    assert_eq!(phone.cancel("c", args).await["say"], SENT);
}

#[tokio::test]
async fn nobody_waits_for_a_mail_server() {
    // It takes the call and says nothing, for as long as this test lasts.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let world =
        World::with_mail(Mailer::new(&url.into(), "Einklang <einklang@salon.example>").unwrap()).await;
    assert_eq!(world.book("2026-11-24T10:00:00+01:00").await.status, 201);
    for name in ["Clara Client", "Nora Nobody"] {
        let args = json!({ "name": name, "send_code": true });
        let answer = ring(&world, call(&world, name, HIDDEN), "cancel_appointment", args);
        // Where it was waited for, that took ten seconds.
        let answer = tokio::time::timeout(Duration::from_secs(8), answer).await.expect(name);
        assert_eq!(answer.body["say"], SENT);
    }
}

#[tokio::test]
async fn without_e_mail_nothing_is_asked_or_promised() {
    let world = World::new().await;
    assert_eq!(world.book("2026-11-24T10:00:00+01:00").await.status, 201);
    for args in [
        json!({ "name": "Clara Client" }),
        json!({ "name": "Clara Client", "send_code": true }),
        json!({ "name": "Clara Client", "code": "123456" }),
    ] {
        let reply = ring(&world, call(&world, "a", HIDDEN), "cancel_appointment", args).await;
        assert_eq!(reply.body["say"], "An welchem Tag ist Ihr Termin?");
    }
}
