package millrace.storage.log;

import java.nio.file.Path;

import millrace.common.Digits;

/// The names in a partition's folder: an offset in twenty digits and what the file is.
final class SegmentFiles {
    static final String LOG = ".log";
    static final String OFFSET_INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String TRANSACTION_INDEX = ".txnindex";
    static final String SNAPSHOT = ".snapshot";
    /// Ours, beside a segment ([millrace.storage.identity]); Kafka does not look at it.
    static final String IDENTITY = ".identity";
    /// Ours, beside a transaction index ([TransactionSum]); Kafka does not look at it.
    static final String TRANSACTION_SUM = ".txnsum";
    /// Ours, beside a snapshot; Kafka does not look at it.
    static final String RECENT_BATCHES = ".recentbatches";
    static final String DELETED = ".deleted";
    static final String CLEANED = ".cleaned";
    static final String SWAP = ".swap";
    private static final int DIGITS = 20;

    private SegmentFiles() {}

    static Path file(Path directory, long offset, String suffix) {
        return directory.resolve(name(offset) + suffix);
    }

    static String name(long offset) {
        return Digits.padded(offset, DIGITS);
    }

    /// @return the offset that a segment's or snapshot's name begins with, -1 when it is no such name
    static long offsetOf(String name) {
        if (name.length() <= DIGITS || name.charAt(DIGITS) != '.') return -1;
        for (int i = 0; i < DIGITS; i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') return -1;
        }
        try {
            return Long.parseLong(name, 0, DIGITS, 10);
        } catch (NumberFormatException tooLarge) {
            return -1;
        }
    }

    /// @return what follows the offset, `.log` or `.index.deleted`
    static String suffixOf(String name) {
        return name.substring(DIGITS);
    }
}
