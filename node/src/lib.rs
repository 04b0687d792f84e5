//! A node of Aronde: store, files, network, and the service that the API, the pages and the CLI call.

pub mod network;
