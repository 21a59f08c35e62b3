//! Tokens: `PREFIX_` + 43 base62 characters (256 bits) + 6 base62 characters of CRC-32 over all
//! before them. The checksum refuses typing errors and foreign strings without a query; it
//! proves nothing about who holds the token.

use std::fmt;

use contract::{Invalid, resource::RevealedToken};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::clock::Entropy;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;

/// What every token of this Keyrack begins with: 1 to 16 lower-case letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPrefix(String);

impl Default for TokenPrefix {
    fn default() -> Self {
        Self("kr".to_owned())
    }
}

impl TokenPrefix {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::fits(text)
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| Invalid::new("use 1 to 16 lower-case letters and digits"))
    }

    fn fits(text: &str) -> bool {
        let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (1..=16).contains(&text.len()) && text.bytes().all(small)
    }
}

/// A token in the clear. It is not `Clone`, prints nothing, and is wiped when dropped.
pub struct PlainToken(SecretString);

impl PlainToken {
    pub(crate) fn generate(prefix: &TokenPrefix, entropy: &Entropy) -> Self {
        let secret = Zeroizing::new(entropy.bytes::<32>());
        let mut text = Zeroizing::new(format!("{}_", prefix.0));
        let digits: Zeroizing<[u8; SECRET_LENGTH]> = base62(secret);
        text.extend(digits.iter().map(|digit| char::from(*digit)));
        let checksum = checksum(&text);
        text.extend(checksum.iter().map(|digit| char::from(*digit)));
        Self(SecretString::from(text.as_str()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Enough to recognise the token by: the prefix, three characters, and the last four. What it
    /// leaves to guess is far over 200 bits.
    pub(crate) fn hint(&self) -> String {
        let text = self.expose();
        let secret = text.find('_').map_or(0, |at| at + 1);
        format!("{}…{}", &text[..secret + 3], &text[text.len() - 4..])
    }

    /// For the answer that shows it.
    pub fn reveal(self) -> RevealedToken {
        RevealedToken::new(self.expose())
    }
}

/// The text of a token that somebody presented: it has the form of one, whether or not it ever was one.
#[derive(Clone, Copy)]
pub(crate) struct WellFormed<'a>(&'a str);

impl<'a> WellFormed<'a> {
    /// `None`: no token of ours looks like this.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (prefix, rest) = text.split_once('_')?;
        let well_formed = TokenPrefix::fits(prefix)
            && rest.len() == SECRET_LENGTH + CHECKSUM_LENGTH
            && rest.bytes().all(|b| b.is_ascii_alphanumeric());
        let (body, check) = text.split_at_checked(text.len().checked_sub(CHECKSUM_LENGTH)?)?;
        (well_formed && *checksum(body) == *check.as_bytes()).then_some(Self(text))
    }

    pub(crate) fn expose(self) -> &'a str {
        self.0
    }
}

impl<'a> From<&'a PlainToken> for WellFormed<'a> {
    fn from(token: &'a PlainToken) -> Self {
        Self(token.expose())
    }
}

impl fmt::Debug for WellFormed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WellFormed(…)")
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

/// CRC-32 in base62. It is computed for each token that somebody presents, and fits a register.
fn checksum(text: &str) -> Zeroizing<[u8; CHECKSUM_LENGTH]> {
    let mut number = crc32fast::hash(text.as_bytes());
    let mut digits = Zeroizing::new([b'0'; CHECKSUM_LENGTH]);
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits
}

/// Big-endian bytes as a base62 number of exactly `DIGITS` digits. 62^43 > 2^256 and 62^6 > 2^32, so
/// nothing is cut off.
fn base62<const BYTES: usize, const DIGITS: usize>(
    mut number: Zeroizing<[u8; BYTES]>,
) -> Zeroizing<[u8; DIGITS]> {
    let mut digits = Zeroizing::new([b'0'; DIGITS]);
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_usize;
        for byte in number.iter_mut() {
            let value = remainder * 256 + usize::from(*byte);
            *byte =
                u8::try_from(value / 62).expect("the remainder is below 62, so this fits a byte");
            remainder = value % 62;
        }
        *digit = ALPHABET[remainder];
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(seed: u64) -> PlainToken {
        PlainToken::generate(&TokenPrefix::default(), &Entropy::seeded(seed))
    }

    #[test]
    fn a_token_has_the_published_form() {
        let token = token(1);
        assert_eq!(token.expose().len(), "kr_".len() + 43 + 6);
        assert_eq!(token.hint().chars().count(), "kr_abc…wxyz".chars().count());
        assert_eq!(format!("{token:?}"), "PlainToken(…)");
        assert_eq!(format!("{:?}", WellFormed::from(&token)), "WellFormed(…)");
    }

    #[test]
    fn base62_holds_its_edges() {
        assert_eq!(*base62(Zeroizing::new([0; 32])), [b'0'; 43]);
        assert_eq!(*base62(Zeroizing::new([61])), *b"0z");
        assert_eq!(*base62(Zeroizing::new([0xff; 4])), *b"4gfFC3");
    }

    proptest! {
        #[test]
        fn the_checksum_is_the_number_in_base62(text in ".{0,60}") {
            let number = crc32fast::hash(text.as_bytes()).to_be_bytes();
            prop_assert_eq!(checksum(&text), base62(Zeroizing::new(number)));
        }

        #[test]
        fn every_token_is_read_back(seed: u64) {
            let token = token(seed);
            let read = WellFormed::parse(token.expose()).unwrap();
            prop_assert_eq!(read.expose(), token.expose());
        }

        /// CRC-32 finds every error burst up to 32 bits, so no single changed character passes.
        #[test]
        fn every_single_character_change_is_refused(seed: u64, at in 0_usize..52, to in 0_usize..62) {
            let token = token(seed);
            let mut changed = token.expose().as_bytes().to_vec();
            prop_assume!(changed[at] != ALPHABET[to]);
            changed[at] = ALPHABET[to];
            prop_assert!(WellFormed::parse(std::str::from_utf8(&changed).unwrap()).is_none());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,90}") {
            let _ = WellFormed::parse(&text);
        }
    }
}
