//! A seeded, deterministic run of many nodes on a virtual network.
//!
//! Honest members act; hostile ones lie in what they write and in what they pass on. Messages are
//! those of real sessions, encoded and decoded; the network delays, loses, doubles and reorders them,
//! falls into parts and heals. Nodes crash and start again from what they flushed, or from an old copy
//! of their disk. Whenever all is left alone, all honest nodes must come to hold the same set, and then
//! say the same of it, which the reference that replays the rules from the raw set says too.
//!
//! One number replays a run: `cargo run --release -p aronde-tests --bin aronde-simulate -- --seed N`.
//!
//! Not simulated: libp2p, who may connect to whom, budgets, files. Not decided here: what any rule
//! says.

mod act;
mod disk;
mod liar;
mod lie;
mod meeting;
mod member;
mod network;
mod node;
mod oracle;
mod power;
mod schedule;
mod step;
mod store;
mod trace;
mod world;

pub use oracle::Agreed;
use schedule::Time;
pub use world::Counts;
use world::World;

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Nodes, each with a replica. Some have a member who writes, some lie.
    pub replicas: usize,
    /// Things that are done before the end.
    pub steps: usize,
}

/// What happened in a run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// What all honest nodes agree on in the end.
    pub agreed: Agreed,
    /// What was counted on the way.
    pub counts: Counts,
    /// Entries that came to be held, all nodes together.
    pub taken: usize,
    /// Entries refused, all nodes together.
    pub refused: usize,
    /// The most that ever waited in one pool.
    pub pool: usize,
    /// How long the run took by its own clock, in ms.
    pub virtual_ms: Time,
    /// The longest that it took, left alone, until all held the same, in ms.
    pub settled_ms: Time,
    /// A sum over all that happened, in order: equal for equal runs.
    pub trace: [u8; 32],
}

impl Report {
    /// Adds another run's figures to these, to sum up many.
    pub fn add(&mut self, other: &Self) {
        self.agreed.add(&other.agreed);
        self.counts.add(&other.counts);
        self.taken += other.taken;
        self.refused += other.refused;
        self.pool = self.pool.max(other.pool);
        self.virtual_ms += other.virtual_ms;
        self.settled_ms = self.settled_ms.max(other.settled_ms);
    }

    /// The figures in a line.
    pub fn summary(&self) -> String {
        let Self { agreed: a, counts: c, .. } = self;
        let set = format!(
            "{} entries held in the end ({} accepted; {} of {} operations hold, {} charters, {} splits, {} memberships struck; {} documents, {} forks)",
            a.held, a.accepted, a.holding, a.operations, a.charters, a.splits, a.struck, a.documents, a.forks,
        );
        let way = format!(
            "taken in {} times, refused {} times; {} sessions ({} broke off, {} walked), {} messages ({} lost, {} doubled)",
            self.taken, self.refused, c.sessions, c.failed, c.walked, c.sent, c.lost, c.doubled,
        );
        let events = format!(
            "{} crashes took {} entries, {} disks put back, {} partitions; {} acts, {} in duels, {} lies",
            c.crashes, c.torn, c.put_back, c.partitions, c.acts, c.duels, c.lies,
        );
        let (hours, settled) = (self.virtual_ms / 3_600_000, self.settled_ms / 1_000);
        format!("{set}, {way}; {events}; {hours} virtual hours, settled within {settled} s")
    }
}

/// How often all is left alone in a run, the end included.
const QUIET: usize = 3;

/// Runs one seed, and prints what happens when asked to.
///
/// # Errors
/// What did not converge, or which promise broke, and the command that replays the run.
pub fn run(seed: u64, size: Size, print: bool) -> Result<Report, String> {
    let mut world = World::found(seed, size, print);
    let mut report = Report::default();
    live(&mut world, size, &mut report).map_err(|what| {
        let Size { replicas, steps } = size;
        format!(
            "seed {seed}: {what}\n  cargo run --release -p aronde-tests --bin aronde-simulate -- --seed {seed} --replicas {replicas} --steps {steps} --trace"
        )
    })?;
    report.counts = world.counts;
    for node in world.honest_nodes() {
        let counts = node.store.counts();
        report.taken += counts.taken;
        report.refused += counts.refused;
        report.pool = report.pool.max(counts.pool);
    }
    report.virtual_ms = world.schedule.now();
    report.trace = world.trace.sum().1;
    Ok(report)
}

fn live(world: &mut World, size: Size, report: &mut Report) -> Result<(), String> {
    let mut quiet = |world: &mut World| {
        report.settled_ms = report.settled_ms.max(world.settle()?);
        report.agreed = oracle::check(world)?;
        Ok::<(), String>(())
    };
    // Everybody learns of the federation first.
    quiet(world)?;
    for n in 0..QUIET {
        for _ in (n * size.steps / QUIET)..((n + 1) * size.steps / QUIET) {
            world.step();
            if let Some(broken) = &world.broken {
                return Err(broken.clone());
            }
        }
        quiet(world)?;
    }
    Ok(())
}
