//! A node: store, files, network, and the service that the interfaces call.

pub mod store;
