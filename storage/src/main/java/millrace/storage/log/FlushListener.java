package millrace.storage.log;

/// Hears how far a log is on the device, on the thread of whoever owns the syncs.
@FunctionalInterface
public interface FlushListener {
    /// Everything below `offset` is on the device.
    void flushed(long offset);

    /// Every log that came onto the device together with this one has been told. Who waits for several logs is woken here, and then finds
    /// all of them moved: woken with each, a request to six partitions would be looked at six times.
    default void allTold() {}
}
