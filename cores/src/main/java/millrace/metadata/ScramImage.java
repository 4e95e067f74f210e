package millrace.metadata;

import java.util.List;

import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.RemoveUserScramCredentialRecord;
import millrace.protocol.metadata.UserScramCredentialRecord;
import org.pcollections.TreePMap;

/// The SCRAM credentials, by user and mechanism. Kept for snapshots; no listener authenticates by them yet.
public record ScramImage(TreePMap<Key, UserScramCredentialRecord> credentials) {
    public static final ScramImage EMPTY = new ScramImage(TreePMap.empty());

    /// @param mechanism Kafka's number: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512
    public record Key(byte mechanism, String user) implements Comparable<Key> {
        @Override public int compareTo(Key other) {
            int byMechanism = Byte.compare(mechanism, other.mechanism);
            return byMechanism != 0 ? byMechanism : user.compareTo(other.user);
        }
    }

    ScramImage apply(UserScramCredentialRecord record) {
        return new ScramImage(credentials.plus(new Key(record.mechanism(), record.name()), record));
    }

    ScramImage apply(RemoveUserScramCredentialRecord record) {
        var key = new Key(record.mechanism(), record.name());
        if (!credentials.containsKey(key))
            throw new BrokenInvariant("RemoveUserScramCredential for user " + record.name() + ", mechanism " + record.mechanism() + ", which is not there");
        return new ScramImage(credentials.minus(key));
    }

    void addTo(List<MetadataRecord> records) {
        records.addAll(credentials.values());
    }
}
