//! What people have to look at, and what they did about it.

pub mod reviews {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reviews")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub appointment_id: Option<Uuid>,
        pub service_id: Option<Uuid>,
        pub connection_id: Option<Uuid>,
        pub detail: String,
        pub code: String,
        pub message: String,
        pub starts_at: Option<i64>,
        pub opened_at: i64,
        pub updated_at: i64,
        pub closed_at: Option<i64>,
        pub closed_by: Option<String>,
        pub assignee_id: Option<Uuid>,
        pub snoozed_until: Option<i64>,
        pub aside: Option<String>,
        pub basis: Option<String>,
        pub version: i64,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub there: Option<Json>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod review_entries {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub review_id: Uuid,
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
