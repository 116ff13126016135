//! More of a salon than one stylist with one service: other accounts, a team, services made of several
//! stretches of work.

use calcom_sim::{NewEventType, NewUser, WorkingHours};
use domain::appointment::{Actor, Origin};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::service::{Link, Service, Work};
use domain::{BranchId, ConnectionId, LinkId, ServiceId, StaffId};
use engine::connect;
use jiff::civil::{Weekday, time};

use crate::world::World;

const ALL_DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// A stylist: who that is here and at Cal.com.
#[derive(Debug, Clone, Copy)]
pub struct Stylist {
    pub staff: StaffId,
    pub user: i64,
    pub connection: ConnectionId,
}

impl World {
    /// The stylist whom every world has.
    pub fn anna(&self) -> Stylist {
        Stylist { staff: self.staff, user: 1, connection: self.connection }
    }

    /// A stylist with an account of her own.
    pub async fn stylist(&self, name: &str) -> Stylist {
        let user = self.user(name);
        let connection = self.connect(name, user).await;
        Stylist { staff: self.staff(name).await, user, connection }
    }

    /// Somebody of whom Cal.com knows, and whose account is not connected: what is known is seen through Anna's.
    pub async fn unconnected(&self, name: &str) -> Stylist {
        let user = self.user(name);
        Stylist { staff: self.staff(name).await, user, connection: self.connection }
    }

    fn user(&self, name: &str) -> i64 {
        let handle = name.to_lowercase();
        let user = self.sim.add_user(NewUser::new(&handle, name, &format!("{handle}@salon.example")));
        let hours = WorkingHours { days: ALL_DAYS.to_vec(), from: time(0, 0, 0, 0), to: time(23, 59, 0, 0) };
        self.sim.set_schedule(user, "Always", &[hours], &[]);
        user
    }

    /// Connects the account of a user at Cal.com.
    pub async fn connect(&self, name: &str, user: i64) -> ConnectionId {
        let key = format!("cal_test_{}", name.to_lowercase());
        self.sim.add_api_key(user, &key);
        let by = Actor::of(Origin::System);
        let connected =
            connect::connect(&self.engine, self.company, None, "http://cal.example", key.into(), by).await;
        connected.unwrap().id
    }

    async fn staff(&self, name: &str) -> StaffId {
        let staff = StaffId(self.engine.ambient.id());
        let hours = WeeklyHours::on(&ALL_DAYS, time(0, 0, 0, 0), time(23, 59, 0, 0));
        let branch_id: BranchId = self.engine.store.branches(self.company).await.unwrap()[0].id;
        let person = Staff { id: staff, branch_id, name: name.into(), active: true, hours };
        self.engine.store.add_staff(self.company, person).await.unwrap();
        staff
    }

    /// A service of some stylists, each with an event type of her own per stretch of work. `work` is minutes
    /// and the pause after them.
    pub async fn service(&self, name: &str, work: &[(u32, u32)], of: &[Stylist]) -> ServiceId {
        let id = self.unlinked_service(name, work, of).await;
        for stylist in of {
            for ((minutes, _), segment) in work.iter().zip(0..) {
                let slug = format!("{name}-{segment}").to_lowercase();
                let event_type = NewEventType::new(name, &slug, i64::from(*minutes));
                let event_type = self.sim.add_event_type(stylist.user, event_type);
                self.link_to(id, segment, *stylist, event_type, None).await;
            }
        }
        id
    }

    /// A service that a team performs on one event type; Cal.com chooses the host.
    pub async fn team_service(&self, name: &str, minutes: u32, of: &[Stylist]) -> ServiceId {
        let id = self.unlinked_service(name, &[(minutes, 0)], of).await;
        let users: Vec<_> = of.iter().map(|stylist| stylist.user).collect();
        let team = self.sim.add_team(name, &users);
        let event_type = NewEventType::new(name, &name.to_lowercase(), i64::from(minutes));
        let event_type = self.sim.add_team_event_type(team, &users, event_type);
        // The team's bookings are seen with the key of its first member.
        for stylist in of {
            let through = Stylist { connection: of[0].connection, ..*stylist };
            self.link_to(id, 0, through, event_type, Some(stylist.user)).await;
        }
        id
    }

    async fn unlinked_service(&self, name: &str, work: &[(u32, u32)], of: &[Stylist]) -> ServiceId {
        let id = ServiceId(self.engine.ambient.id());
        let segments = work.iter().map(|(minutes, pause_minutes)| Work {
            name: name.into(),
            minutes: *minutes,
            pause_minutes: *pause_minutes,
            staff: Vec::new(),
        });
        let service = Service {
            id,
            name: name.into(),
            slug: name.to_lowercase(),
            description: String::new(),
            duration_minutes: work.iter().map(|(minutes, pause)| minutes + pause).sum(),
            price_cents: None,
            active: true,
            terms: domain::service::Terms::default(),
            sync: domain::service::ServiceSync::Never,
            version: 1,
            segments: if work.len() > 1 { segments.collect() } else { Vec::new() },
        };
        let able: Vec<_> = of.iter().map(|stylist| stylist.staff).collect();
        self.engine.store.add_service(self.company, service).await.unwrap();
        self.engine.store.set_service_staff(self.company, id, &able).await.unwrap();
        id
    }

    async fn link_to(
        &self,
        service_id: ServiceId,
        segment: u16,
        stylist: Stylist,
        event_type_id: i64,
        host: Option<i64>,
    ) {
        let link = Link {
            id: LinkId(self.engine.ambient.id()),
            service_id,
            segment,
            staff_id: Some(stylist.staff),
            host,
            connection_id: stylist.connection,
            event_type_id,
            reference_field: true,
        };
        connect::link(&self.engine, self.company, link).await.unwrap();
    }

    /// Who can do the service of the one stylist, too.
    pub async fn also_cuts(&self, stylist: Stylist) {
        let able = [self.staff, stylist.staff];
        self.engine.store.set_service_staff(self.company, self.service, &able).await.unwrap();
        let event_type = self.sim.add_event_type(stylist.user, NewEventType::new("Cut", "cut", 45));
        self.link_to(self.service, 0, stylist, event_type, None).await;
    }
}
