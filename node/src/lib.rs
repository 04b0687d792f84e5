//! The node of Aronde: its home, its keys, its store, its network, and the service that the command
//! line, the local HTTP interface and the pages all call.

pub mod api;
pub mod commons;
pub mod cores;
pub mod home;
pub mod http;
pub mod import;
pub mod key_file;
pub mod network;
pub mod node_key;
pub mod recovery_phrase;
pub mod rules;
pub mod run;
pub mod running;
pub mod samples;
pub mod search;
pub mod secret_file;
pub mod store;
pub mod templates;

/// Opens the store of a home and answers from it. The service keeps the home's lock until it is
/// dropped.
///
/// # Errors
/// Another process has the home, a file of it is damaged, or the disk doesn't let us.
pub fn open_service(home: &home::Home) -> Result<Box<dyn api::Service>, api::ServiceError> {
    Ok(Box::new(commons::Commons::open(home)?))
}
