package millrace.storage.log;

import java.io.IOException;
import java.util.List;

/// How a copy of a log takes its place: what the batches alone do not tell comes along (KAFKA-20961).
///
/// Invariant: the copy then starts and ends where the log does, and knows the same epochs and producers, also where their records are gone.
final class LogTakeOver {
    private LogTakeOver() {}

    static void of(LogState before, LogState copy, SegmentRoll roll) {
        List<Producer> producers = producersOf(before);
        copy.lock.lock();
        try {
            if (before.end().offset() > copy.end().offset()) roll.at(before.end().offset());
            if (before.logStartOffset() > copy.logStartOffset()) copy.logStartIs(before.logStartOffset());
            copy.epochsAre(before.epochs());
            copy.producers.load(producers);
            copy.looseEnds.changed();
        } catch (IOException e) {
            throw copy.failed(e, copy.end().segment().logFile(), "begin a segment at the end of the log that it replaces");
        } finally {
            copy.lock.unlock();
        }
    }

    private static List<Producer> producersOf(LogState before) {
        before.lock.lock();
        try {
            return before.producers.copies();
        } finally {
            before.lock.unlock();
        }
    }
}
