package millrace.metadata;

import java.util.List;

import millrace.common.Uuid;
import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.AccessControlEntryRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.RemoveAccessControlEntryRecord;
import org.pcollections.TreePMap;

/// The access control entries, by id. Kept for snapshots; no authorizer reads them yet.
public record AclsImage(TreePMap<Uuid, AccessControlEntryRecord> entries) {
    public static final AclsImage EMPTY = new AclsImage(TreePMap.empty());

    AclsImage apply(AccessControlEntryRecord record) {
        return new AclsImage(entries.plus(record.id(), record));
    }

    AclsImage apply(RemoveAccessControlEntryRecord record) {
        if (!entries.containsKey(record.id())) throw new BrokenInvariant("RemoveAccessControlEntry for id " + record.id() + ", which is not there");
        return new AclsImage(entries.minus(record.id()));
    }

    void addTo(List<MetadataRecord> records) {
        records.addAll(entries.values());
    }
}
