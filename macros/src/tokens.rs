//! Functions that read and write streams of tokens.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Parses `text` as Rust code, and replaces each identifier that is in `names` by the tokens that `names` has for it.
pub(crate) fn fill(text: &str, names: &[(&str, &TokenStream)]) -> TokenStream {
    let code: TokenStream = text.parse().expect("the text is Rust");
    replace(code, names)
}

fn replace(code: TokenStream, names: &[(&str, &TokenStream)]) -> TokenStream {
    let replaced = |token| match token {
        TokenTree::Group(group) => {
            let stream = replace(group.stream(), names);
            TokenTree::from(Group::new(group.delimiter(), stream)).into()
        }
        TokenTree::Ident(ident) => {
            let name = ident.to_string();
            match names.iter().find(|(named, _)| *named == name) {
                Some((_, tokens)) => (*tokens).clone(),
                None => TokenTree::from(ident).into(),
            }
        }
        other => other.into(),
    };
    code.into_iter().map(replaced).collect()
}

/// Returns the tokens as if the user had written them at `span`.
pub(crate) fn with_span(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &mut token {
            *group = Group::new(group.delimiter(), with_span(group.stream(), span));
        }
        token.set_span(span);
        token
    });
    moved.collect()
}

/// Returns the tokens without the invisible delimiters that `macro_rules` puts around its arguments.
pub(crate) fn visible(tokens: TokenStream) -> Vec<TokenTree> {
    let flat = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => visible(group.stream()),
        token => vec![token],
    });
    flat.collect()
}

/// Returns the first `self` in the tokens, also one inside a group.
pub(crate) fn find_self(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if is(&ident, "self") => Some(ident),
        TokenTree::Group(group) => find_self(group.stream()),
        _ => None,
    })
}

/// Splits the tokens at the commas that are not inside a group.
pub(crate) fn split(tokens: Vec<TokenTree>) -> Vec<Vec<TokenTree>> {
    let parts = tokens.split(|token| is_punct(Some(token), ','));
    parts
        .filter(|part| !part.is_empty())
        .map(<[TokenTree]>::to_vec)
        .collect()
}

pub(crate) fn is(ident: &Ident, name: &str) -> bool {
    ident.to_string() == name
}

pub(crate) fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if is(ident, name))
}

pub(crate) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// Returns the content of a token that is a group with this delimiter, else `None`.
pub(crate) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<TokenStream> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream()),
        _ => None,
    }
}
