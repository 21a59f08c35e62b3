use leptos::prelude::*;

/// The initials of a person. The name itself stands beside it, or in `title` where there is no room.
#[component]
pub fn Avatar(#[prop(into)] name: String, #[prop(optional)] small: bool) -> impl IntoView {
    let letters = initials(&name);
    view! { <span class="avatar" class:small=small title=name aria-hidden="true">{letters}</span> }
        .into_any()
}

/// First letters of the first and the last word. A lozenge stands for who has no letters.
fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|character| character.is_alphanumeric()));
    let first = letters.next();
    let letters: String = first
        .into_iter()
        .chain(letters.next_back())
        .flat_map(char::to_uppercase)
        .collect();
    if letters.is_empty() {
        "◆".to_owned()
    } else {
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_all_sorts_of_names() {
        assert_eq!(initials("Mira Lindqvist"), "ML");
        assert_eq!(initials("  ada  de la  Cruz "), "AC");
        assert_eq!(initials("plato"), "P");
        assert_eq!(initials("(zoë) 🦊"), "Z");
        assert_eq!(initials("🦊"), "◆");
        assert_eq!(initials(""), "◆");
    }
}
