//! The running transfers of a [`Multi`].

use std::collections::btree_map;
use std::fmt;
use std::iter::FusedIterator;

use crate::callbacks::event_loop::EventLoop;
use crate::id::Id;
use crate::{Multi, Transfer};

/// The running transfers of a [`Multi`], in the order in which they were added.
///
/// [`Multi::iter`] returns it.
pub struct Iter<'a, H>(pub(super) btree_map::Iter<'a, Id, Transfer<H>>);

impl<'a, H> Iterator for Iter<'a, H> {
    type Item = (Id, &'a Transfer<H>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(id, transfer)| (*id, transfer))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<H> DoubleEndedIterator for Iter<'_, H> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(id, transfer)| (*id, transfer))
    }
}

impl<H> ExactSizeIterator for Iter<'_, H> {}

impl<H> FusedIterator for Iter<'_, H> {}

impl<H> Clone for Iter<'_, H> {
    fn clone(&self) -> Self {
        Iter(self.0.clone())
    }
}

impl<H> fmt::Debug for Iter<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.clone().map(|(id, _)| id))
            .finish()
    }
}

impl<'a, H, L: EventLoop> IntoIterator for &'a Multi<H, L> {
    type Item = (Id, &'a Transfer<H>);
    type IntoIter = Iter<'a, H>;

    fn into_iter(self) -> Iter<'a, H> {
        self.iter()
    }
}
