//! Bytes as text, however they were written.

/// A text, and what should be said about how it was read.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) remark: Option<&'static str>,
}

/// What Windows-1252 puts where Latin-1 has control codes; unused codes stay what they are.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// UTF-8, UTF-16 with its mark (spreadsheets write it), else Western single-byte text. `None` when it is
/// no text at all.
pub(super) fn decode(bytes: &[u8]) -> Option<Decoded> {
    let decoded = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => plain(rest),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        bytes => plain(bytes),
    };
    (!decoded.text.contains('\0')).then_some(decoded)
}

fn plain(bytes: &[u8]) -> Decoded {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.to_owned(), remark: None };
    }
    let text = bytes
        .iter()
        .map(|byte| match byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at))) {
            Some(c) => *c,
            None => char::from(*byte),
        })
        .collect();
    Decoded {
        text,
        remark: Some("is not UTF-8 and was read as Western text (Windows-1252); check its accents"),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Decoded> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let text =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>().ok()?;
    odd.is_empty().then_some(Decoded { text, remark: None })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_to_write_text_are_read() {
        for (bytes, text, odd) in [
            (&b"\xef\xbb\xbfa\xc3\xa9"[..], "aé", false),
            (b"\xff\xfea\0\xe9\0", "aé", false),
            (b"\xfe\xff\0a\0\xe9", "aé", false),
            (b"a\xe9 \x80 \x92", "aé € ’", true),
            (b"", "", false),
        ] {
            let decoded = decode(bytes).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.remark.is_some()), (text, odd));
        }
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        assert!(decode(b"PK\x03\x04\0\0").is_none());
        assert!(decode(b"\xff\xfea").is_none());
        assert!(decode(b"\xff\xfe\x00\xd8a\0").is_none());
    }
}
