//! Traces for an OpenTelemetry collector: OTLP over HTTP with protobuf, through the HTTP client of the house. Nothing of
//! it runs unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; the other standard variables count, too.
//!
//! What is exported are our own spans, and the log lines within them: requests by route, work by its kind and ids. None
//! holds a word about a customer.

use std::env;

use anyhow::{Context, bail};
use async_trait::async_trait;
use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport as _};
use http::{Request, Response};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// What collectors are named by: for everything, or for traces alone.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];

/// What is being traced.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends what has not been sent yet; waits for it a few seconds at most.
    pub fn end(self) {
        if let Err(error) = tokio::task::block_in_place(|| self.0.shutdown()) {
            tracing::warn!(%error, "the last traces are lost");
        }
    }
}

/// Begins if a collector is named. What it answers has to be a layer of the subscriber.
pub fn start<S>() -> anyhow::Result<Option<(Traces, impl Layer<S>)>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let said = |name: &str| env::var(name).is_ok_and(|value| !value.is_empty());
    if !ENDPOINTS.iter().any(|name| said(name)) || env::var("OTEL_SDK_DISABLED").is_ok_and(|it| it == "true")
    {
        return Ok(None);
    }
    if let Some(name) =
        PROTOCOLS.iter().find(|name| said(name) && env::var(name).is_ok_and(|it| it != "http/protobuf"))
    {
        bail!("{name}: traces go by http/protobuf alone");
    }
    let collector =
        Collector { transport: HttpTransport::new(TimeOuts::default())?, runtime: Handle::current() };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(collector)
        .with_protocol(Protocol::HttpBinary)
        .build()
        .context("OTEL_EXPORTER_OTLP_ENDPOINT names no collector that traces can be sent to")?;
    let mut resource = Resource::builder();
    if !said("OTEL_SERVICE_NAME") {
        resource = resource.with_service_name("einklang");
    }
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.with_attribute(version).build())
        .build();
    // Only what is ours: an exporter that traced its own requests would never come to an end.
    let ours = Targets::new().with_target("einklang", Level::DEBUG).with_target("web", Level::INFO);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("einklang"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(ours);
    Ok(Some((Traces(provider), spans)))
}

/// Sends to the collector. The exporter has a thread of its own that no runtime belongs to.
#[derive(Debug)]
struct Collector {
    transport: HttpTransport,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let transport = self.transport.clone();
        Ok(self.runtime.spawn(async move { transport.send(request).await }).await??)
    }
}
