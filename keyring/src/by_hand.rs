//! Codes that people copy by hand: Crockford's base32, in which nothing is taken for something else.

use crate::clock::Entropy;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of `N` characters, five bits each, with a hyphen after each `group`.
pub(crate) fn code<const N: usize>(entropy: &Entropy, group: usize) -> String {
    let characters = entropy
        .bytes::<N>()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let groups: Vec<String> = characters
        .chunks(group)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// What was typed, as it was meant: case, spaces and hyphens do not matter, and the letters Crockford leaves
/// out are read as the digits they look like.
pub(crate) fn canonical(typed: &str) -> String {
    let meant = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(meant)
        .collect()
}
