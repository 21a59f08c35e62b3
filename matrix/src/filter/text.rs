//! How a filter is read and written.

use std::fmt;

use contract::Invalid;

use super::{Filter, IS, Term};

impl Filter {
    /// Reads what a person typed. An error says what to type instead.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let terms = words(text)?.into_iter().map(Word::term);
        let terms = terms.collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }
}

impl fmt::Display for Filter {
    /// The canonical text, for the URL: what is read from it is the same filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Names { key, workspace } if workspace.is_empty() => quoted(f, key),
            Self::Names { key, workspace } => {
                if !key.is_empty() {
                    quoted(f, key)?;
                }
                f.write_str("@")?;
                quoted(f, workspace)
            }
            Self::Is(is) => {
                let name = IS.iter().find(|(_, known)| known == is);
                write!(f, "is:{}", name.map_or("", |(name, _)| name))
            }
            Self::Label { key, value } => {
                f.write_str("label:")?;
                quoted(f, &format!("{key}={value}"))
            }
        }
    }
}

/// Quotes a text that would not be read as it stands.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '@');
    let is_term = text.starts_with("is:") || text.starts_with("label:");
    if !text.is_empty() && text.chars().all(plain) && !is_term {
        f.write_str(text)
    } else {
        write!(f, "\"{}\"", text.replace('"', "\"\""))
    }
}

/// What stands between white space, split at its first `@` outside quotation marks.
#[derive(Default)]
struct Word {
    left: String,
    right: Option<String>,
    /// Whether it begins with a quotation mark, and so is no `is:` and no `label:`.
    literal: bool,
}

impl Word {
    fn term(self) -> Result<Term, Invalid> {
        let whole = !self.literal && self.right.is_none();
        if let Some(name) = self.left.strip_prefix("is:").filter(|_| whole) {
            let known = IS.iter().find(|(known, _)| *known == name);
            let unknown = || {
                Invalid::new(format!(
                    "“is:{name}” is not known. Use is:all, is:staged, is:idle or is:unused."
                ))
            };
            return known.map(|(_, is)| Term::Is(*is)).ok_or_else(unknown);
        }
        if let Some(label) = self.left.strip_prefix("label:").filter(|_| whole) {
            let pair = label.split_once('=').filter(|(key, _)| !key.is_empty());
            let (key, value) =
                pair.ok_or_else(|| Invalid::new("Write a label as label:team=billing."))?;
            return Ok(Term::Label {
                key: key.to_owned(),
                value: value.to_owned(),
            });
        }
        Ok(Term::Names {
            key: self.left.to_lowercase(),
            workspace: self.right.unwrap_or_default().to_lowercase(),
        })
    }
}

fn words(text: &str) -> Result<Vec<Word>, Invalid> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let literal = word.is_none() && c == '"';
        let current = word.get_or_insert_with(|| Word {
            literal,
            ..Word::default()
        });
        match c {
            '@' if current.right.is_none() => current.right = Some(String::new()),
            '"' => {
                let side = current.right.as_mut().unwrap_or(&mut current.left);
                loop {
                    match chars.next() {
                        Some('"') if chars.next_if_eq(&'"').is_some() => side.push('"'),
                        Some('"') => break,
                        Some(c) => side.push(c),
                        None => return Err(Invalid::new("Close the quotation mark.")),
                    }
                }
            }
            c => current.right.as_mut().unwrap_or(&mut current.left).push(c),
        }
    }
    words.extend(word);
    Ok(words)
}
