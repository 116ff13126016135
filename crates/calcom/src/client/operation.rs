//! One request before it is sent: method, version, path from a template, query and body.

use std::fmt::{Display, Write};

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

/// What needs no escape in a path segment or a query value. A space becomes `%20`, a plus `%2B`, so that
/// no reading of either can be wrong.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b',')
    .remove(b'@');

pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) version: &'static str,
    /// The path with `{}` for each argument: what logs may show.
    pub(super) template: &'static str,
    pub(super) body: Option<Value>,
    /// An argument that would change what the path means.
    pub(super) unsendable: Option<String>,
    path: String,
    query: Query,
}

impl Operation {
    pub(super) fn get(version: &'static str, template: &'static str, arguments: &[&dyn Display]) -> Self {
        Self::new(Method::GET, version, template, arguments)
    }

    pub(super) fn post(version: &'static str, template: &'static str, arguments: &[&dyn Display]) -> Self {
        Self::new(Method::POST, version, template, arguments)
    }

    pub(super) fn patch(version: &'static str, template: &'static str, arguments: &[&dyn Display]) -> Self {
        Self::new(Method::PATCH, version, template, arguments)
    }

    pub(super) fn delete(version: &'static str, template: &'static str, arguments: &[&dyn Display]) -> Self {
        Self::new(Method::DELETE, version, template, arguments)
    }

    fn new(
        method: Method,
        version: &'static str,
        template: &'static str,
        arguments: &[&dyn Display],
    ) -> Self {
        let mut path = String::new();
        let mut unsendable = None;
        let mut arguments = arguments.iter();
        for (index, piece) in template.split("{}").enumerate() {
            if index > 0 {
                let argument = arguments.next().map(ToString::to_string).unwrap_or_default();
                if matches!(argument.as_str(), "" | "." | "..") {
                    unsendable = Some(argument.clone());
                }
                path.extend(utf8_percent_encode(&argument, ESCAPED));
            }
            path.push_str(piece);
        }
        Self { method, version, template, body: None, unsendable, path, query: Query::default() }
    }

    pub(super) fn query(mut self, write: impl FnOnce(&mut Query)) -> Self {
        write(&mut self.query);
        self
    }

    pub(super) fn body(mut self, body: &impl Serialize) -> Self {
        // Cannot fail: bodies are structs of this crate, and all their maps have text as keys.
        self.body = Some(serde_json::to_value(body).expect("a request body is plain JSON"));
        self
    }

    pub(super) fn path_and_query(&self) -> String {
        match self.query.0.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

/// The query of a request, in the order it is written.
#[derive(Default)]
pub(crate) struct Query(String);

impl Query {
    pub(crate) fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            let separator = if self.0.is_empty() { "" } else { "&" };
            // Writing to a String does not fail.
            let _ = write!(self.0, "{separator}{name}={}", utf8_percent_encode(value, ESCAPED));
        }
    }

    pub(crate) fn value(&mut self, name: &str, value: Option<impl Display>) {
        self.text(name, value.map(|value| value.to_string()).as_deref());
    }

    /// The values with commas between them; nothing if there are none.
    pub(crate) fn list(&mut self, name: &str, values: impl IntoIterator<Item = impl Display>) {
        let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
        self.text(name, (!values.is_empty()).then(|| values.join(",")).as_deref());
    }
}
