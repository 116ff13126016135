//! The simulator behind the client's own trait: no sockets, and the faults of the network as the client
//! sees them.

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};

use crate::Sim;
use crate::sim::Exchange;

/// [`calcom::Transport`] straight into a [`Sim`].
#[derive(Clone)]
pub struct SimTransport {
    sim: Sim,
}

impl Sim {
    /// A transport for the typed client that ends in this simulator, whatever the request's host.
    pub fn transport(&self) -> SimTransport {
        SimTransport { sim: self.clone() }
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let lost = || TransportError::Ambiguous { message: "connection lost".to_owned() };
        match self.sim.exchange(request).await {
            Exchange::Answered(response) => Ok(response),
            Exchange::NotConnected => {
                Err(TransportError::NotSent { message: "connection refused".to_owned() })
            }
            Exchange::RequestLost | Exchange::AnswerLost => Err(lost()),
        }
    }
}
