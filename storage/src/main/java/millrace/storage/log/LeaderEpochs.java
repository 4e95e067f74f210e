package millrace.storage.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import millrace.common.OffsetAndEpoch;

/// Which leader epoch began where: the answer to "how far did epoch n get in your log", by which replicas find out where they part.
/// Source: KIP-101, KIP-279 (the answer names the epoch it is about).
///
/// Immutable; epochs and start offsets both ascend. File `leader-epoch-checkpoint`: version 0, number of entries, then `epoch offset` lines.
final class LeaderEpochs {
    static final String FILE_NAME = "leader-epoch-checkpoint";
    static final LeaderEpochs EMPTY = new LeaderEpochs(new int[0], new long[0]);
    private static final OffsetAndEpoch UNDEFINED = new OffsetAndEpoch(-1, -1);

    private final int[] epochs;
    private final long[] startOffsets;

    private LeaderEpochs(int[] epochs, long[] startOffsets) {
        this.epochs = epochs;
        this.startOffsets = startOffsets;
    }

    int latest() {
        return epochs.length == 0 ? -1 : epochs[epochs.length - 1];
    }

    int count() {
        return epochs.length;
    }

    /// The epoch begins at this offset. Entries that say otherwise are of a history that is no more, and go.
    LeaderEpochs with(int epoch, long startOffset) {
        if (epoch < 0 || startOffset < 0) return this;
        int last = epochs.length - 1;
        if (last >= 0 && epochs[last] == epoch && startOffsets[last] <= startOffset) return this;
        int kept = epochs.length;
        while (kept > 0 && (epochs[kept - 1] >= epoch || startOffsets[kept - 1] >= startOffset)) kept--;
        int[] moreEpochs = Arrays.copyOf(epochs, kept + 1);
        long[] moreOffsets = Arrays.copyOf(startOffsets, kept + 1);
        moreEpochs[kept] = epoch;
        moreOffsets[kept] = startOffset;
        return new LeaderEpochs(moreEpochs, moreOffsets);
    }

    /// Without what begins at `endOffset` or behind it.
    LeaderEpochs truncatedFromEnd(long endOffset) {
        int kept = epochs.length;
        while (kept > 0 && startOffsets[kept - 1] >= endOffset) kept--;
        return kept == epochs.length ? this : new LeaderEpochs(Arrays.copyOf(epochs, kept), Arrays.copyOf(startOffsets, kept));
    }

    /// The log now begins at `startOffset`: the epoch that it lies in begins there, older ones go.
    LeaderEpochs truncatedFromStart(long startOffset) {
        int gone = 0;
        while (gone < epochs.length && startOffsets[gone] <= startOffset) gone++;
        if (gone == 0 || gone == 1 && startOffsets[0] == startOffset) return this;
        int from = gone - 1;
        long[] offsets = Arrays.copyOfRange(startOffsets, from, epochs.length);
        offsets[0] = startOffset;
        return new LeaderEpochs(Arrays.copyOfRange(epochs, from, epochs.length), offsets);
    }

    /// Where a log with these epochs may begin at most: with its first epoch, if that is known.
    long latestBeginning(long stated) {
        return epochs.length == 0 ? stated : Math.min(stated, startOffsets[0]);
    }

    /// @param logEndOffset where the latest epoch ends
    /// @return the largest epoch at or below the one asked for, and where it ended; -1 and -1 when nothing can be said
    OffsetAndEpoch endOf(int epoch, long logEndOffset) {
        if (epoch < 0 || epochs.length == 0 || epoch > latest()) return UNDEFINED;
        if (epoch == latest()) return new OffsetAndEpoch(logEndOffset, epoch);
        int higher = 0;
        while (epochs[higher] <= epoch) higher++;
        return new OffsetAndEpoch(startOffsets[higher], higher == 0 ? epoch : epochs[higher - 1]);
    }

    /// @return the epoch of the record at `offset`, -1 when unknown
    int at(long offset) {
        int index = epochs.length - 1;
        while (index >= 0 && startOffsets[index] > offset) index--;
        return index < 0 ? -1 : epochs[index];
    }

    ByteBuffer bytes() {
        var text = new StringBuilder("0\n").append(epochs.length).append('\n');
        for (int i = 0; i < epochs.length; i++) text.append(epochs[i]).append(' ').append(startOffsets[i]).append('\n');
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// @return null when the text is no such file
    static LeaderEpochs parse(String text) {
        int at = nextLine(text, 0);
        try {
            if (at < 0 || Integer.parseInt(line(text, 0).trim()) != 0) return null;
            int count = Integer.parseInt(line(text, at).trim());
            if (count < 0) return null;
            LeaderEpochs epochs = EMPTY;
            for (int i = 0; i < count; i++) {
                at = nextLine(text, at);
                String entry = at < 0 ? "" : line(text, at);
                int space = entry.indexOf(' ');
                if (space < 0) return null;
                epochs = epochs.with(Integer.parseInt(entry.substring(0, space)), Long.parseLong(entry.substring(space + 1).trim()));
            }
            return epochs;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /// @return where the line behind that at `from` begins, -1 when there is none
    private static int nextLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? -1 : end + 1;
    }

    private static String line(String text, int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    @Override public boolean equals(Object other) {
        return other instanceof LeaderEpochs that && Arrays.equals(epochs, that.epochs) && Arrays.equals(startOffsets, that.startOffsets);
    }

    @Override public int hashCode() {
        return Arrays.hashCode(epochs) * 31 + Arrays.hashCode(startOffsets);
    }

    @Override public String toString() {
        var text = new StringBuilder("[");
        for (int i = 0; i < epochs.length; i++) text.append(i == 0 ? "" : ", ").append(epochs[i]).append('@').append(startOffsets[i]);
        return text.append(']').toString();
    }
}
