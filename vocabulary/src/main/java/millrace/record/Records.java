package millrace.record;

/// Record batches on their way through the node, as bytes that nobody needs to look into again.
///
/// Produce carries them as a view of the request's frame ([MemoryRecords]); Fetch carries them as a region of a segment
/// file that the socket is handed as it is (`millrace.ports.FileRecords`). So the interface asks for nothing but the length.
public interface Records {
    /// @return length in bytes, never negative
    int sizeInBytes();
}
