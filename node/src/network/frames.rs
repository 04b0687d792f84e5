//! The codec of every request and answer: four bytes of length, then that many bytes.
//!
//! The length is checked before anything is read into memory, and memory grows with what arrives,
//! not with what is claimed. What the bytes mean is decided elsewhere.

use std::io;
use std::sync::Arc;

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use libp2p::StreamProtocol;
use libp2p::request_response::Codec;

use super::traffic::Meter;

/// Frames with a longest request and a longest answer.
#[derive(Debug, Clone)]
pub(super) struct Frames {
    /// A request, in bytes.
    pub request_max: usize,
    /// An answer, in bytes.
    pub response_max: usize,
    /// Counts them.
    pub meter: Arc<Meter>,
}

impl Frames {
    async fn take<T: AsyncRead + Unpin + Send>(&self, io: &mut T, max: usize) -> io::Result<Vec<u8>> {
        let bytes = read_frame(io, max).await?;
        self.meter.received(PREFIX + bytes.len());
        Ok(bytes)
    }

    async fn give<T: AsyncWrite + Unpin + Send>(
        &self,
        io: &mut T,
        bytes: &[u8],
        max: usize,
    ) -> io::Result<()> {
        self.meter.sent(PREFIX + bytes.len());
        write(io, bytes, max).await
    }
}

/// The bytes of a length.
const PREFIX: usize = 4;

impl Codec for Frames {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.take(io, self.request_max).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.take(io, self.response_max).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.give(io, &bytes, self.request_max).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.give(io, &bytes, self.response_max).await
    }
}

/// The bytes of the next frame, of which at most `max` are taken.
///
/// # Errors
/// The frame is empty, longer than `max`, or ends before its length.
pub async fn read_frame<T: AsyncRead + Unpin + Send>(io: &mut T, max: usize) -> io::Result<Vec<u8>> {
    let mut prefix = [0; PREFIX];
    io.read_exact(&mut prefix).await?;
    let len = usize::try_from(u32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
    if len == 0 || len > max {
        let why = format!("a frame of {len} bytes, where 1 to {max} are allowed");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let mut bytes = Vec::with_capacity(len.min(64 * 1024));
    io.take(len as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < len {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a frame ended before its length"));
    }
    Ok(bytes)
}

async fn write<T: AsyncWrite + Unpin + Send>(io: &mut T, bytes: &[u8], max: usize) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= max && !bytes.is_empty());
    let Some(len) = len else {
        let why = format!("a frame of {} bytes, where 1 to {max} are allowed", bytes.len());
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    };
    io.write_all(&len.to_be_bytes()).await?;
    io.write_all(bytes).await?;
    io.close().await
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use futures::executor::block_on;

    #[test]
    fn a_frame_is_read_as_written() {
        let mut wire = Vec::new();
        block_on(write(&mut wire, b"joint", 5)).unwrap();
        assert_eq!(block_on(read_frame(&mut wire.as_slice(), 5)).unwrap(), b"joint");
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_anything_is_read() {
        for prefix in [[0xff; 4], [0, 0, 0, 6], [0; 4]] {
            let mut wire = prefix.as_slice();
            assert_eq!(block_on(read_frame(&mut wire, 5)).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
        assert!(block_on(write(&mut Vec::new(), b"joints", 5)).is_err());
    }

    #[test]
    fn a_frame_shorter_than_its_length_is_refused() {
        let mut wire = [0, 0, 0, 5, 1, 2].as_slice();
        assert_eq!(block_on(read_frame(&mut wire, 5)).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
