//! Event types: what can be booked, with whom, and under which rules.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Model;
use super::users::{TeamId, UserId};

/// Cal.com's number of an event type.
pub type EventTypeId = i64;

/// Who hosts an event type's bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    User(UserId),
    /// A team's round robin: each booking goes to one free host, the least recently booked first.
    RoundRobin {
        team: TeamId,
        hosts: Vec<UserId>,
    },
}

/// Whether a booking waits for the host's yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    NotNeeded,
    /// `blocks_slot`: a waiting booking already makes its slot unavailable to others.
    Always {
        blocks_slot: bool,
    },
    /// Only if the booking begins within `count` whole units, of so many minutes each.
    OnShortNotice {
        unit: String,
        unit_minutes: i64,
        count: i64,
        blocks_slot: bool,
    },
}

impl Confirmation {
    pub(crate) fn blocks_slot(&self) -> bool {
        match self {
            Self::NotNeeded => false,
            Self::Always { blocks_slot } | Self::OnShortNotice { blocks_slot, .. } => *blocks_slot,
        }
    }
}

/// Until when an event type can be booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum BookingWindow {
    Unlimited,
    /// So many days ahead, as Cal.com echoes it.
    Days {
        days: i64,
        business_days: bool,
        echoed: Value,
    },
    /// From one date to another, both included (`YYYY-MM-DD`).
    Dates {
        from: jiff::civil::Date,
        to: jiff::civil::Date,
        echoed: Value,
    },
}

/// How a recurring event type repeats: every `interval` weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recurrence {
    pub(crate) interval: i64,
    pub(crate) occurrences: i64,
    pub(crate) frequency: Frequency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frequency {
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventType {
    pub(crate) id: EventTypeId,
    pub(crate) owner: Owner,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) length_minutes: i64,
    pub(crate) length_options: Vec<i64>,
    /// As given to the API: `[{type, …}]`.
    pub(crate) locations: Vec<Value>,
    pub(crate) custom_fields: Vec<Value>,
    /// Cal.com's own field for the attendee's phone number, if it was asked for.
    #[serde(default)]
    pub(crate) phone_field: Option<Value>,
    pub(crate) confirmation: Confirmation,
    pub(crate) booking_window: BookingWindow,
    pub(crate) disable_guests: bool,
    pub(crate) hidden: bool,
    pub(crate) slot_interval: Option<i64>,
    pub(crate) minimum_notice_minutes: i64,
    pub(crate) before_buffer_minutes: i64,
    pub(crate) after_buffer_minutes: i64,
    pub(crate) schedule_id: Option<i64>,
    /// Settings that are kept as they came; of these only seats and recurrence change anything in this model.
    pub(crate) echoed: Map<String, Value>,
}

/// Slug of Cal.com's own field for the attendee's phone number.
pub(crate) const ATTENDEE_PHONE: &str = "attendeePhoneNumber";

/// Settings of [`EventType::echoed`].
pub(crate) const ECHOED_SETTINGS: &[&str] = &[
    "allowReschedulingCancelledBookings",
    "allowReschedulingPastBookings",
    "bookerActiveBookingsLimit",
    "bookerLayouts",
    "bookingLimitsCount",
    "bookingLimitsDuration",
    "bookingRequiresAuthentication",
    "calVideoSettings",
    "color",
    "customName",
    "destinationCalendar",
    "disableCancelling",
    "disableRescheduling",
    "hideCalendarEventDetails",
    "hideCalendarNotes",
    "hideOrganizerEmail",
    "interfaceLanguage",
    "lockTimeZoneToggleOnBookingPage",
    "offsetStart",
    "onlyShowFirstAvailableSlot",
    "recurrence",
    "requiresBookerEmailVerification",
    "seats",
    "showOptimizedSlots",
    "successRedirectUrl",
    "useDestinationCalendarEmail",
];

impl EventType {
    pub(crate) fn new(owner: Owner, title: &str, slug: &str, length_minutes: i64) -> Self {
        Self {
            id: 0,
            owner,
            title: title.to_owned(),
            slug: slug.to_owned(),
            description: String::new(),
            length_minutes,
            length_options: Vec::new(),
            locations: Vec::new(),
            custom_fields: Vec::new(),
            phone_field: None,
            confirmation: Confirmation::NotNeeded,
            booking_window: BookingWindow::Unlimited,
            disable_guests: false,
            hidden: false,
            slot_interval: None,
            minimum_notice_minutes: 120,
            before_buffer_minutes: 0,
            after_buffer_minutes: 0,
            schedule_id: None,
            echoed: Map::new(),
        }
    }

    pub(crate) fn owner_user(&self) -> Option<UserId> {
        match self.owner {
            Owner::User(id) => Some(id),
            Owner::RoundRobin { .. } => None,
        }
    }

    pub(crate) fn team_id(&self) -> Option<TeamId> {
        match self.owner {
            Owner::User(_) => None,
            Owner::RoundRobin { team, .. } => Some(team),
        }
    }

    pub(crate) fn hosts(&self) -> Vec<UserId> {
        match &self.owner {
            Owner::User(id) => vec![*id],
            Owner::RoundRobin { hosts, .. } => hosts.clone(),
        }
    }

    pub(crate) fn is_round_robin(&self) -> bool {
        matches!(self.owner, Owner::RoundRobin { .. })
    }

    /// Whether there are bookings that wait for the host's yes.
    pub(crate) fn may_need_confirmation(&self) -> bool {
        self.confirmation != Confirmation::NotNeeded
    }

    /// Whether a booking that is made or moved now waits for the host's yes.
    pub(crate) fn needs_confirmation(&self, start: Timestamp, now: Timestamp) -> bool {
        match &self.confirmation {
            Confirmation::NotNeeded => false,
            Confirmation::Always { .. } => true,
            Confirmation::OnShortNotice { unit_minutes, count, .. } => {
                start.duration_since(now).as_mins() / unit_minutes <= *count
            }
        }
    }

    /// How many parties can share a slot, if more than one can.
    pub(crate) fn seats(&self) -> Option<usize> {
        let seats = self.echoed.get("seats").filter(|seats| seats["disabled"] != true)?;
        usize::try_from(seats["seatsPerTimeSlot"].as_u64()?).ok()
    }

    /// Whether strangers and the other parties may know who shares a slot.
    pub(crate) fn shows_attendees(&self) -> bool {
        self.echoed.get("seats").is_none_or(|seats| seats["showAttendeeInfo"] != false)
    }

    pub(crate) fn recurrence(&self) -> Option<Recurrence> {
        let recurrence = self.echoed.get("recurrence").filter(|recurrence| recurrence["disabled"] != true)?;
        let frequency = match recurrence["frequency"].as_str()? {
            "monthly" => Frequency::Monthly,
            "yearly" => Frequency::Yearly,
            _ => Frequency::Weekly,
        };
        let interval = recurrence["interval"].as_i64()?;
        Some(Recurrence { interval, occurrences: recurrence["occurrences"].as_i64()?, frequency })
    }

    /// Event types created for a team carry the attendee's phone number as a hidden field of their own.
    pub(crate) fn has_phone_field(&self) -> bool {
        self.is_round_robin()
    }

    /// The booking fields in Cal.com's order, hidden ones included.
    pub(crate) fn booking_fields(&self) -> Vec<Value> {
        let system = |kind: &str, slug: &str, required: bool, hidden: bool| {
            json!({
                "isDefault": true, "type": kind, "slug": slug, "required": required,
                "disableOnPrefill": false, "hidden": hidden,
            })
        };
        let mut name = json!({
            "isDefault": true, "type": "name", "slug": "name", "required": true, "disableOnPrefill": false,
        });
        if !self.is_round_robin() {
            name["label"] = json!("your_name");
        }
        let mut fields = vec![name, system("email", "email", true, false)];
        if let Some(phone) = &self.phone_field {
            fields.push(phone.clone());
        } else if self.has_phone_field() {
            fields.push(system("phone", ATTENDEE_PHONE, false, true));
        }
        fields.push(json!({
            "isDefault": true, "type": "radioInput", "slug": "location", "required": false, "hidden": false,
        }));
        fields.extend(self.custom_fields.iter().cloned());
        fields.push(system("text", "title", true, true));
        fields.push(system("textarea", "notes", false, false));
        fields.push(system("multiemail", "guests", false, self.disable_guests));
        fields.push(system("textarea", "rescheduleReason", false, false));
        fields
    }
}

impl Model {
    pub(crate) fn event_type(&self, id: EventTypeId) -> Option<&EventType> {
        self.event_types.iter().find(|event_type| event_type.id == id)
    }

    pub(crate) fn event_type_by_slug(&self, username: &str, slug: &str) -> Option<&EventType> {
        let owner = self.user_named(username)?.id;
        self.event_types.iter().find(|e| e.owner_user() == Some(owner) && e.slug == slug)
    }

    pub(crate) fn add_event_type(&mut self, mut event_type: EventType) -> EventTypeId {
        self.last_event_type_id += 1;
        event_type.id = self.last_event_type_id;
        self.event_types.push(event_type);
        self.last_event_type_id
    }
}
