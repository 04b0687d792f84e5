//! Frames: a length, then that many bytes, of everything that comes over a connection.

use aronde_node::network::read_frame;
use futures::executor::block_on;

/// The longest frame that is taken here.
const MAX: usize = 4_096;

/// A frame is what its length says, or an error; what follows it is left.
pub fn body(bytes: &[u8]) {
    let mut wire = bytes;
    let Ok(frame) = block_on(read_frame(&mut wire, MAX)) else { return };
    assert!((1..=MAX).contains(&frame.len()));
    let len = u32::try_from(frame.len()).unwrap().to_be_bytes();
    assert_eq!([&len, frame.as_slice(), wire].concat(), bytes);
}

/// A frame, one with more behind it, one cut off, and lengths that nobody has.
pub fn seeds() -> Vec<Vec<u8>> {
    let frame = [[0, 0, 0, 5].as_slice(), b"joint"].concat();
    vec![
        frame.clone(),
        [frame.as_slice(), b"more"].concat(),
        frame[..7].to_vec(),
        vec![0; 4],
        vec![0xff; 4],
        [[0, 0, 0x10, 0].as_slice(), &[7; MAX]].concat(),
    ]
}
