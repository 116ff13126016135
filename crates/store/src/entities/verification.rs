//! Runs of verification and what they found.

pub mod verifications {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "verifications")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub connection_id: Uuid,
        #[sea_orm(column_type = "JsonBinary")]
        pub actor: Json,
        pub check_only: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub starts: Json,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub position: Option<Json>,
        #[sea_orm(column_type = "JsonBinary")]
        pub counts: Json,
        pub started_at: i64,
        pub scheduled: bool,
        pub read_at: Option<i64>,
        pub finished_at: Option<i64>,
        pub rereads: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod detections {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "detections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub uid: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub changed_at: i64,
        pub found_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod findings {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "findings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub verification_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub uid: String,
        pub appointment_id: Option<Uuid>,
        pub class: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub fields: Json,
        pub found_at: i64,
        pub healed_at: Option<i64>,
        pub connection_id: Option<Uuid>,
        pub starts_at: Option<i64>,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub there: Option<Json>,
        pub other_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
