//! Several byte strings in one: two bytes of length (little-endian) before each.

/// The pieces in these bytes. The last may be shorter than it says.
pub fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    while let Some((len, rest)) = bytes.split_first_chunk::<2>() {
        let (piece, rest) = rest.split_at(usize::from(u16::from_le_bytes(*len)).min(rest.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// Bytes of which these are the pieces, each of at most 65,535 bytes.
pub fn join<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        let piece = piece.as_ref();
        bytes.extend(u16::try_from(piece.len()).expect("a piece is short").to_le_bytes());
        bytes.extend(piece);
    }
    bytes
}

/// Bytes read as a script: what is asked for is taken from the front, and zero when nothing is left.
pub struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    /// Begins.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything was taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *byte
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }

    /// A small number mostly, a large one sometimes.
    pub fn number(&mut self) -> u64 {
        match self.byte() {
            255 => u64::MAX,
            254 => u64::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte(), 0, 0, 0, 0x80]),
            small => u64::from(small),
        }
    }

    /// Some bytes, at most 255.
    pub fn bytes(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte()).min(self.0.len());
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    /// A text, at most 255 bytes.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}
