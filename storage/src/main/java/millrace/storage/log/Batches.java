package millrace.storage.log;

import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordCursor;

/// Small questions about batches that the log asks in several places.
final class Batches {
    private Batches() {}

    /// The first record of a control batch, null when it holds none (compaction may leave an empty one).
    static ControlRecord controlRecord(RecordBatch batch) {
        try (RecordCursor records = batch.records(DecodeLimits.DEFAULT)) {
            return records.hasNext() ? ControlRecords.parse(records.next()) : null;
        }
    }
}
