//! What the description of the API says beside its operations: what it is, how to authenticate, and that
//! every operation may answer with a problem.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Document, PROBLEM_JSON};
use crate::state::AppState;

/// The frame that operations are put into.
pub(super) fn about() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Einklang")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Appointments that are the same here and at Cal.com. Times are RFC 3339 with an offset, ids are \
             prefixed, lists are read with cursors, errors are problem documents (RFC 9457), and a `POST` can \
             be repeated safely with an `Idempotency-Key`.",
        ))
        .build();
    let mut api = OpenApiBuilder::new().info(info).build();
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("ek_live_…").build();
    api.components.get_or_insert_default().add_security_scheme("api_key", SecurityScheme::Http(key));
    api
}

/// Tells of every operation that it may answer with a problem.
pub(super) fn with_problems(mut router: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    let api = router.get_openapi_mut();
    let schema = Ref::from_schema_name(Document::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description("What went wrong. The status is that of the code.")
        .content(PROBLEM_JSON, content)
        .build();
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), RefOr::T(response.clone()));
        }
    }
    let components = api.components.get_or_insert_default();
    let mut schemas = Vec::new();
    Document::schemas(&mut schemas);
    schemas.push((Document::name().into_owned(), Document::schema()));
    components.schemas.extend(schemas);
    router
}
