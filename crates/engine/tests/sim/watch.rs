//! What is looked at while a run goes on, step by step, because nothing shows it any more when the run is over.

use domain::AppointmentId;
use domain::review::ReviewCode;
use store::Moment;

use crate::gates::Ticket;
use crate::run::{Role, Run};

/// What the last steps of a worker tell.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    /// Another worker held its lane when it last wrote something down, or nobody did.
    fenced: bool,
    /// Cal.com has refused its last call, which was to change something.
    refused: bool,
}

/// Questions that are open.
pub type Asked = Vec<(AppointmentId, ReviewCode)>;

impl Run {
    /// What is open before a worker writes down what follows from a refusal.
    pub async fn asked_before(&self, index: usize) -> Option<Asked> {
        let actor = &self.actors[index];
        let place = actor.ticket.as_ref()?.place();
        let writes = place.call.is_none() && place.moment == Moment::Before;
        if writes && actor.watched.refused { Some(self.asked().await) } else { None }
    }

    /// Looks at what an actor has just done; `asked` is what was open before, if it matters.
    pub async fn watch(&mut self, index: usize, asked: Option<Asked>) {
        let Some(place) = self.actors[index].ticket.as_ref().map(Ticket::place) else { return };
        if !matches!(self.actors[index].role, Role::Worker(_)) {
            return;
        }
        let mut watched = self.actors[index].watched.clone();
        match (place.call, place.moment) {
            // A call is written down under the fence of the lane, and sent after that.
            (Some(call), Moment::Before) => {
                if self.world.network.changes(call) && watched.fenced {
                    let what =
                        format!("{} has lost its lane, and begins {}", self.actors[index].name, place.what);
                    self.world.log.violated(2, what);
                }
                watched.refused = false;
            }
            (Some(call), Moment::After) => {
                let network = &self.world.network;
                watched.refused = network.changes(call) && network.has_refused(call);
            }
            (None, Moment::Before) => {}
            (None, Moment::After) => {
                watched.fenced = !self.holds_a_lane(index).await;
                watched.refused = false;
            }
        }
        self.actors[index].watched = watched;
        // A refusal may be the echo of our own first try: it is looked at what there is before anybody is asked.
        if let Some(before) = asked {
            for (id, code) in self.asked().await {
                if !before.contains(&(id, code))
                    && matches!(code, ReviewCode::SlotTaken | ReviewCode::Refused | ReviewCode::NotFound)
                {
                    let what = format!("{} is {code:?} at the first word of it", self.short(id));
                    self.world.log.violated(8, what);
                }
            }
        }
    }

    async fn asked(&self) -> Asked {
        let mut asked = Asked::new();
        for company in &self.world.companies {
            let open =
                self.world.free.store.reviews_open(company.id, 1000).await.expect("the database answers");
            asked.extend(open.into_iter().map(|item| (item.appointment_id, item.code)));
        }
        asked
    }

    /// Whether a worker holds a lane, be its lease over or not.
    async fn holds_a_lane(&self, index: usize) -> bool {
        let worker = &self.actors[index].name;
        for company in &self.world.companies {
            let lanes = self.world.free.store.lanes(company.id).await.expect("the database answers");
            if lanes.iter().any(|lane| lane.owner.as_ref() == Some(worker)) {
                return true;
            }
        }
        false
    }
}
