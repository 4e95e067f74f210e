package millrace.ports;

import millrace.record.Records;

/// A region of a segment file to be handed to the socket as it is. Whoever makes one has called [DiskFile#retain]; whoever
/// consumes it (the connection that sent or dropped it) calls [#release] exactly once.
///
/// @param position of the first byte, in bytes from the start of the file
public record FileRecords(DiskFile file, long position, int sizeInBytes) implements Records {
    public void release() {
        file.release();
    }
}
