//! Reading requests: bodies field by field, queries parameter by parameter. Everything that is wrong is
//! found at once and told with its place; what is not known is refused, so that nothing is ignored silently.

use axum::body::Bytes;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::problem::{Code, Fault, Place, Problem, Text};
use crate::state::AppState;

/// The bytes of a body, at most as many as the route's limit.
pub struct RawBody(pub Bytes);

impl FromRequest<AppState> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(if too_large { Code::BodyTooLarge } else { Code::Malformed })
        })?;
        Ok(Self(bytes))
    }
}

/// A JSON object as it came, or an empty one if nothing came.
pub struct OptionalObject(pub Map<String, Value>);

impl FromRequest<AppState> for OptionalObject {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        // Some clients name the type of a body that they do not send.
        let says_nothing =
            !request.headers().contains_key(header::CONTENT_TYPE) || is_json(request.headers());
        if says_nothing && request.body().is_end_stream() {
            return Ok(Self(Map::new()));
        }
        JsonObject::from_request(request, state).await.map(|JsonObject(object)| Self(object))
    }
}

/// No body, or an empty JSON object.
pub struct Nothing;

impl FromRequest<AppState> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let OptionalObject(object) = OptionalObject::from_request(request, state).await?;
        Fields::of(object).finish(Some(Self))
    }
}

/// A JSON object as it came.
pub struct JsonObject(pub Map<String, Value>);

impl FromRequest<AppState> for JsonObject {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Problem::new(Code::Malformed)
                .because(Text::new("Erwartet wird ein JSON-Objekt.", "A JSON object is expected."))),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                Err(Problem::new(Code::Malformed).because(Text::new(
                    format!("Das JSON ist fehlerhaft: Zeile {line}, Spalte {column}."),
                    format!("The JSON is broken at line {line}, column {column}."),
                )))
            }
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(media_type.as_str(), "application/json" | "application/merge-patch+json")
}

/// The fields of an object that is being read, and what was found to be wrong so far.
pub struct Fields {
    pointer: String,
    object: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Fields {
    /// The body itself.
    pub fn of(object: Map<String, Value>) -> Self {
        Self { pointer: String::new(), object, faults: Vec::new() }
    }

    /// Takes a field out; `null` is absent.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, even as `null`: in a merge patch that means "remove".
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// How many faults were found so far.
    pub fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Notes that a field is wrong.
    pub fn fault(&mut self, name: &str, detail: Text) {
        let name = name.replace('~', "~0").replace('/', "~1");
        self.faults.push(Fault { place: Place::Body(format!("{}/{name}", self.pointer)), detail });
    }

    fn fault_within(&mut self, path: &str, detail: Text) {
        self.faults.push(Fault { place: Place::Body(format!("{}/{path}", self.pointer)), detail });
    }

    /// A text of at most `limit` characters, trimmed; an empty one is absent.
    pub fn text(&mut self, name: &str, limit: usize) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.chars().count() <= limit => {
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
            Value::String(_) => {
                let detail =
                    Text::new(format!("höchstens {limit} Zeichen"), format!("at most {limit} characters"));
                self.fault(name, detail);
                None
            }
            _ => {
                self.fault(name, Text::new("erwartet wird ein Text", "a text is expected"));
                None
            }
        }
    }

    /// A text as it stands there, blanks and all; an empty one is there too.
    pub fn verbatim(&mut self, name: &str) -> Option<String> {
        let Value::String(text) = self.take(name)? else {
            self.fault(name, Text::new("erwartet wird ein Text", "a text is expected"));
            return None;
        };
        Some(text)
    }

    /// A text of which `read` makes something, or it is not what is `expected`.
    pub fn parsed<T>(
        &mut self,
        name: &str,
        expected: Text,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name, 1_000)?;
        let value = read(&text);
        if value.is_none() {
            self.fault(name, expected);
        }
        value
    }

    /// An instant, written with its offset.
    pub fn instant(&mut self, name: &str) -> Option<Timestamp> {
        self.parsed(name, instant_expected(), read_instant)
    }

    /// An object within the object.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let Value::Object(object) = self.take(name)? else {
            self.fault(name, Text::new("erwartet wird ein Objekt", "an object is expected"));
            return None;
        };
        let mut inner = Self { pointer: format!("{}/{name}", self.pointer), object, faults: Vec::new() };
        let value = read(&mut inner);
        inner.refuse_the_rest();
        self.faults.append(&mut inner.faults);
        value
    }

    /// An object within the object, as it came.
    pub fn raw_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        let Value::Object(object) = self.take(name)? else {
            self.fault(name, Text::new("erwartet wird ein Objekt", "an object is expected"));
            return None;
        };
        Some(object)
    }

    /// A list of texts of each of which `read` makes something.
    pub fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        expected: &Text,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(values) = self.take(name)? else {
            self.fault(name, Text::new("erwartet wird eine Liste", "a list is expected"));
            return None;
        };
        if values.len() > most {
            let detail = Text::new(format!("höchstens {most} Einträge"), format!("at most {most} entries"));
            self.fault(name, detail);
            return None;
        }
        let mut list = Vec::new();
        for (index, value) in values.iter().enumerate() {
            match value.as_str().and_then(&read) {
                Some(value) => list.push(value),
                None => self.fault_within(&format!("{name}/{index}"), expected.clone()),
            }
        }
        Some(list)
    }

    /// A list of objects of each of which `read` makes something.
    pub fn objects<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let expected = || Text::new("erwartet wird eine Liste von Objekten", "a list of objects is expected");
        let Value::Array(values) = self.take(name)? else {
            self.fault(name, expected());
            return None;
        };
        if values.len() > most {
            let detail = Text::new(format!("höchstens {most} Einträge"), format!("at most {most} entries"));
            self.fault(name, detail);
            return None;
        }
        let mut list = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let Value::Object(object) = value else {
                self.fault_within(&format!("{name}/{index}"), expected());
                continue;
            };
            let pointer = format!("{}/{name}/{index}", self.pointer);
            let mut inner = Self { pointer, object, faults: Vec::new() };
            list.extend(read(&mut inner));
            inner.refuse_the_rest();
            self.faults.append(&mut inner.faults);
        }
        Some(list)
    }

    /// A field that can be changed, but not removed.
    pub fn must_stay<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (given, faults) = (self.has(name), self.faults());
        let value = read(self);
        // Removed with `null`, or with nothing but blanks.
        if given && value.is_none() && self.faults() == faults {
            self.fault(name, Text::new("kann nicht entfernt werden", "cannot be removed"));
        }
        value
    }

    /// A yes or no.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.take(name)?.as_bool();
        if value.is_none() {
            self.fault(name, Text::new("erwartet wird true oder false", "true or false is expected"));
        }
        value
    }

    /// A whole number of which `fits` holds.
    pub fn number(&mut self, name: &str, expected: Text, fits: impl Fn(i64) -> bool) -> Option<i64> {
        let value = self.take(name)?.as_i64().filter(|number| fits(*number));
        if value.is_none() {
            self.fault(name, expected);
        }
        value
    }

    /// Makes what may be missing a must.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.faults.len();
        let value = read(self);
        // One that is there and wrong was told already.
        if value.is_none() && self.faults.len() == before {
            self.fault(name, Text::new("wird benötigt", "is required"));
        }
        value
    }

    /// Whether nothing is wrong so far.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty()
    }

    /// Ends the reading: fields that nobody took are unknown.
    ///
    /// # Errors
    /// Everything that was wrong, in one problem.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Problem> {
        self.refuse_the_rest();
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(Problem::invalid(self.faults)),
        }
    }

    fn refuse_the_rest(&mut self) {
        let unknown: Vec<_> = self.object.keys().cloned().collect();
        for name in unknown {
            self.fault(&name, Text::new("dieses Feld gibt es hier nicht", "there is no such field here"));
        }
        self.object.clear();
    }
}

/// The parameters of a query that is being read, and what was found to be wrong so far.
pub struct Parameters {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Parameters {
    /// Those of an address; empty ones say nothing.
    pub fn of(query: Option<&str>) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
            .map_err(|_| Problem::new(Code::Malformed))?;
        let pairs = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        Ok(Self { pairs, faults: Vec::new() })
    }

    /// Notes that a parameter is wrong.
    pub fn fault(&mut self, name: &str, detail: Text) {
        self.faults.push(Fault { place: Place::Query(name.to_owned()), detail });
    }

    /// Whether nothing is wrong so far.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty()
    }

    /// Those of an object with the same names: texts, or lists of texts.
    ///
    /// # Errors
    /// What is neither, with its place in the body.
    pub fn of_object(pointer: &str, object: Map<String, Value>) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        for (name, value) in object {
            let values = if let Value::Array(values) = value { values } else { vec![value] };
            for value in values {
                let Value::String(text) = value else {
                    let place = Place::Body(format!("{pointer}/{name}"));
                    let detail = Text::new("erwartet wird ein Text", "a text is expected");
                    return Err(Problem::invalid(vec![Fault { place, detail }]));
                };
                pairs.push((name.clone(), text));
            }
        }
        Ok(Self { pairs, faults: Vec::new() })
    }

    /// A parameter that may be given several times: any of these.
    pub fn all<T>(&mut self, name: &str, expected: &Text, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let (given, rest) = self.pairs.drain(..).partition(|(key, _)| key == name);
        self.pairs = rest;
        let given: Vec<(String, String)> = given;
        let mut values = Vec::new();
        for (_, text) in given {
            match read(text.trim()) {
                Some(value) => values.push(value),
                None => self.fault(name, expected.clone()),
            }
        }
        values
    }

    /// A parameter that is given once; the last one counts.
    pub fn one<T>(&mut self, name: &str, expected: &Text, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.all(name, expected, read).pop()
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.one(name, &Text::new("", ""), |text| Some(text.to_owned()))
    }

    /// Ends the reading: parameters that nobody took are unknown.
    ///
    /// # Errors
    /// Everything that was wrong, in one problem.
    pub fn finish<T>(mut self, value: T) -> Result<T, Problem> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            let detail = Text::new("diesen Parameter gibt es hier nicht", "there is no such parameter here");
            self.fault(&name, detail);
        }
        if self.faults.is_empty() { Ok(value) } else { Err(Problem::bad_query(self.faults)) }
    }
}

/// An instant of RFC 3339, in whole minutes. A local time without offset means another instant in every
/// zone and is none.
pub fn read_instant(text: &str) -> Option<Timestamp> {
    let instant: Timestamp = text.parse().ok()?;
    (instant.as_millisecond() % 60_000 == 0 && instant.subsec_nanosecond() == 0).then_some(instant)
}

/// What [`read_instant`] expects.
pub fn instant_expected() -> Text {
    Text::new(
        "erwartet wird eine Zeit in ganzen Minuten mit Abstand zu UTC, wie 2026-11-24T14:30:00+01:00 (RFC 3339)",
        "a time in whole minutes with an offset is expected, such as 2026-11-24T14:30:00+01:00 (RFC 3339)",
    )
}

/// What an id of a kind looks like.
pub fn id_expected(prefix: &'static str) -> Text {
    Text::new(
        format!("erwartet wird eine Kennung, die mit „{prefix}_“ beginnt"),
        format!("an id is expected that starts with `{prefix}_`"),
    )
}

/// One of these names.
pub fn one_of(names: impl Iterator<Item = &'static str>) -> Text {
    let names: Vec<_> = names.collect();
    let names = names.join(", ");
    Text::new(format!("erwartet wird eines von: {names}"), format!("expected is one of: {names}"))
}
