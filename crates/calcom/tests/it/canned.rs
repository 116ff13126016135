//! A transport that gives one prepared answer and keeps the request.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Client, Transport, TransportError};
use http::{Request, Response};

pub const BASE_URL: &str = "https://cal.example/";

pub struct Canned {
    answer: Result<Response<Bytes>, TransportError>,
    sent: Mutex<Vec<Request<Bytes>>>,
}

impl Canned {
    pub fn new(answer: Result<Response<Bytes>, TransportError>) -> Arc<Self> {
        Arc::new(Self { answer, sent: Mutex::default() })
    }

    pub fn client(self: &Arc<Self>, key: &str) -> Client {
        Client::new(self.clone(), BASE_URL.parse().unwrap(), key.into())
    }

    /// The one request that was sent.
    pub fn request(&self) -> Request<Bytes> {
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), 1, "one request for each call");
        sent[0].clone()
    }

    pub fn was_asked(&self) -> bool {
        !self.sent.lock().unwrap().is_empty()
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.sent.lock().unwrap().push(request);
        self.answer.clone()
    }
}

/// An answer with a body of any kind.
#[expect(clippy::unnecessary_wraps, reason = "what a transport gives")]
pub fn answer(status: u16, body: impl Into<Bytes>) -> Result<Response<Bytes>, TransportError> {
    Ok(Response::builder().status(status).body(body.into()).unwrap())
}
