/// A device and its file system, in memory, with everything that a real one may do to a program that trusts it too much.
///
/// Why: the guarantees of [millrace.ports.Disk] are few, and code is right only if it lives with the fewest. Here every byte has
/// two states, what the process sees and what the device holds, and a power loss shows which of them the code relied on.
///
///     write ─▶ page cache ──sync()──▶ device            names: live ──syncDirectory()──▶ durable
///     process crash: the cache stays.  power loss: per unsynced sector of 512 B old, new, torn or garbage; length old or new;
///     names that were not synced: a prefix of each directory's changes survives, mostly none.
///
/// Invariant: bytes that a successful `sync` covered come back unchanged, unless a fault that damages the only copy was drawn
/// (bit rot, lost write, misdirected write); [Platter#hasLied] tells.
/// Start reading at [SimDisk]; [Platter] is what outlives the process.
package millrace.sim.disk;
