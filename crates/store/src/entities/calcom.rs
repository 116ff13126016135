//! Connections to Cal.com: accounts, links, lanes, work, the inbox, calls that were sent.

pub mod connections {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "connections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub base_url: String,
        pub name: String,
        pub api_key: Vec<u8>,
        pub webhook_token: String,
        pub webhook_secret: Vec<u8>,
        pub webhook_id: Option<String>,
        #[sea_orm(column_type = "JsonBinary")]
        pub account: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub capabilities: Json,
        pub state: String,
        pub state_message: Option<String>,
        pub created_at: i64,
        pub last_webhook_at: Option<i64>,
        pub webhook_missed_at: Option<i64>,
        pub changes_read_to: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod event_types {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_types")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub service_id: Uuid,
        pub segment: i64,
        pub staff_id: Option<Uuid>,
        pub host: Option<i64>,
        pub connection_id: Uuid,
        pub event_type_id: Option<i64>,
        pub role: String,
        pub reference_field: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub state: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod lanes {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "lanes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub connection_id: Uuid,
        pub owner: Option<String>,
        pub token: i64,
        pub lease_until_at: i64,
        #[sea_orm(column_type = "JsonBinary")]
        pub budget: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod dirty {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "dirty")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub connection_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub priority: i64,
        pub due_at: i64,
        pub version: i64,
        pub failures: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod attempts {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "attempts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub appointment_id: Uuid,
        pub connection_id: Uuid,
        pub kind: String,
        pub path: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub request: Json,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub response: Option<Json>,
        pub http_status: Option<i64>,
        pub outcome: Option<String>,
        pub message: Option<String>,
        pub started_at: i64,
        pub finished_at: Option<i64>,
        pub duration_ms: Option<i64>,
        pub next_try_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod deliveries {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub connection_id: Uuid,
        pub received_at: i64,
        pub created_at_remote: Option<i64>,
        pub trigger_event: Option<String>,
        pub verdict: String,
        pub body: String,
        pub body_hash: Vec<u8>,
        pub uid: Option<String>,
        pub effect: Option<String>,
        pub appointment_id: Option<Uuid>,
        pub processed_at: Option<i64>,
        pub first_processed_at: Option<i64>,
        pub repeats: i64,
        pub repeated_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod delivery_entries {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "delivery_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub delivery_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub at: i64,
        #[sea_orm(column_type = "JsonBinary")]
        pub actor: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub what: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
