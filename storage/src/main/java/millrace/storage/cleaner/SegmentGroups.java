package millrace.storage.cleaner;

import java.util.ArrayList;
import java.util.List;
import millrace.storage.log.SegmentFacts;

/// Which segments become one: neighbours that fit together even if nothing of them goes, so that many small ones do not stay many.
final class SegmentGroups {
    private SegmentGroups() {}

    /// @param maxBytes      `segment.bytes`
    /// @param maxIndexBytes `segment.index.bytes`
    static List<List<SegmentFacts>> bySize(List<SegmentFacts> segments, int maxBytes, int maxIndexBytes) {
        var groups = new ArrayList<List<SegmentFacts>>();
        for (int first = 0, end; first < segments.size(); first = end) {
            end = first + 1;
            long bytes = segments.get(first).sizeInBytes();
            long offsetIndexBytes = segments.get(first).offsetIndexBytes();
            long timeIndexBytes = segments.get(first).timeIndexBytes();
            for (; end < segments.size(); end++) {
                SegmentFacts next = segments.get(end);
                bytes += next.sizeInBytes();
                offsetIndexBytes += next.offsetIndexBytes();
                timeIndexBytes += next.timeIndexBytes();
                if (bytes > maxBytes || offsetIndexBytes > maxIndexBytes || timeIndexBytes > maxIndexBytes || !reaches(segments.get(first), next)) break;
            }
            groups.add(segments.subList(first, end));
        }
        return groups;
    }

    /// An index entry has four bytes for an offset. An empty segment has none to write down.
    private static boolean reaches(SegmentFacts first, SegmentFacts next) {
        return next.sizeInBytes() == 0 || next.lastOffset() - first.baseOffset() <= Integer.MAX_VALUE;
    }
}
