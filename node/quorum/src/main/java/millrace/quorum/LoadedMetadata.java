package millrace.quorum;

import java.io.IOException;
import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.metadata.ImageFold;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.record.ControlRecord;

/// What the files say when a node starts: the newest snapshot, and the log behind it to its end.
///
/// What the log holds behind the last known high watermark may not be committed; nothing of it is shown to anyone before
/// the quorum says so.
///
/// @param snapshot the newest one's end offset and epoch, null when there is none
/// @param fold of everything read
/// @param formatted the feature levels that the directory was formatted with
/// @param timestampMs of the newest record, wall clock
/// @param logBytes read from the log, so not in a snapshot
record LoadedMetadata(OffsetAndEpoch snapshot, ImageFold fold, VotersState voters, List<FeatureLevelRecord> formatted, long timestampMs, long logBytes) {
    /// Blocking.
    static LoadedMetadata from(MetadataLog log, Snapshots snapshots) throws IOException {
        List<OffsetAndEpoch> ids = snapshots.list();
        List<FeatureLevelRecord> formatted = List.of();
        var reading = new Reading();
        if (snapshots.hasBootstrap()) {
            Snapshots.Content bootstrap = snapshots.readBootstrap();
            formatted = bootstrap.featureLevels();
            reading.voters = new VotersState(bootstrap.voters().kraftVersion(), bootstrap.voters().voters(), false);
        }
        if (formatted.isEmpty()) formatted = snapshots.readOlderBootstrap();
        OffsetAndEpoch snapshot = ids.isEmpty() ? null : ids.getLast();
        if (snapshot != null) {
            Snapshots.Content content = snapshots.read(snapshot);
            reading.fold = content.fold();
            reading.voters = content.voters();
            reading.timestampMs = content.timestampMs();
        } else if (log.startOffset() > 0) {
            throw new IOException("The metadata log " + log + " does not begin at 0, and there is no snapshot of what came before; restore the .checkpoint files");
        }
        long logBytes = log.replay(snapshot == null ? 0 : snapshot.offset(), reading);
        return new LoadedMetadata(snapshot, reading.fold, reading.voters, formatted, reading.timestampMs, logBytes);
    }

    long snapshotEnd() {
        return snapshot == null ? 0 : snapshot.offset();
    }

    private static final class Reading implements MetadataBatches.Reader {
        private ImageFold fold = ImageFold.EMPTY;
        private VotersState voters = VotersState.NONE;
        private long timestampMs;

        @Override public void onRecord(MetadataRecord record) {
            fold = fold.apply(record);
        }

        @Override public void onControl(ControlRecord record) {
            switch (record) {
                case ControlRecord.KRaftVersion(var version) -> voters = voters.with(version, true);
                case ControlRecord.Voters(var told) -> voters = voters.with(told, true);
                default -> { }
            }
        }

        @Override public void onBatchEnd(OffsetAndEpoch last, long batchTimestampMs) {
            fold = fold.at(last);
            timestampMs = Math.max(timestampMs, batchTimestampMs);
        }
    }
}
