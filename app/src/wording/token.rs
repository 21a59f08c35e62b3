//! A token in the forms that programs read it in.

/// The line of a `.env` file.
pub(crate) fn env_line(token: &str) -> String {
    format!("KEYRACK_TOKEN={token}\n")
}

/// The name of that file. Not `.env` alone: browsers take a dot at the beginning away, and put one of
/// their own endings behind what is left.
pub(crate) fn env_file(key: &str) -> String {
    format!("{}.env", secret_name(key))
}

/// For containers: an environment variable, and a secret of a cluster.
pub(crate) fn docker_lines(key: &str, token: &str) -> String {
    let name = secret_name(key);
    format!(
        "# Docker\n\
         docker run -e KEYRACK_TOKEN={token} your/image\n\n\
         # Kubernetes\n\
         kubectl create secret generic {name} \\\n  \
         --from-literal=KEYRACK_TOKEN={token}\n"
    )
}

/// As many dots as it has characters, so that hiding moves nothing.
pub(crate) fn masked(text: &str, token: &str) -> String {
    text.replace(token, &"•".repeat(token.chars().count()))
}

/// The name of a key as the name of an object in a cluster (RFC 1123), which is good for a file, too.
fn secret_name(key: &str) -> String {
    let mut name = String::new();
    for character in key.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(50);
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        "keyrack-token".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_a_name_a_cluster_accepts() {
        assert_eq!(secret_name("CI deploy (EU)"), "ci-deploy-eu");
        assert_eq!(secret_name("<script>$(x)"), "script-x");
        assert_eq!(secret_name("ключ 🦊"), "keyrack-token");
        assert_eq!(secret_name(&"a".repeat(200)).len(), 50);
    }

    #[test]
    fn a_mask_is_as_long_as_what_it_hides() {
        assert_eq!(masked("T=kr_ab", "kr_ab"), "T=•••••");
    }
}
