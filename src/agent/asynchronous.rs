//! Bodies as the asynchronous readers and writers of other crates.

/// Implements the `AsyncWrite` in scope for [`Writer`](crate::agent::Writer) and
/// [`PartWriter`](crate::PartWriter); its closing method is called `$close`. Also adds a method `$copy`,
/// which takes a reader that implements the `AsyncRead` in scope, and reads it by the function `$read`.
#[cfg(any(feature = "futures-io", feature = "tokio"))]
macro_rules! writers {
    ($close:ident, $copy:ident, $read:ident) => {
        writers!(
            Writer,
            "[`read`](crate::Callbacks::read)",
            $close,
            $copy,
            $read
        );
        writers!(
            PartWriter,
            "a [`MimeReader`](crate::MimeReader)",
            $close,
            $copy,
            $read
        );
    };
    ($writer:ty, $from:literal, $close:ident, $copy:ident, $read:ident) => {
        impl AsyncWrite for $writer {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                data: &[u8],
            ) -> Poll<io::Result<usize>> {
                <$writer>::poll_write(&mut self, cx, data)
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                <$writer>::poll_flush(&mut self, cx)
            }

            /// Ends the body.
            fn $close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.end();
                Poll::Ready(Ok(()))
            }
        }

        impl $writer {
            /// Copies everything from `reader`, ends the body, and returns how many bytes were copied. The task
            /// that awaits the future reads `reader`.
            ///
            /// Await the future together with the transfer, as by `join!`. Dropping the future before its end
            /// drops the writer. If the reader fails, but not with [`io::ErrorKind::Interrupted`], while
            /// libcurl still takes bytes, the transfer ends: the error of the transfer has the reader's error as its
            #[doc = concat!("source, as one of ", $from, ".")]
            ///
            /// # Errors
            /// If the reader fails, but not with [`io::ErrorKind::Interrupted`], an error of the same kind and
            /// with the same message. [`io::ErrorKind::BrokenPipe`] if the transfer ends, or libcurl
            /// takes no more bytes, before the end of the reader, also while the reader is pending.
            /// [`io::ErrorKind::InvalidInput`] if the reader has more bytes than were announced.
            /// [`io::ErrorKind::InvalidData`] if the reader claims to have read more bytes than it was asked for.
            pub async fn $copy(mut self, reader: impl AsyncRead) -> io::Result<u64> {
                let mut reader = pin!(reader);
                let read =
                    |cx: &mut Context<'_>, buffer: &mut [u8]| $read(reader.as_mut(), cx, buffer);
                self.pipe().copy(read).await
            }
        }
    };
}

#[cfg(feature = "futures-io")]
mod of_futures_io {
    use std::io::{self, BufRead};
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, ready};

    use futures_io::{AsyncBufRead, AsyncRead, AsyncWrite};

    use crate::PartWriter;
    use crate::agent::{Opened, Writer};

    impl<H> AsyncRead for Opened<H> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            if buffer.is_empty() {
                return Poll::Ready(Ok(0));
            }
            let count = io::Read::read(&mut ready!(Opened::poll_fill_buf(&mut self, cx))?, buffer)?;
            BufRead::consume(&mut *self, count);
            Poll::Ready(Ok(count))
        }
    }

    impl<H> AsyncBufRead for Opened<H> {
        fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
            Opened::poll_fill_buf(self.get_mut(), cx)
        }

        fn consume(mut self: Pin<&mut Self>, count: usize) {
            BufRead::consume(&mut *self, count);
        }
    }

    /// Polls the reader, and returns how many bytes it has read into `buffer`.
    fn read(
        reader: Pin<&mut impl AsyncRead>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        reader.poll_read(cx, buffer)
    }

    writers!(poll_close, copy_from, read);
}

#[cfg(feature = "tokio")]
mod of_tokio {
    use std::io::{self, BufRead};
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, ready};

    use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

    use crate::PartWriter;
    use crate::agent::{Opened, Writer};

    impl<H> AsyncRead for Opened<H> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            let unread = ready!(Opened::poll_fill_buf(&mut self, cx))?;
            let count = unread.len().min(buffer.remaining());
            buffer.put_slice(&unread[..count]);
            BufRead::consume(&mut *self, count);
            Poll::Ready(Ok(()))
        }
    }

    impl<H> AsyncBufRead for Opened<H> {
        fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
            Opened::poll_fill_buf(self.get_mut(), cx)
        }

        fn consume(mut self: Pin<&mut Self>, count: usize) {
            BufRead::consume(&mut *self, count);
        }
    }

    /// Polls the reader, and returns how many bytes it has read into `buffer`.
    fn read(
        reader: Pin<&mut impl AsyncRead>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(reader.poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    writers!(poll_shutdown, copy_from_tokio, read);
}

#[cfg(feature = "stream")]
mod of_futures_core {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use bytes::Bytes;
    use futures_core::Stream;

    use crate::agent::Opened;

    impl<H> Stream for Opened<H> {
        type Item = io::Result<Bytes>;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            match ready!(self.poll_fill_buf(cx)) {
                Ok([]) => Poll::Ready(None),
                Ok(_) => Poll::Ready(Some(Ok(self.take_unread().into()))),
                Err(error) => Poll::Ready(Some(Err(error))),
            }
        }
    }
}
