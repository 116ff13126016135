//! What recurs falls due at any moment, in the middle of everything else.

use domain::Origin;
use domain::appointment::Actor;
use domain::case::{Due, Priority};
use engine::verify::Wish;
use rand::RngExt;
use store::Subject;

use crate::run::Run;

impl Run {
    /// The changes of an account are asked for, or all of its bookings are verified.
    pub async fn a_round_begins(&mut self) {
        let company = self.dice.random_range(0..self.world.companies.len());
        let salon = &self.world.companies[company];
        let account = &salon.accounts[self.dice.random_range(0..salon.accounts.len())];
        let (id, connection, engine) = (salon.id, account.connection, &self.world.free);
        let asks = self.dice.random_bool(0.5);
        let begun = if asks {
            let due = Due { at: engine.ambient.now(), priority: Priority::Check };
            engine.store.mark(id, connection, Subject::Changes, due).await.map_err(engine::Error::from)
        } else {
            let wish = Wish { window: None, check_only: self.dice.random_bool(0.2) };
            let actor = Actor::of(Origin::System);
            engine.verify(id, connection, wish, actor).await.map(drop)
        };
        begun.expect("the database answers");
        self.idle = [false; 2];
        let what = if asks { "changes are asked for" } else { "all bookings are verified" };
        self.world.log.say(format!("{what} at {}", account.key));
    }
}
