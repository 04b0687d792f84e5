//! `demo`: a federation of three workshops on loopback.

use super::Progress;
use crate::api::ServiceError;

/// Shows it.
pub fn demo(progress: &dyn Progress) -> Result<(), ServiceError> {
    let _ = progress;
    Err(ServiceError::internal("the demo is being built"))
}
