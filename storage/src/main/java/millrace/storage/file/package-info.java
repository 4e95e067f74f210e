/// Files of a few bytes to a few megabytes that are written whole: checkpoints, snapshots, properties, markers.
///
/// Why: a file replaced in place is empty or half after a power loss (KAFKA-16541). So the new content goes to `<name>.tmp`, is synced,
/// renamed over the old, and the folder is synced: whoever opens the name finds the old content or the new.
///
/// Invariant: after [SmallFiles#replace] has returned, the new content is what a power loss leaves. A `.tmp` file found at start is rubbish.
/// Called by `millrace.storage.log` and `millrace.storage.directory`. Start reading at [SmallFiles].
package millrace.storage.file;
