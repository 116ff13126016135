//! Where messages go: a mail server and rooms in this process.

use std::sync::Arc;

use engine::Engine;
use engine::notifications::Post;
use engine::notifications::mail::Mailer;
use web::letters::Letters;

#[path = "../../../engine/tests/simulation/mailbox.rs"]
pub mod mailbox;

use mailbox::{MailServer, Rooms};

pub struct Outside {
    pub mail: MailServer,
    pub rooms: Rooms,
}

impl Outside {
    pub async fn new() -> Self {
        Self { mail: MailServer::start().await, rooms: Rooms::default() }
    }

    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.mail.url.as_str().into(), "Einklang <einklang@salon.example>").unwrap()
    }

    pub fn post(&self, engine: &Engine) -> Post {
        let mailer = self.mailer();
        Post {
            words: Arc::new(Letters { public_url: engine.settings.public_url.clone() }),
            mailer: Some(mailer),
            rooms: Arc::new(self.rooms.clone()),
        }
    }
}
