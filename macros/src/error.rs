//! Errors in an attribute or its block.

use proc_macro::{Literal, Span, TokenStream, TokenTree};

use crate::tokens;

/// A message for the user, and the place in the user's code at which the compiler shows it.
pub(crate) struct Error {
    span: Span,
    message: String,
}

impl Error {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Error {
        Error {
            span,
            message: message.into(),
        }
    }

    /// Returns the tokens that make the compiler print the message.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let message = TokenTree::from(Literal::string(&self.message)).into();
        let text = "::core::compile_error! { message }";
        tokens::with_span(tokens::fill(text, &[("message", &message)]), self.span)
    }
}
