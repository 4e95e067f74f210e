/// The real disk: files of the operating system behind [millrace.ports.Disk].
///
/// Why this way: everything is positional (`pread`, `pwrite`), so readers share a descriptor with the one writer without a lock or a
/// seek; `sync` is `fdatasync`, which carries length but not times, all that a log needs; a folder is synced through a descriptor of its own,
/// because on Linux that is what makes names durable.
///
/// Invariants: a descriptor is closed when its owner has closed it and every region on its way to a socket is released, never before.
/// A failed sync is passed on as it is: the kernel drops the pages it could not write, so a second sync would lie.
/// Start reading at [NioDisk].
package millrace.bindings.disk;
