//! Tasks of a first day with `curlback`: each file in `tests/` is one.
