//! The side of the node.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request as HttpRequest, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, ServiceExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tower::Layer;

use super::guard::Guard;
use super::{MAX_REQUEST, Question, Token};
use crate::api::{ErrorKind, Request, Service, ServiceError, Signer};
use crate::home::Home;
use crate::secret_file;

/// How many requests are answered at a time; the others wait. Each takes a thread.
const AT_ONCE: usize = 16;

/// How long requests that are being answered may go on once the node ends.
const GRACE: Duration = Duration::from_secs(2);

/// A running local interface.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    token: PathBuf,
}

impl HttpServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, lets what is being answered go on for up to two seconds, and ends.
    pub async fn stop(mut self) {
        self.forget();
        let _ = self.stop.send(true);
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    fn forget(&self) {
        let _ = std::fs::remove_file(&self.token);
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.forget();
        self.task.abort();
    }
}

#[derive(Clone)]
struct Answering {
    service: Arc<dyn Service>,
    turns: Arc<Semaphore>,
}

/// Starts the interface at `address` and leaves its token in the home. Commands find it once the
/// holder of the home's lock has told its address (`Store::tell`).
///
/// Fails with what to do when the port is taken or the address is not of this machine only.
pub async fn serve(
    home: &Home,
    address: SocketAddr,
    service: Arc<dyn Service>,
) -> Result<HttpServer, ServiceError> {
    if !address.ip().is_loopback() {
        return Err(ServiceError::config(format!("{address} can be reached by others"))
            .hint("the local interface takes an address of this machine only, as 127.0.0.1:0"));
    }
    let listener = TcpListener::bind(address).await.map_err(|e| cannot_listen(address, &e))?;
    let address = listener.local_addr().map_err(|e| cannot_listen(address, &e))?;
    let token = Token::draw().map_err(ServiceError::internal)?;
    let token_file = home.http_token();
    secret_file::replace(&token_file, token.0.as_bytes()).map_err(crate::home::HomeError::Secret)?;

    let (stop, mut stopped) = watch::channel(false);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let app = guarded(Guard::new(address, token), Answering { service, turns });
    let task = tokio::spawn(async move {
        let until = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, app.into_make_service()).with_graceful_shutdown(until).await
        {
            tracing::error!(target: "aronde::http", %error, "the local interface ended");
        }
    });
    Ok(HttpServer { address, stop, task, token: token_file })
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> ServiceError {
    let said = ServiceError::config(format!("the local interface cannot listen at {address}: {error}"));
    match error.kind() {
        std::io::ErrorKind::AddrInUse => said
            .hint("another program has this port; choose one with --http 127.0.0.1:PORT, or in config.toml"),
        _ => said.hint("choose an address with --http 127.0.0.1:PORT, or in config.toml"),
    }
}

/// The routes inside the guard: the guard wraps the router, so what it refuses is never routed.
fn guarded(
    guard: Guard,
    answering: Answering,
) -> impl tower::Service<HttpRequest, Response = Response, Error = std::convert::Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let routes = Router::new()
        .route("/api/ping", post(ping))
        .route("/api/{command}", post(answer))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .fallback(|| async { refused(StatusCode::NOT_FOUND, "there is nothing here") })
        .with_state(answering);
    from_fn_with_state(Arc::new(guard), check).layer(routes)
}

async fn check(State(guard): State<Arc<Guard>>, request: HttpRequest, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match guard.check(&head) {
        Ok(()) => next.run(HttpRequest::from_parts(head, body)).await,
        Err((status, why)) => {
            tracing::debug!(target: "aronde::http", %status, why, "a request was refused");
            refused(status, why)
        }
    }
}

async fn ping() -> Json<Value> {
    Json(json!({ "version": env!("CARGO_PKG_VERSION"), "process": std::process::id() }))
}

async fn answer(
    State(Answering { service, turns }): State<Answering>,
    Path(command): Path<String>,
    body: axum::body::Bytes,
) -> Response {
    if !Request::COMMANDS.contains(&command.as_str()) {
        return refused(StatusCode::NOT_FOUND, "there is no such command");
    }
    let (request, signer) = match read_request(&command, &body) {
        Ok(read) => read,
        Err(error) => {
            return failed(&ServiceError::user(format!("the body does not fit {command}: {error}")));
        }
    };
    // The turn goes along with the thread: a caller who hangs up frees neither early.
    let Ok(turn) = turns.acquire_owned().await else {
        return failed(&ServiceError::internal("the local interface is closing"));
    };
    let called = tokio::task::spawn_blocking(move || {
        let answered = service.call(request, signer);
        drop(turn);
        answered
    });
    match called.await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(error)) => failed(&error),
        Err(_) => failed(
            &ServiceError::internal(format!("answering {command} failed"))
                .hint("the node goes on; its log says more (RUST_LOG=debug)"),
        ),
    }
}

/// The request that this body makes of a command, and whose key signs.
///
/// # Errors
/// The body is not JSON, or not of the form that the command takes.
pub fn read_request(command: &str, body: &[u8]) -> Result<(Request, Signer), serde_json::Error> {
    let Question { request, signer } = serde_json::from_slice(body)?;
    let fields = if request.is_null() { json!({}) } else { request };
    Ok((serde_json::from_value(json!({ command: fields }))?, signer))
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, error_json(&ServiceError::user(why))).into_response()
}

fn failed(error: &ServiceError) -> Response {
    let status = match error.kind {
        ErrorKind::User => StatusCode::BAD_REQUEST,
        ErrorKind::Config => StatusCode::CONFLICT,
        ErrorKind::Network => StatusCode::BAD_GATEWAY,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error_json(error)).into_response()
}

fn error_json(error: &ServiceError) -> Json<Value> {
    Json(json!({ "error": error }))
}
