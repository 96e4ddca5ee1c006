#![doc = include_str!("../README.md")]

use proc_macro::TokenStream;

mod arguments;
mod block;
mod error;
mod expand;
mod methods;
mod tokens;

#[allow(
    missing_docs,
    reason = "`curlback` documents it at its re-export, where the examples are tested"
)]
#[proc_macro_attribute]
pub fn callbacks(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match expand::expand(arguments, item.clone()) {
        Ok(block) => block,
        // The output has the user's block too, so that the compiler does not also report a missing implementation.
        Err(error) => {
            let mut tokens = error.into_tokens();
            tokens.extend(item);
            tokens
        }
    }
}
