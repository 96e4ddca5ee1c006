//! The `impl` block below the attribute.

use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::error::Error;
use crate::tokens::{fill, group, is_ident, is_punct, split, visible};

/// A block that implements a trait.
pub(crate) struct Block {
    head: Vec<TokenTree>,
    body: Group,
    pub(crate) methods: Vec<Method>,
}

/// A method in the block.
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// The predicates of the `cfg` attributes on the method. The method is compiled if all of them hold.
    pub(crate) cfgs: Vec<TokenStream>,
}

impl Block {
    pub(crate) fn parse(item: TokenStream) -> Result<Block, Error> {
        let mut head: Vec<TokenTree> = item.into_iter().collect();
        // A block that a `macro_rules` passes on as `$item` is one group with invisible delimiters.
        let body = loop {
            match head.pop() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                    head.extend(group.stream());
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    break group;
                }
                last => {
                    head.extend(last);
                    return Err(not_a_block(&head));
                }
            }
        };
        let signature = after_attributes(&head).1;
        let qualified = is_ident(signature.first(), "unsafe");
        let Some((keyword, rest)) = signature[usize::from(qualified)..].split_first() else {
            return Err(not_a_block(&head));
        };
        if !is_ident(Some(keyword), "impl") {
            return Err(not_a_block(&head));
        }
        if !implements_a_trait(rest) {
            let message = "this block implements no trait: write `impl Callbacks for …`";
            return Err(Error::new(keyword.span(), message));
        }
        let methods = parse_methods(&body)?;
        Ok(Block {
            head,
            body,
            methods,
        })
    }

    /// Returns the block with more items in its body.
    pub(crate) fn with(self, items: TokenStream) -> TokenStream {
        let mut stream = self.body.stream();
        stream.extend(items);
        let mut body = Group::new(Delimiter::Brace, stream);
        body.set_span(self.body.span());
        let mut block: TokenStream = self.head.into_iter().collect();
        block.extend([TokenTree::from(body)]);
        block
    }
}

fn not_a_block(item: &[TokenTree]) -> Error {
    let first = after_attributes(item).1.first();
    let span = first.map_or_else(Span::call_site, TokenTree::span);
    Error::new(
        span,
        "`#[callbacks]` belongs on an `impl Callbacks for …` block",
    )
}

/// Returns whether the head of the block has a keyword `for` that does not begin a binder, as in `for<'a>`.
fn implements_a_trait(signature: &[TokenTree]) -> bool {
    signature.iter().enumerate().any(|(at, token)| {
        let next = |n: usize| signature.get(at + n);
        let binder = is_punct(next(1), '<') && (is_punct(next(2), '\'') || is_punct(next(2), '>'));
        is_ident(Some(token), "for") && !binder
    })
}

/// Splits an item into the contents of its attributes and the rest.
fn after_attributes(item: &[TokenTree]) -> (Vec<TokenStream>, &[TokenTree]) {
    let (mut attributes, mut rest) = (Vec::new(), item);
    while is_punct(rest.first(), '#') {
        let inner = is_punct(rest.get(1), '!');
        let at = 1 + usize::from(inner);
        let Some(content) = group(rest.get(at), Delimiter::Bracket) else {
            break;
        };
        attributes.push(content);
        rest = &rest[at + 1..];
    }
    (attributes, rest)
}

fn parse_methods(body: &Group) -> Result<Vec<Method>, Error> {
    let mut methods = Vec::new();
    let tokens = visible(body.stream());
    let ends = |token: &TokenTree| {
        is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
    };
    for item in tokens.split_inclusive(ends) {
        let (attributes, item) = after_attributes(item);
        if let Some(invocation) = invocation(item) {
            let message = "`#[callbacks]` cannot see the methods that a macro makes: write the \
                methods out, or make the macro produce the whole block";
            return Err(Error::new(invocation.span(), message));
        }
        // The first `fn` is that of the method. A later `fn` is part of a type.
        let name = item.windows(2).find_map(|pair| match pair {
            [keyword, TokenTree::Ident(name)] if is_ident(Some(keyword), "fn") => Some(name),
            _ => None,
        });
        if let Some(name) = name {
            methods.push(Method {
                name: name.to_string().trim_start_matches("r#").to_owned(),
                span: name.span(),
                cfgs: attributes.into_iter().filter_map(predicate).collect(),
            });
        }
    }
    Ok(methods)
}

/// Returns the last part of the macro's path if an item invokes a macro, else `None`.
fn invocation(item: &[TokenTree]) -> Option<&TokenTree> {
    let is_path =
        |token: &&TokenTree| matches!(token, TokenTree::Ident(_)) || is_punct(Some(token), ':');
    let len = item.iter().take_while(is_path).count();
    let invokes =
        is_punct(item.get(len), '!') && matches!(item.get(len + 1), Some(TokenTree::Group(_)));
    item.get(len.checked_sub(1)?).filter(|_| invokes)
}

/// Returns the predicate of a `cfg` attribute, also of one inside a `cfg_attr`; `None` for any other attribute.
fn predicate(attribute: TokenStream) -> Option<TokenStream> {
    let attribute = visible(attribute);
    let arguments = group(attribute.get(1), Delimiter::Parenthesis)?;
    let mut parts = split(visible(arguments)).into_iter();
    let condition: TokenStream = parts.next()?.into_iter().collect();
    if is_ident(attribute.first(), "cfg") {
        return Some(condition);
    }
    if !is_ident(attribute.first(), "cfg_attr") {
        return None;
    }
    let predicates = parts.filter_map(|attribute| predicate(attribute.into_iter().collect()));
    let predicates: Vec<TokenStream> = predicates.collect();
    if predicates.is_empty() {
        return None;
    }
    Some(fill(
        "any(not(condition), all(predicates))",
        &[
            ("condition", &condition),
            ("predicates", &join(&predicates)),
        ],
    ))
}

/// Returns the predicates as a list, with a comma after each.
pub(crate) fn join(predicates: &[TokenStream]) -> TokenStream {
    let list = predicates
        .iter()
        .map(|predicate| fill("predicate,", &[("predicate", predicate)]));
    list.collect()
}
