//! Bodies as the asynchronous readers and writers of other crates.

#[cfg(feature = "futures-io")]
mod of_futures_io {
    use std::io::{self, BufRead};
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use futures_io::{AsyncBufRead, AsyncRead, AsyncWrite};

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

    impl AsyncWrite for Writer {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            data: &[u8],
        ) -> Poll<io::Result<usize>> {
            Writer::poll_write(&mut self, cx, data)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Writer::poll_flush(&mut self, cx)
        }

        /// Ends the body.
        fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.end();
            Poll::Ready(Ok(()))
        }
    }
}

#[cfg(feature = "tokio")]
mod of_tokio {
    use std::io::{self, BufRead};
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

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

    impl AsyncWrite for Writer {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            data: &[u8],
        ) -> Poll<io::Result<usize>> {
            Writer::poll_write(&mut self, cx, data)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Writer::poll_flush(&mut self, cx)
        }

        /// Ends the body.
        fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.end();
            Poll::Ready(Ok(()))
        }
    }
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
