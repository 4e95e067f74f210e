package millrace.metadata;

import java.util.List;

import millrace.protocol.metadata.DelegationTokenRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.RemoveDelegationTokenRecord;
import org.pcollections.TreePMap;

/// The delegation tokens, by token id. Kept for snapshots; no listener accepts them yet.
public record DelegationTokensImage(TreePMap<String, DelegationTokenRecord> tokens) {
    public static final DelegationTokensImage EMPTY = new DelegationTokensImage(TreePMap.empty());

    DelegationTokensImage apply(DelegationTokenRecord record) {
        return new DelegationTokensImage(tokens.plus(record.tokenId(), record));
    }

    DelegationTokensImage apply(RemoveDelegationTokenRecord record) {
        return new DelegationTokensImage(tokens.minus(record.tokenId()));
    }

    void addTo(List<MetadataRecord> records) {
        records.addAll(tokens.values());
    }
}
