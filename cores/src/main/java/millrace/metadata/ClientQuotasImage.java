package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.protocol.metadata.ClientQuotaRecord;
import millrace.protocol.metadata.MetadataRecord;
import org.pcollections.TreePMap;

/// The client quotas, by whom they bind. Kept for snapshots; nothing enforces them yet.
public record ClientQuotasImage(TreePMap<Entity, TreePMap<String, Double>> quotas) {
    public static final ClientQuotasImage EMPTY = new ClientQuotasImage(TreePMap.empty());

    /// Whom a quota binds: a user, a client id, both, or an address; in the order of their types.
    public record Entity(List<Part> parts) implements Comparable<Entity> {
        public Entity {
            parts = parts.stream().sorted().toList();
        }

        @Override public int compareTo(Entity other) {
            for (int i = 0; i < Math.min(parts.size(), other.parts.size()); i++) {
                int byPart = parts.get(i).compareTo(other.parts.get(i));
                if (byPart != 0) return byPart;
            }
            return Integer.compare(parts.size(), other.parts.size());
        }
    }

    /// @param name null for the default of this type
    public record Part(String type, String name) implements Comparable<Part> {
        @Override public int compareTo(Part other) {
            int byType = type.compareTo(other.type);
            if (byType != 0) return byType;
            if (name == null || other.name == null) return Boolean.compare(name != null, other.name != null);
            return name.compareTo(other.name);
        }
    }

    ClientQuotasImage apply(ClientQuotaRecord record) {
        var entity = new Entity(record.entity().stream().map(part -> new Part(part.entityType(), part.entityName())).toList());
        TreePMap<String, Double> limits = quotas.containsKey(entity) ? quotas.get(entity) : TreePMap.empty();
        TreePMap<String, Double> changed = record.remove() ? limits.minus(record.key()) : limits.plus(record.key(), record.value());
        return new ClientQuotasImage(changed.isEmpty() ? quotas.minus(entity) : quotas.plus(entity, changed));
    }

    void addTo(List<MetadataRecord> records) {
        for (Map.Entry<Entity, TreePMap<String, Double>> quota : quotas.entrySet()) {
            var entity = quota.getKey().parts().stream()
                .map(part -> ClientQuotaRecord.EntityData.builder().entityType(part.type()).entityName(part.name()).build()).toList();
            quota.getValue().forEach((key, value) -> records.add(ClientQuotaRecord.builder().entity(entity).key(key).value(value).remove(false).build()));
        }
    }
}
