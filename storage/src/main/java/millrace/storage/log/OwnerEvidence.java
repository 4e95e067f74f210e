package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Set;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.BatchCheck;
import millrace.storage.identity.IdentityFile;

/// Whose log a folder holds, where `partition.metadata` does not tell or tells wrong.
///
/// Why: no checksum covers that file, and a log that is no topic's is set aside for an empty one. Every identity names the topic too, under a CRC, and
/// the chain over its batches begins with it: where the batches keep the chain, the topic is proven. The first flush of a log writes one ([LogFlush]).
///
/// Invariant: where the file names no topic an identity is asked; where batches and file disagree nothing is believed.
final class OwnerEvidence {
    private final LogPlace place;
    private final NavigableMap<Long, LogSegment> segments;
    private final Set<Long> identities;

    /// @param identities of the base offsets in `segments` those that have one
    OwnerEvidence(LogPlace place, NavigableMap<Long, LogSegment> segments, Set<Long> identities) {
        this.place = place;
        this.segments = segments;
        this.identities = identities;
    }

    /// @param stated by `partition.metadata`, zero when it names none
    /// @return the topic's id, zero when nothing names any
    /// @throws DamagedLog when the batches are proven to be another topic's, which is the place's owner then
    Uuid owner(Uuid stated) throws IOException, DamagedLog {
        if (!place.cache().keepsIdentity()) return stated;
        for (LogSegment each : segments.descendingMap().values()) {
            Uuid named = each.sizeInBytes() > 0 && identities.contains(each.baseOffset) ? namedBy(each) : null;
            if (named == null) continue;
            if (named.equals(Uuid.ZERO) || named.equals(stated)) return stated;
            if (stated.equals(Uuid.ZERO)) return corrected(named);
            if (isProven(each, named)) {
                place.owner().topicIdIs(named);
                throw disagree(stated, named);
            }
            return stated;                                           // the identity is another's, and reads of the segment are refused
        }
        return stated;
    }

    private Path file() {
        return place.directory().resolve(PartitionMetadata.FILE_NAME);
    }

    /// @return null when the head of the identity is damaged; zero when it was made before the topic was known
    private Uuid namedBy(LogSegment segment) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(IdentityFile.HEAD_BYTES);
        try (DiskFile file = place.disk().open(segment.file(SegmentFiles.IDENTITY), Disk.OpenMode.READ)) {
            SmallFiles.readFully(file, head, 0);
        }
        return IdentityFile.topicIdOf(head.flip(), place.topicPartition().partition(), segment.baseOffset);
    }

    /// Somebody else's identity may have come here by mistake; its chain would not be that of these batches.
    private boolean isProven(LogSegment segment, Uuid named) throws IOException {
        ByteBuffer bytes = SmallFiles.read(place.disk(), segment.file(SegmentFiles.IDENTITY));
        var content = IdentityFile.read(bytes, place.cache().identityGeneration(), named, place.topicPartition().partition(), segment.baseOffset);
        if (!(content instanceof IdentityFile.Content.Claims claims) || claims.chain().count() == 0) return false;
        ByteBuffer buffer = place.cache().verifyBuffers.take();
        try (DiskFile log = place.disk().open(segment.logFile(), Disk.OpenMode.READ)) {
            return claims.chain().endOf(0) <= segment.sizeInBytes() && new BatchCheck(log, buffer).span(claims.chain(), 0);
        } finally {
            place.cache().verifyBuffers.give(buffer);
        }
    }

    /// The file is wrong, or the segments lie in the wrong folder. Nobody can tell, and to believe either may set the log aside for an empty one.
    private DamagedLog disagree(Uuid stated, Uuid named) {
        return new DamagedLog(file(), "it names topic " + stated + ", and the batches were written for topic " + named + "; if it is the file that is wrong, delete it alone");
    }

    private Uuid corrected(Uuid named) throws IOException {
        place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), file(), "it names no topic; the identity of a segment names " + named));
        try {
            SmallFiles.replace(place.disk(), file(), PartitionMetadata.bytes(named));
        } catch (IOException e) {
            if (!DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw e;      // found out again at the next start
        }
        return named;
    }
}
