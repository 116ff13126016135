//! The other side of messages: a mail server and a room in this process, which misbehave when a test says so.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a mail server does with the next message; it takes those for which nothing is ordered.
#[derive(Debug, Clone, Copy)]
pub enum Post {
    /// Answers to the whole message with this status.
    Says(u16),
    /// Takes the message, and the answer is lost.
    AnswerLost,
    /// Hangs up before it has heard anything.
    HangsUp,
}

/// A mail server and what it has taken.
#[derive(Clone)]
pub struct MailServer {
    pub url: String,
    orders: Arc<Mutex<VecDeque<Post>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { url, orders: Arc::default(), taken: Arc::default() };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up in the middle has said enough.
                let _ = answering.converse(stream).await;
            }
        });
        server
    }

    pub fn order(&self, posts: &[Post]) {
        self.orders.lock().unwrap().extend(posts);
    }

    /// The messages that it has, as they came: header, then body.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let order = self.orders.lock().unwrap().pop_front();
        if matches!(order, Some(Post::HangsUp)) {
            return Ok(());
        }
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 mail.example ready\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let answer = match line.split_whitespace().next().unwrap_or_default() {
                "EHLO" => "250 mail.example\r\n",
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await?;
            if line.starts_with("DATA") {
                let message = read_message(&mut stream).await?;
                match order {
                    Some(Post::Says(status)) => {
                        stream.write_all(format!("{status} so it is\r\n").as_bytes()).await?;
                    }
                    Some(Post::AnswerLost) => {
                        self.taken.lock().unwrap().push(message);
                        return Ok(());
                    }
                    _ => {
                        self.taken.lock().unwrap().push(message);
                        stream.write_all(b"250 taken\r\n").await?;
                    }
                }
            }
        }
    }
}

async fn read_message(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut message = String::new();
    while !message.ends_with("\r\n.\r\n") {
        if stream.read_line(&mut message).await? == 0 {
            break;
        }
    }
    Ok(message)
}

/// The value of a header, or "".
pub fn header<'m>(message: &'m str, name: &str) -> &'m str {
    let line = message
        .lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.split_once(": ").filter(|(it, _)| *it == name));
    line.map_or("", |(_, value)| value)
}

/// A message without the coding of mail, good enough to look for words in it.
pub fn decoded(message: &str) -> String {
    let joined = message.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let coded = (first == b'=').then(|| more.get(..2)).flatten();
        let coded = coded.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let Some(byte) = coded {
            bytes.push(byte);
            rest = &more[2..];
        } else {
            bytes.push(first);
            rest = more;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Rooms: takes what is sent to any address, and answers as ordered.
#[derive(Clone, Default)]
pub struct Rooms {
    orders: Arc<Mutex<VecDeque<Result<u16, TransportError>>>>,
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Rooms {
    pub fn order(&self, answers: &[Result<u16, TransportError>]) {
        self.orders.lock().unwrap().extend(answers.iter().cloned());
    }

    /// What was sent: address and body.
    pub fn taken(&self) -> Vec<(String, String)> {
        self.taken.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Rooms {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        self.taken.lock().unwrap().push((request.uri().to_string(), body));
        let status = self.orders.lock().unwrap().pop_front().unwrap_or(Ok(200))?;
        let answer = http::Response::builder().status(status);
        let answer = if status == 429 { answer.header("retry-after", "1200") } else { answer };
        Ok(answer.body(Bytes::new()).unwrap())
    }
}
