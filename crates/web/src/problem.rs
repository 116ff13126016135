//! What programs are told when something goes wrong: one problem document (RFC 9457) for every error of the
//! API, the phone and the webhooks, with a code that has a page in `docs/errors`.
//!
//! Handlers return a [`Problem`]; [`crate::request`] gives it the reader's language and the request's id when
//! the response leaves. What went wrong inside (a database, a key that does not open) is logged there and
//! never told. Pages for people have their own error page.

use std::borrow::Cow;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n::Language;
use crate::state::AppState;

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident, $de:literal, $en:literal;)+) => {
        /// What went wrong, in one word. Stable: programs decide by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {$(
            $(#[$doc])*
            $variant,
        )+}

        impl Code {
            /// All.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The status that it is answered with.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// What it is called.
            pub fn title(self, language: Language) -> &'static str {
                match (self, language) {$(
                    (Self::$variant, Language::De) => $de,
                    (Self::$variant, Language::En) => $en,
                )+}
            }

            /// Its page, in Markdown.
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../../docs/errors/", $code, ".md")),)+
                }
            }
        }
    };
}

codes! {
    /// The body or query cannot be read.
    Malformed = "malformed", BAD_REQUEST,
        "Die Anfrage ist nicht lesbar", "The request cannot be read";
    /// Parameters of the query that are unknown or not what they should be.
    QueryInvalid = "query_invalid", BAD_REQUEST,
        "Die Parameter der Anfrage sind falsch", "The parameters of the query are wrong";
    /// The key is missing where there must be one, or is not readable.
    IdempotencyKeyInvalid = "idempotency_key_invalid", BAD_REQUEST,
        "Der Idempotency-Key fehlt oder ist nicht lesbar", "The Idempotency-Key is missing or not readable";
    /// No key, or one that is not valid.
    Unauthorized = "unauthorized", UNAUTHORIZED,
        "Der API-Schlüssel fehlt oder ist ungültig", "The API key is missing or not valid";
    /// The signature is not that of the body.
    SignatureInvalid = "signature_invalid", UNAUTHORIZED,
        "Die Signatur ist ungültig", "The signature is not valid";
    /// The key lacks the scope.
    Forbidden = "forbidden", FORBIDDEN,
        "Der API-Schlüssel darf das nicht", "The API key may not do this";
    /// There is nothing here, or it belongs to somebody else.
    NotFound = "not_found", NOT_FOUND,
        "Nicht gefunden", "Not found";
    /// The address exists, but not for this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED,
        "Diese Methode gibt es hier nicht", "This method is not allowed here";
    /// Somebody else has the time.
    SlotTaken = "slot_taken", CONFLICT,
        "Die Zeit ist schon vergeben", "The time is taken";
    /// Another service has the short name.
    ShortNameTaken = "short_name_taken", CONFLICT,
        "Der Kurzname gehört einer anderen Leistung", "The short name belongs to another service";
    /// A cancelled appointment stays as it is.
    AppointmentCancelled = "appointment_cancelled", CONFLICT,
        "Der Termin ist abgesagt", "The appointment is cancelled";
    /// What is over stays as it is.
    AppointmentOver = "appointment_over", CONFLICT,
        "Der Termin ist vorbei", "The appointment is over";
    /// Not in the state that the change is for.
    WrongStatus = "wrong_status", CONFLICT,
        "Der Termin ist nicht in diesem Zustand", "The appointment is not in that state";
    /// Both sides say the same, or the service has no place for what Cal.com says.
    NothingToSettle = "nothing_to_settle", CONFLICT,
        "Dazu gibt es nichts zu entscheiden", "There is nothing to settle";
    /// The event type stands for something else, or something else stands for the service.
    EventTypeTaken = "event_type_taken", CONFLICT,
        "Der Event-Typ oder die Leistung ist schon anders verbunden", "The event type or the service is tied otherwise";
    /// A change of an appointment or service must say which version it is about.
    VersionRequired = "version_required", PRECONDITION_REQUIRED,
        "Die Änderung nennt keine Version", "The change names no version";
    /// It was changed since it was read.
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED,
        "Inzwischen wurde etwas geändert", "It was changed meanwhile";
    /// More bytes than are read.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE,
        "Die Anfrage ist zu groß", "The request is too large";
    /// Not JSON.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
        "Dieses Format wird nicht gelesen", "This format is not read";
    /// Fields that are missing, unknown or not what they should be.
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY,
        "Die Angaben sind unvollständig oder falsch", "The request is incomplete or wrong";
    /// The same key with another request.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY,
        "Der Idempotency-Key gehört zu einer anderen Anfrage",
        "The Idempotency-Key belongs to another request";
    /// There is no such service, or it cannot be booked.
    ServiceNotBookable = "service_not_bookable", UNPROCESSABLE_ENTITY,
        "Die Leistung kann nicht gebucht werden", "The service cannot be booked";
    /// It can be booked, but not by a program.
    ServiceNotOnline = "service_not_online", UNPROCESSABLE_ENTITY,
        "Die Leistung wird nicht online angeboten", "The service is not offered online";
    /// The staff member does not do this service here.
    StaffNotOffering = "staff_not_offering", UNPROCESSABLE_ENTITY,
        "Niemand bietet diese Leistung so an", "Nobody offers the service like this";
    /// Not in the future.
    InThePast = "in_the_past", UNPROCESSABLE_ENTITY,
        "Die Zeit liegt in der Vergangenheit", "The time is in the past";
    /// More than two years ahead.
    TooFarAhead = "too_far_ahead", UNPROCESSABLE_ENTITY,
        "Die Zeit liegt zu weit voraus", "The time is too far ahead";
    /// Nobody works then.
    OutsideWorkingHours = "outside_working_hours", UNPROCESSABLE_ENTITY,
        "Zu dieser Zeit arbeitet niemand", "Nobody works at that time";
    /// Too soon or too late for what the service offers.
    OutsideTerms = "outside_terms", UNPROCESSABLE_ENTITY,
        "Die Zeit liegt zu nah oder zu weit voraus", "The time is too near or too far ahead";
    /// Cal.com had to be asked, and did not answer as it should.
    CalcomSilent = "calcom_silent", BAD_GATEWAY,
        "Cal.com antwortet nicht wie erwartet", "Cal.com does not answer as expected";
    /// Our fault.
    Internal = "internal", INTERNAL_SERVER_ERROR,
        "Das hat nicht geklappt", "Something went wrong";
}

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    de: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    /// German and English.
    pub fn new(de: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { de: de.into(), en: en.into() }
    }

    /// In one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// Where in a request something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the body (RFC 6901).
    Body(String),
    /// A parameter of the query.
    Query(String),
    /// A header.
    Header(&'static str),
}

/// One thing that is wrong in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub detail: Text,
}

/// Something went wrong; the response is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Option<Text>,
    faults: Vec<Fault>,
}

impl Problem {
    /// What went wrong, without particulars.
    pub fn new(code: Code) -> Self {
        Self { code, detail: None, faults: Vec::new() }
    }

    /// The request is wrong at these places.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(Code::ValidationFailed) }
    }

    /// The query is wrong at these places.
    pub fn bad_query(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(Code::QueryInvalid) }
    }

    /// Our fault: `error` goes to the log and not to the caller.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        let causes: Vec<_> = causes.map(ToString::to_string).collect();
        tracing::error!(%error, ?causes, "request failed");
        Self::new(Code::Internal)
    }

    /// What happened in this case.
    pub fn because(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Where in the request the cause is.
    pub fn at(mut self, place: Place, detail: Text) -> Self {
        self.faults.push(Fault { place, detail });
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The document for a reader. `docs` is where the pages are.
    pub fn document(&self, language: Language, docs: &str, request_id: &str) -> Document {
        let errors = self.faults.iter().map(|fault| {
            let detail = fault.detail.in_language(language).to_owned();
            let error = DocumentError { pointer: None, parameter: None, header: None, detail };
            match &fault.place {
                Place::Body(pointer) => DocumentError { pointer: Some(pointer.clone()), ..error },
                Place::Query(name) => DocumentError { parameter: Some(name.clone()), ..error },
                Place::Header(name) => DocumentError { header: Some((*name).to_owned()), ..error },
            }
        });
        Document {
            r#type: format!("{docs}/{}", self.code.as_str()),
            title: self.code.title(language).to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.as_ref().map(|detail| detail.in_language(language).to_owned()),
            code: self.code,
            request_id: request_id.to_owned(),
            errors: errors.collect(),
        }
    }
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// The page that explains the code.
    #[schema(format = "uri")]
    pub r#type: String,
    /// What the code is called, in the language asked for by `Accept-Language` (German or English).
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened in this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What went wrong, for programs.
    pub code: Code,
    /// Names this request in the logs; also in the header `x-request-id`.
    pub request_id: String,
    /// What is wrong in the request, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<DocumentError>,
}

/// One thing that is wrong in a request; exactly one of `pointer`, `parameter` and `header` says where.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProblemError)]
pub struct DocumentError {
    /// JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What is wrong there.
    pub detail: String,
}

/// The body follows in [`crate::request`], which knows the reader.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if self.code == Code::Unauthorized {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// `GET /docs/errors/{code}`: where the `type` of a problem leads.
pub fn routes() -> axum::Router<AppState> {
    axum::Router::new().route(&format!("{DOCS}/{{code}}"), get(page))
}

/// The path of the pages.
pub const DOCS: &str = "/docs/errors";

type Page = ([(HeaderName, &'static str); 1], &'static str);

async fn page(Path(code): Path<String>) -> Result<Page, Problem> {
    let code = Code::ALL.iter().find(|known| known.as_str() == code);
    let code = code.ok_or(Problem::new(Code::NotFound))?;
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], code.page()))
}
