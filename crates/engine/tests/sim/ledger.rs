//! What people have said, on either side, and what they were told: the other half of what the oracle needs
//! beside the two systems themselves.

use domain::AppointmentId;
use jiff::Timestamp;

/// Everything that was said, in order.
#[derive(Debug, Clone, Default)]
pub struct Ledger(pub Vec<Said>);

/// One thing that a person said.
#[derive(Debug, Clone)]
pub struct Said {
    /// The step at which it was said.
    pub begun: usize,
    /// The step at which it was granted; `None` if nobody ever told the person.
    pub granted: Option<usize>,
    pub side: Side,
    /// The appointment, or the first booking of the chain, that it is about.
    pub whose: String,
    pub word: Word,
    /// Whether it is about one of two bookings, while another takes its place, or about one that is no more: then
    /// it is not said of the appointment.
    pub beside: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Here,
    There,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Made, for then.
    Booked(Timestamp),
    /// Moved; `from` is what the booking said until then, where it is known.
    Moved {
        from: Option<Timestamp>,
        to: Timestamp,
    },
    Cancelled,
    Confirmed,
    /// Settled a question, or wanted another try.
    Settled,
    /// Something that changes no time and no state.
    Other,
}

impl Ledger {
    /// A person begins to say something; answers its number.
    pub fn begin(&mut self, step: usize, side: Side, whose: String, word: Word) -> usize {
        self.0.push(Said { begun: step, granted: None, side, whose, word, beside: false });
        self.0.len() - 1
    }

    /// What was said at Cal.com of a booking that is no more need not have been heard.
    pub fn forget(&mut self, whose: &str) {
        for said in self.0.iter_mut().filter(|said| said.side == Side::There && said.whose == whose) {
            said.beside = true;
        }
    }

    pub fn grant(&mut self, said: usize, step: usize) {
        self.0[said].granted = Some(step);
    }

    /// A person was told of an appointment that was made here.
    pub fn booked(&mut self, step: usize, id: AppointmentId, start: Timestamp) {
        let said = self.begin(step, Side::Here, id.to_string(), Word::Booked(start));
        self.grant(said, step);
    }
}
