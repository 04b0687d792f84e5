//! Documents: what people edit together.

pub mod draft;
pub mod value;
