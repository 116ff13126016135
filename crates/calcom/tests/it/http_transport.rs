//! The real transport over loopback sockets: what it says when there is no answer, and that it follows no
//! redirect.

use std::time::Duration;

use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport, TransportError};
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TIME_OUTS: TimeOuts =
    TimeOuts { connect: Duration::from_millis(500), total: Duration::from_millis(500) };

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v2/me?attendeeEmail=clara@client.example", listener.local_addr().unwrap());
    (listener, url)
}

async fn send(url: &str) -> Result<http::Response<Bytes>, TransportError> {
    let request = Request::post(url).body(Bytes::from_static(b"{}")).unwrap();
    HttpTransport::new(TIME_OUTS).unwrap().send(request).await
}

/// Accepts one connection and reads the request up to its end.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"{}") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
    }
    stream
}

#[tokio::test]
async fn a_refused_connection_was_surely_not_sent() {
    let (listener, url) = listener().await;
    drop(listener);
    let error = send(&url).await.unwrap_err();
    assert!(matches!(error, TransportError::NotSent { .. }), "{error}");
    assert!(!error.to_string().contains("clara"), "{error}");
}

#[tokio::test]
async fn no_answer_in_time_is_ambiguous() {
    let (listener, url) = listener().await;
    let (_stream, answer) = tokio::join!(accept(&listener), send(&url));
    let error = answer.unwrap_err();
    assert!(matches!(error, TransportError::Ambiguous { .. }), "{error}");
    assert!(!error.to_string().contains("clara"), "{error}");
}

#[tokio::test]
async fn a_lost_connection_is_ambiguous_with_and_without_half_an_answer() {
    for half in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":"] {
        let (listener, url) = listener().await;
        let server = async {
            let mut stream = accept(&listener).await;
            stream.write_all(half.as_bytes()).await.unwrap();
            drop(stream);
        };
        let ((), answer) = tokio::join!(server, send(&url));
        let error = answer.unwrap_err();
        assert!(matches!(error, TransportError::Ambiguous { .. }), "{half:?}: {error}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (elsewhere, target) = listener().await;
    let (listener, url) = listener().await;
    let server = async {
        let answer = format!("HTTP/1.1 307 Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        accept(&listener).await.write_all(answer.as_bytes()).await.unwrap();
    };
    let ((), answer) = tokio::join!(server, send(&url));
    assert_eq!(answer.unwrap().status(), 307);
    let visit = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(visit.is_err(), "nobody went there");
}

#[tokio::test]
async fn an_answer_comes_with_status_headers_and_body() {
    let (listener, url) = listener().await;
    let server = async {
        let answer = b"HTTP/1.1 429 Slow\r\nX-RateLimit-Reset-Default: 58\r\nContent-Length: 2\r\n\r\n{}";
        accept(&listener).await.write_all(answer).await.unwrap();
    };
    let ((), answer) = tokio::join!(server, send(&url));
    let answer = answer.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (429, &b"{}"[..]));
    assert_eq!(answer.headers()["x-ratelimit-reset-default"], "58");
}

#[tokio::test]
async fn a_name_that_leads_to_an_address_that_is_not_welcome_is_not_followed() {
    let (listener, url) = listener().await;
    let url = url.replace("127.0.0.1", "localhost");
    let request = || Request::post(&url).body(Bytes::from_static(b"{}")).unwrap();
    let strict = HttpTransport::only_to(TIME_OUTS, |address| !address.is_loopback()).unwrap();
    let error = strict.send(request()).await.unwrap_err();
    assert!(matches!(error, TransportError::NotSent { .. }), "{error}");
    let open = HttpTransport::only_to(TIME_OUTS, std::net::IpAddr::is_ipv4).unwrap();
    let server = async {
        let mut stream = accept(&listener).await;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    };
    let ((), answer) = tokio::join!(server, open.send(request()));
    assert_eq!(answer.unwrap().status(), 204);
}
