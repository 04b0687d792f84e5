//! A member's key as a DID, and as 32 bytes.

use aronde_protocol::key::{MemberKey, SecretKey};

/// A key has one spelling, and a weak one is never taken.
pub fn body(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<MemberKey>()
    {
        assert_eq!(key.to_string(), text);
        assert_eq!(MemberKey::from_bytes(*key.as_bytes()), Ok(key));
        assert!(!key.short().is_empty());
    }
    if let Some(raw) = bytes.first_chunk::<32>()
        && let Ok(key) = MemberKey::from_bytes(*raw)
    {
        assert_eq!(key.as_bytes(), raw);
        assert_eq!(key.to_string().parse(), Ok(key));
        let signature = bytes.get(32..96).and_then(|s| s.try_into().ok()).unwrap_or([0; 64]);
        // The neutral element as R and a scalar of zero would vouch for anything under a weak key.
        assert!(!key.signed(b"anything", &signature), "nobody signed this");
    }
}

/// Keys, well spelt and not.
pub fn seeds() -> Vec<Vec<u8>> {
    let key = SecretKey::from_seed(&[7; 32]);
    let mut neutral = [0; 32];
    neutral[0] = 1;
    vec![
        key.member().to_string().into_bytes(),
        [key.member().as_bytes().as_slice(), &key.sign(b"another")].concat(),
        neutral.to_vec(),
        [neutral, neutral, [0; 32]].concat(),
        b"did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme".to_vec(),
    ]
}
