//! Appointments with their bookings and history.

pub mod appointments {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "appointments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: i64,
        pub branch_id: Uuid,
        pub service_id: Uuid,
        pub staff_id: Uuid,
        pub customer_id: Uuid,
        pub starts_at: i64,
        pub ends_at: i64,
        pub time_zone: String,
        pub status: String,
        pub reason: Option<String>,
        pub notes: Option<String>,
        pub origin: String,
        pub overlapping: bool,
        pub version: i64,
        pub sync: String,
        pub created_at: i64,
        pub updated_at: i64,
        #[sea_orm(column_type = "JsonBinary")]
        pub segments: Json,
        pub deleted_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who is taken when, and by what: one row per segment of every active appointment, and of every time that is held.
pub mod chairs {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "chairs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub taken_by: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub segment: i64,
        pub staff_id: Uuid,
        pub starts_at: i64,
        pub ends_at: i64,
        pub overlapping: bool,
        /// When it is free again, of what is only held.
        pub expires_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod bookings {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "bookings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub appointment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub segment: i64,
        pub role: String,
        pub connection_id: Uuid,
        pub event_type_id: i64,
        pub host: Option<i64>,
        pub earlier: i64,
        pub generation: i64,
        pub uid: Option<String>,
        #[sea_orm(column_type = "JsonBinary")]
        pub seen: Json,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub agreed: Option<Json>,
        pub look: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub doubts: Json,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub refused: Option<Json>,
        pub failures: i64,
        pub last_attempt_at: Option<i64>,
        pub verified_at: Option<i64>,
        pub next_try_at: Option<i64>,
        pub home_at: Option<i64>,
        pub held_from: Option<i64>,
        pub held_to: Option<i64>,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub decided: Option<Json>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod booking_uids {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_uids")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub connection_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub uid: String,
        pub appointment_id: Uuid,
        pub number: i64,
        pub first_seen_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod entries {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub appointment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub at: i64,
        pub origin: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub actor: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub what: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod dedupes {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "dedupes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub fingerprint: String,
        pub appointment_id: Uuid,
        pub created_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
