//! The methods that the attribute adds to its block.

use proc_macro::{Ident, Span, TokenStream, TokenTree};

use crate::arguments::{Arguments, Forward};
use crate::block::{Block, join};
use crate::error::Error;
use crate::methods::{METHODS, deprecated_by, hook};
use crate::tokens::fill;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    let arguments = Arguments::parse(arguments)?;
    let block = Block::parse(item)?;
    if let Some(hooks) = block.methods.iter().find(|method| method.name == "hooks") {
        let message =
            "`#[callbacks]` writes `hooks` itself: leave out this method or the attribute";
        return Err(Error::new(hooks.span, message));
    }
    let mut items = hooks(&arguments, &block);
    if let Some(forward) = &arguments.forward {
        items.extend(forwards(&arguments.path, forward, &block));
    }
    Ok(block.with(items))
}

/// Writes the method `hooks`, which returns the callbacks of the block's methods and, with `to`, those of the other
/// handler.
fn hooks(arguments: &Arguments, block: &Block) -> TokenStream {
    let path = &arguments.path;
    let (this, first) = match &arguments.forward {
        Some(forward) => (
            forward.this.clone(),
            fill(
                "curlback::Callbacks::hooks(to_ref)",
                &[("curlback", path), ("to_ref", &forward.reference("&"))],
            ),
        ),
        None => (
            Ident::new("self", Span::call_site()),
            fill("curlback::Hooks::empty()", &[("curlback", path)]),
        ),
    };
    let mut own = TokenStream::new();
    for method in &block.methods {
        let Some(hook) = hook(&method.name) else {
            continue;
        };
        if !method.cfgs.is_empty() {
            let all = join(&method.cfgs);
            own.extend(fill("#[cfg(all(predicates))]", &[("predicates", &all)]));
        }
        let hook = TokenTree::from(Ident::new(&hook, Span::call_site())).into();
        own.extend(fill(
            "let hooks = curlback::Hooks::union(hooks, curlback::Hooks::HOOK);",
            &[("curlback", path), ("HOOK", &hook)],
        ));
    }
    fill(
        "fn hooks(&self) -> curlback::Hooks { let hooks = first; own hooks }",
        &[
            ("self", &TokenTree::from(this).into()),
            ("curlback", path),
            ("first", &first),
            ("own", &own),
        ],
    )
}

/// Writes a forwarding method for each method that the block does not have and that `except` does not name.
fn forwards(path: &TokenStream, forward: &Forward, block: &Block) -> TokenStream {
    let mut forwards = TokenStream::new();
    for method in METHODS {
        // If the block has `ioctl`, `seek` is not forwarded: its default calls the block's `ioctl`, and a forwarded
        // `seek` would not. If the block has `progress`, `xfer_info` is not forwarded, since its default calls
        // `progress`.
        let names = [Some(method.name), deprecated_by(method.name)];
        let own = block
            .methods
            .iter()
            .filter(|own| names.contains(&Some(&own.name)));
        let own: Vec<&Vec<TokenStream>> = own.map(|own| &own.cfgs).collect();
        let always = own.iter().any(|cfgs| cfgs.is_empty());
        if always || forward.except.iter().any(|name| name == method.name) {
            continue;
        }
        if !own.is_empty() {
            let all = own
                .iter()
                .map(|cfgs| fill("all(predicates)", &[("predicates", &join(cfgs))]));
            let any = join(&all.collect::<Vec<_>>());
            forwards.extend(fill(
                "#[cfg(not(any(predicates)))]",
                &[("predicates", &any)],
            ));
        }
        forwards.extend(fill(
            method.text,
            &[
                ("self", &TokenTree::from(forward.this.clone()).into()),
                ("curlback", path),
                ("to_mut", &forward.reference("&mut")),
                ("to_ref", &forward.reference("&")),
            ],
        ));
    }
    forwards
}
