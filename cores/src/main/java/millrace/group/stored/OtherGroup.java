package millrace.group.stored;

import static millrace.protocol.group.GroupRecords.SHARE_GROUP_MEMBER_METADATA;
import static millrace.protocol.group.GroupRecords.STREAMS_GROUP_MEMBER_METADATA;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import millrace.group.stored.GroupChange.OtherKind;

/// A group of a kind that is not served here, as far as its records tell: what it is, and whether it has members.
/// Its records stay as they are; the keys are kept so that an empty group can be deleted whole.
public final class OtherGroup {
    private static final short FIRST_STREAMS_TYPE = 17;

    private final NavigableMap<ByteBuffer, Short> keys = new TreeMap<>();
    private int members;

    void apply(OtherKind change) {
        Short before = change.value() == null ? keys.remove(change.key()) : keys.put(change.key(), change.type());
        int had = before == null ? 0 : 1;
        int has = change.value() == null ? 0 : 1;
        if (isMember(change.type())) members += has - had;
    }

    private static boolean isMember(short type) {
        return type == SHARE_GROUP_MEMBER_METADATA || type == STREAMS_GROUP_MEMBER_METADATA;
    }

    /// @return whether no record of it is left
    boolean isGone() {
        return keys.isEmpty();
    }

    public boolean hasMembers() {
        return members > 0;
    }

    /// @return `share` or `streams`, as lists show it
    public String kind() {
        return keys.firstEntry().getValue() >= FIRST_STREAMS_TYPE ? "streams" : "share";
    }

    /// @return the changes after which nothing of it is left
    public List<GroupChange> tombstones(String groupId) {
        List<GroupChange> tombstones = new ArrayList<>();
        keys.forEach((key, type) -> tombstones.add(new OtherKind(type, groupId, key, null)));
        return tombstones;
    }

    @Override public boolean equals(Object other) {
        return other instanceof OtherGroup that && keys.equals(that.keys);
    }

    @Override public int hashCode() {
        return keys.hashCode();
    }

    @Override public String toString() {
        return kind() + " group of " + keys.size() + " records, " + members + " members";
    }
}
