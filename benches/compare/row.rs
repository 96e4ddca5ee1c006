//! A row of a table: what is measured, by which clients, and how often.

/// A row of the tables. `rows.rs` of each program implements what its clients do for a row.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// What limits the speed of this row.
    pub(crate) bound: &'static str,
    /// The names of the compared clients. All ratios are to the first one.
    pub(crate) clients: &'static [&'static str],
    /// The number of operations in a run that measures CPU time; 0 if none does.
    pub(crate) cpu: usize,
    /// The number of operations whose instructions are counted; 0 if they are not counted.
    pub(crate) instructions: usize,
    /// The least number of operations that the row can do.
    pub(crate) least: usize,
    /// The number of operations of a row that can run only once in a process; 0 for other rows.
    pub(crate) once: usize,
    pub(crate) heap: bool,
    /// The number of idle transfers in the same driver as the busy ones.
    pub(crate) idle: usize,
}

impl Row {
    pub(crate) const DEFAULT: Row = Row {
        name: "",
        what: "",
        bound: "",
        clients: &[],
        cpu: 0,
        instructions: 0,
        least: 1,
        once: 0,
        heap: false,
        idle: 0,
    };

    /// Returns how many descriptors the process of a client and that of the servers need, each.
    pub(crate) fn descriptors(&self) -> usize {
        self.idle + BUSY + 100
    }
}

/// How many transfers are busy at once at most, beside the idle ones.
pub(crate) const BUSY: usize = 1000;
/// The length of a large body.
pub(crate) const LARGE: u64 = 1 << 30;

/// Performs the measured operation as many times as its argument says.
pub(crate) type Job<'a> = Box<dyn FnMut(usize) + 'a>;
