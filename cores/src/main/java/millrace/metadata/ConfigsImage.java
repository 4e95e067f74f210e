package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.MetadataRecord;
import org.pcollections.TreePMap;

/// The dynamic settings, as text, by resource. A resource without settings is not kept.
public record ConfigsImage(TreePMap<ConfigResource, TreePMap<String, String>> resources) {
    public static final ConfigsImage EMPTY = new ConfigsImage(TreePMap.empty());

    /// @param resourceType one of the constants of [ConfigResource]
    /// @return empty when nothing is set
    public TreePMap<String, String> of(byte resourceType, String resourceName) {
        return of(new ConfigResource(resourceType, resourceName));
    }

    public TreePMap<String, String> of(ConfigResource resource) {
        TreePMap<String, String> settings = resources.get(resource);
        return settings == null ? TreePMap.empty() : settings;
    }

    ConfigsImage apply(ConfigRecord record) {
        var resource = new ConfigResource(record.resourceType(), record.resourceName());
        TreePMap<String, String> settings = of(resource);
        TreePMap<String, String> changed = record.value() == null ? settings.minus(record.name()) : settings.plus(record.name(), record.value());
        return new ConfigsImage(changed.isEmpty() ? resources.minus(resource) : resources.plus(resource, changed));
    }

    ConfigsImage without(ConfigResource resource) {
        return new ConfigsImage(resources.minus(resource));
    }

    void addTo(List<MetadataRecord> records) {
        for (Map.Entry<ConfigResource, TreePMap<String, String>> resource : resources.entrySet()) {
            resource.getValue().forEach((name, value) -> records.add(ConfigRecord.builder().resourceType(resource.getKey().type())
                .resourceName(resource.getKey().name()).name(name).value(value).build()));
        }
    }
}
