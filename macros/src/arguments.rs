//! The arguments in the parentheses of the attribute.

use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::error::Error;
use crate::methods::METHODS;
use crate::tokens::{self, is_punct};

pub(crate) struct Arguments {
    /// The path of `curlback` in the user's crate, `::curlback` by default.
    pub(crate) path: TokenStream,
    pub(crate) forward: Option<Forward>,
}

/// The handler to which the methods that the block does not have are forwarded.
pub(crate) struct Forward {
    /// The other handler.
    to: TokenStream,
    /// The span of the expression, for errors.
    span: Span,
    /// The `self` in the expression. The methods that the attribute writes must use this identifier as their `self`,
    /// since the compiler does not accept a `self` with the hygiene of another macro.
    pub(crate) this: Ident,
    /// The names of the methods that are not forwarded, but keep their default.
    pub(crate) except: Vec<String>,
}

impl Arguments {
    pub(crate) fn parse(arguments: TokenStream) -> Result<Arguments, Error> {
        let (mut path, mut to, mut except) = (None, None, None);
        for argument in tokens::split(arguments.into_iter().collect()) {
            let key = &argument[0];
            let span = key.span();
            let name = key.to_string();
            let twice = match name.as_str() {
                "crate" => path.replace(parse_path(span, &argument[1..])?).is_some(),
                "to" => to.replace(parse_to(span, &argument[1..])?).is_some(),
                "except" => except
                    .replace((span, parse_except(span, &argument[1..])?))
                    .is_some(),
                _ => {
                    let known = "the arguments are `to = …`, `except(…)` and `crate = …`";
                    return Err(Error::new(span, known));
                }
            };
            if twice {
                return Err(Error::new(span, format!("`{name}` is here a second time")));
            }
        }
        let forward = match (to, except) {
            (Some((to, span, this)), except) => Some(Forward {
                to,
                span,
                this,
                except: except.map_or_else(Vec::new, |(_, names)| names),
            }),
            (None, None) => None,
            (None, Some((span, _))) => {
                let message =
                    "`except` names methods that `to = …` would forward, and there is no `to`";
                return Err(Error::new(span, message));
            }
        };
        Ok(Arguments {
            path: path.unwrap_or_else(|| tokens::fill("::curlback", &[])),
            forward,
        })
    }
}

impl Forward {
    /// Returns the tokens of a reference to the other handler. Errors of the compiler about it point at the argument
    /// `to`.
    pub(crate) fn reference(&self, kind: &str) -> TokenStream {
        let mut reference = tokens::with_span(tokens::fill(kind, &[]), self.span);
        reference.extend(self.to.clone());
        reference
    }
}

/// Returns the tokens on the right of `=`, or an error that suggests `example`.
fn value<'a>(span: Span, rest: &'a [TokenTree], example: &str) -> Result<&'a [TokenTree], Error> {
    match rest.split_first() {
        Some((equals, value)) if is_punct(Some(equals), '=') && !value.is_empty() => Ok(value),
        _ => Err(Error::new(span, format!("write `{example}`"))),
    }
}

fn parse_path(span: Span, rest: &[TokenTree]) -> Result<TokenStream, Error> {
    let path = value(span, rest, "crate = path::to::curlback")?;
    let path: TokenStream = path.iter().cloned().collect();
    for token in tokens::visible(path.clone()) {
        let in_path = matches!(token, TokenTree::Ident(_)) || is_punct(Some(&token), ':');
        if !in_path {
            let message =
                "`crate` takes a path without quotation marks: `crate = path::to::curlback`";
            return Err(Error::new(token.span(), message));
        }
    }
    Ok(path)
}

fn parse_to(span: Span, rest: &[TokenTree]) -> Result<(TokenStream, Span, Ident), Error> {
    let value = value(span, rest, "to = self.inner")?;
    let to: TokenStream = value.iter().cloned().collect();
    let at = value[0].span();
    // A method that forwards to its own handler would call itself for ever.
    if value.len() <= 2 && tokens::is_ident(value.last(), "self") {
        let message = "this is the handler itself: `to` names another one in it, as `self.inner`";
        return Err(Error::new(at, message));
    }
    match tokens::find_self(to.clone()) {
        Some(this) => Ok((to, at, this)),
        None => {
            let message = "the other handler must be reached through `self`: `to = self.inner`";
            Err(Error::new(span, message))
        }
    }
}

fn parse_except(span: Span, rest: &[TokenTree]) -> Result<Vec<String>, Error> {
    let names = match rest {
        [names] => tokens::group(Some(names), Delimiter::Parenthesis),
        _ => None,
    };
    let Some(names) = names else {
        return Err(Error::new(span, "write `except(method, method)`"));
    };
    let names = tokens::split(tokens::visible(names)).into_iter();
    let names = names.map(|name| match name.as_slice() {
        [name] if METHODS.iter().any(|method| method.name == name.to_string()) => {
            Ok(name.to_string())
        }
        other => {
            let message = "not the name of a method that is forwarded";
            Err(Error::new(other[0].span(), message))
        }
    });
    names.collect()
}
