package millrace.record;

import millrace.protocol.Message;
import millrace.protocol.message.EndTxnMarker;
import millrace.protocol.message.KRaftVersionRecord;
import millrace.protocol.message.LeaderChangeMessage;
import millrace.protocol.message.SnapshotFooterRecord;
import millrace.protocol.message.SnapshotHeaderRecord;
import millrace.protocol.message.VotersRecord;

/// A record for the machinery. Its kind is in the record's key, its content in the value.
public sealed interface ControlRecord {
    /// As in the key, see [ControlRecords].
    short type();

    /// A transaction of the batch's producer ended here.
    record EndTransaction(boolean commit, int coordinatorEpoch) implements ControlRecord {
        @Override public short type() {
            return commit ? ControlRecords.COMMIT : ControlRecords.ABORT;
        }
    }

    /// What the leader of a Raft epoch writes first.
    record LeaderChange(LeaderChangeMessage message) implements ControlRecord {
        @Override public short type() {
            return ControlRecords.LEADER_CHANGE;
        }
    }

    record SnapshotHeader(SnapshotHeaderRecord message) implements ControlRecord {
        @Override public short type() {
            return ControlRecords.SNAPSHOT_HEADER;
        }
    }

    record SnapshotFooter(SnapshotFooterRecord message) implements ControlRecord {
        @Override public short type() {
            return ControlRecords.SNAPSHOT_FOOTER;
        }
    }

    record KRaftVersion(KRaftVersionRecord message) implements ControlRecord {
        @Override public short type() {
            return ControlRecords.KRAFT_VERSION;
        }
    }

    record Voters(VotersRecord message) implements ControlRecord {
        @Override public short type() {
            return ControlRecords.KRAFT_VOTERS;
        }
    }

    /// Of a newer Kafka: skipped by whoever does not know it.
    record Unknown(short type) implements ControlRecord {}

    /// What the value holds.
    /// @throws IllegalStateException for [Unknown], which is only ever read
    default Message content() {
        return switch (this) {
            case EndTransaction end     -> new EndTxnMarker(end.coordinatorEpoch);
            case LeaderChange change    -> change.message;
            case SnapshotHeader header  -> header.message;
            case SnapshotFooter footer  -> footer.message;
            case KRaftVersion version   -> version.message;
            case Voters voters          -> voters.message;
            case Unknown unknown        -> throw new IllegalStateException("a control record of the unknown type " + unknown.type + " cannot be written");
        };
    }

    /// The version that the value begins with: the one in the message itself, and 0 for a transaction marker.
    default short contentVersion() {
        return switch (this) {
            case EndTransaction _       -> 0;
            case LeaderChange change    -> change.message.version();
            case SnapshotHeader header  -> header.message.version();
            case SnapshotFooter footer  -> footer.message.version();
            case KRaftVersion version   -> version.message.version();
            case Voters voters          -> voters.message.version();
            case Unknown _              -> -1;
        };
    }
}
