//! Documents: what people edit together.

pub mod value;
