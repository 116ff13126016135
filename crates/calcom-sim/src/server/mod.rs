//! The simulator as a server: Cal.com's API under `/v2`, levers for scripts under `/sim`, and a page for
//! people at `/`. It knows nothing that the library does not; whoever serves it picks address and world.

mod control;
mod fault_order;
mod page;
mod sink;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, get};
use bytes::Bytes;
use futures::stream;
use http::{Request, StatusCode};

use crate::Sim;
use crate::routes;
use crate::sim::Exchange;

pub use sink::HttpSink;

/// Everything the simulator answers. Webhooks go where [`Sim::set_webhook_sink`] says; [`HttpSink`] sends
/// them over the network.
///
/// The simulator's clock has to be the machine's: what is ordered to arrive late does so by itself.
///
/// There is no sign-in at `/sim` and `/`: serve it on loopback.
pub fn server(sim: Sim) -> Router {
    sim.keep_real_time();
    sim.wake_for_what_is_late();
    Router::new()
        .route("/", get(page::bookings))
        .nest("/sim", control::router())
        .route("/v2/{*rest}", any(api))
        .with_state(sim)
}

/// What is lost on the way ends in a cut connection; what never gets through, in a 503 without effect.
async fn api(State(sim): State<Sim>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else { return cut_off() };
    let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    match sim.exchange(Request::from_parts(head, body)).await {
        Exchange::Answered(response) => response.map(Body::from),
        Exchange::NotConnected => {
            routes::plain_error(StatusCode::SERVICE_UNAVAILABLE, &path, sim.now()).map(Body::from)
        }
        Exchange::RequestLost | Exchange::AnswerLost => cut_off(),
    }
}

/// A body that fails at once makes the server close the connection in the middle of the answer.
fn cut_off() -> Response {
    let broken = Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Response::new(Body::from_stream(stream::once(std::future::ready(broken))))
}
