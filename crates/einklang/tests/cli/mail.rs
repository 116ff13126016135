//! E-mail by an encrypted way: who the server is is proved, and what has to be encrypted never goes in the clear.

use std::io;
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::installation::Installation;

/// How a server speaks.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted once it is asked to.
    StartTls,
    /// Never encrypted.
    Plain,
}

/// A mail server: its port, and what was said to it, each line with whether it came encrypted.
#[derive(Clone, Default)]
struct MailServer {
    port: u16,
    heard: Arc<Mutex<Vec<(bool, String)>>>,
}

impl MailServer {
    async fn start(way: Way, acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up in the middle has said enough.
                let _ = answering.converse(stream, way, &acceptor).await;
            }
        });
        server
    }

    async fn converse(&self, stream: TcpStream, way: Way, acceptor: &TlsAcceptor) -> io::Result<()> {
        if way == Way::Tls {
            return self
                .talk(&mut BufReader::new(acceptor.accept(stream).await?), true, true, false)
                .await
                .map(drop);
        }
        let mut plain = BufReader::new(stream);
        if self.talk(&mut plain, false, true, way == Way::StartTls).await? {
            let encrypted = acceptor.accept(plain.into_inner()).await?;
            self.talk(&mut BufReader::new(encrypted), true, false, false).await?;
        }
        Ok(())
    }

    /// Says whether the other side wants to go on encrypted.
    async fn talk(
        &self,
        stream: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>,
        encrypted: bool,
        greets: bool,
        offers: bool,
    ) -> io::Result<bool> {
        if greets {
            stream.write_all(b"220 mail.example ready\r\n").await?;
        }
        let (mut line, mut reads_message) = (String::new(), false);
        loop {
            stream.flush().await?;
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(false);
            }
            let said = line.trim_end().to_owned();
            self.heard.lock().unwrap().push((encrypted, said.clone()));
            let answer = match said.split_whitespace().next().unwrap_or_default() {
                "." if reads_message => "250 taken\r\n",
                _ if reads_message => continue,
                "EHLO" if offers => "250-mail.example\r\n250 STARTTLS\r\n",
                "STARTTLS" => "220 go on\r\n",
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            reads_message = said == "DATA";
            stream.write_all(answer.as_bytes()).await?;
            if said == "STARTTLS" {
                stream.flush().await?;
                return Ok(true);
            }
        }
    }

    /// Whether each message that was handed over came encrypted.
    fn taken(&self) -> Vec<bool> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|(_, line)| line == "DATA").map(|(encrypted, _)| *encrypted).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_to_whom_a_certificate_vouches_for_and_not_in_the_clear() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));

    let mut salon = Installation::new(None);
    salon.done("migrate");
    salon.done("company create --name 'Salon Morgenrot' --slug morgenrot --timezone Europe/Berlin");
    let create = "user create --company morgenrot --email chefin@salon.example --role admin";
    salon.done_with(create, "ein langes Passwort\n");
    salon.set("EINKLANG_MAIL_FROM", "Einklang <einklang@salon.example>");
    let known = salon.folder.path().join("known.pem");
    std::fs::write(&known, cert.pem()).unwrap();
    // Somebody else's, by the same name.
    let stranger = salon.folder.path().join("stranger.pem");
    std::fs::write(&stranger, generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem())
        .unwrap();

    // How it is asked for, how the server speaks, whether its certificate is known; and whether a message arrives, encrypted.
    let cases = [
        ("smtps://localhost:PORT", Way::Tls, true, Some(true)),
        ("smtps://localhost:PORT", Way::Tls, false, None),
        // A certificate for another name.
        ("smtps://127.0.0.1:PORT", Way::Tls, true, None),
        ("smtp://localhost:PORT?tls=required", Way::StartTls, true, Some(true)),
        ("smtp://localhost:PORT?tls=required", Way::StartTls, false, None),
        ("smtp://localhost:PORT?tls=required", Way::Plain, true, None),
        ("smtp://localhost:PORT?tls=opportunistic", Way::StartTls, true, Some(true)),
        ("smtp://localhost:PORT", Way::Plain, true, Some(false)),
    ];
    for (url, way, is_known, arrives) in cases {
        let server = MailServer::start(way, acceptor.clone()).await;
        salon.set("EINKLANG_SMTP_URL", &url.replace("PORT", &server.port.to_string()));
        let vouches = if is_known { &known } else { &stranger };
        salon.set("SSL_CERT_FILE", vouches.to_str().unwrap());
        let sent = salon.run("notify test --company morgenrot");
        let problem = &sent.json()["sent"][0]["problem"];
        assert_eq!(
            (sent.code, problem.as_str(), server.taken()),
            match arrives {
                Some(encrypted) => (0, None, vec![encrypted]),
                None => (2, Some("unreachable"), Vec::new()),
            },
            "{url}, known: {is_known}: {sent:?}"
        );
    }
}
