package millrace.broker.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.settings.LiveSettings;
import millrace.metadata.ConfigResource;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeConfigsRequest;
import millrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import millrace.protocol.message.DescribeConfigsResponse;
import millrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import millrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import millrace.protocol.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import millrace.settings.ConfigEntry;
import millrace.settings.GroupSettings;
import millrace.settings.Setting;
import millrace.settings.SettingSource;
import millrace.settings.SettingTable;
import millrace.settings.SettingType;
import millrace.settings.TopicSettings;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// DescribeConfigs (API key 32): each key's value, where it comes from, what else would have set it, its type and what it does.
/// Source: KIP-133, KIP-226 (synonyms), KIP-569 (types and documentation). A secret's value is never told.
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final BrokerMetadata metadata;
    private final LiveSettings settings;

    public DescribeConfigsHandler(BrokerMetadata metadata, LiveSettings settings) {
        this.metadata = metadata;
        this.settings = settings;
    }

    @Override public Answer<DescribeConfigsResponse> handle(DescribeConfigsRequest request, Caller caller) {
        List<DescribeConfigsResult> results = request.resources().stream()
                .map(resource -> describe(resource, request.includeSynonyms(), request.includeDocumentation())).toList();
        return Answer.now(DescribeConfigsResponse.builder().results(results).build());
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, boolean synonyms, boolean documentation) {
        String name = resource.resourceName();
        return switch (resource.resourceType()) {
            case ConfigResource.TOPIC -> {
                if (!AutoTopicCreation.isLegalName(name)) yield refused(resource, ErrorCode.INVALID_TOPIC_EXCEPTION, "'" + name + "' is not a legal topic name");
                if (metadata.topic(name) == null) yield refused(resource, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic '" + name + "'");
                yield described(resource, TopicSettings.of(settings.broker(), metadata.image().configs().of(ConfigResource.TOPIC, name)).entries(), synonyms, documentation);
            }
            case ConfigResource.BROKER -> {
                if (name.isEmpty()) yield described(resource, settings.broker().clusterDefaultEntries(), synonyms, documentation);
                if (!name.equals(Integer.toString(metadata.brokerId()))) {
                    yield refused(resource, ErrorCode.INVALID_REQUEST, "this is broker " + metadata.brokerId() + ": ask broker '" + name + "' itself, or name '' for the cluster's default");
                }
                yield described(resource, settings.broker().entries(), synonyms, documentation);
            }
            case ConfigResource.GROUP -> name.isEmpty() ? refused(resource, ErrorCode.INVALID_REQUEST, "a group's name must not be empty")
                    : described(resource, GroupSettings.of(settings.broker(), metadata.image().configs().of(ConfigResource.GROUP, name)).entries(), synonyms, documentation);
            case ConfigResource.CLIENT_METRICS -> name.isEmpty() ? refused(resource, ErrorCode.INVALID_REQUEST, "a client metrics subscription's name must not be empty")
                    : described(resource, clientMetrics(metadata.image().configs().of(ConfigResource.CLIENT_METRICS, name)), synonyms, documentation);
            default -> refused(resource, ErrorCode.INVALID_REQUEST, "resources of type " + resource.resourceType() + " have no settings here: ask for topics (2), brokers (4), client metrics (16) or groups (32)");
        };
    }

    /// A subscription need not exist to be described: it would have the defaults. No other resource stands behind it.
    private static List<ConfigEntry> clientMetrics(Map<String, String> overrides) {
        return SettingTable.CLIENT_METRICS.all().stream().map(setting -> clientMetric(setting, overrides.get(setting.name()))).toList();
    }

    private static ConfigEntry clientMetric(Setting setting, String override) {
        SettingSource source = override == null ? SettingSource.DEFAULT : SettingSource.DYNAMIC_CLIENT_METRICS;
        String shown = override == null ? SettingType.write(setting.defaultValue()) : override;
        return new ConfigEntry(setting.name(), shown, false, source, setting.sensitive(), setting.type(), setting.documentation(),
                override == null ? List.of() : List.of(new ConfigEntry.Synonym(setting.name(), shown, source)));
    }

    private static DescribeConfigsResult described(DescribeConfigsResource resource, List<ConfigEntry> entries, boolean synonyms, boolean documentation) {
        Set<String> wanted = resource.configurationKeys() == null || resource.configurationKeys().isEmpty() ? null : new LinkedHashSet<>(resource.configurationKeys());
        List<DescribeConfigsResourceResult> configs = entries.stream().filter(entry -> wanted == null || wanted.contains(entry.name()))
                .map(entry -> describe(entry, synonyms, documentation)).toList();
        return DescribeConfigsResult.builder().resourceType(resource.resourceType()).resourceName(resource.resourceName()).configs(configs).build();
    }

    private static DescribeConfigsResourceResult describe(ConfigEntry entry, boolean synonyms, boolean documentation) {
        List<DescribeConfigsSynonym> others = !synonyms ? List.of() : entry.synonyms().stream()
                .map(synonym -> new DescribeConfigsSynonym(synonym.name(), synonym.value(), synonym.source().id())).toList();
        return DescribeConfigsResourceResult.builder().name(entry.name()).value(entry.value()).readOnly(entry.readOnly()).configSource(entry.source().id())
                .isSensitive(entry.sensitive()).synonyms(others).configType(entry.type() == null ? 0 : entry.type().id())
                .documentation(documentation ? entry.documentation() : null).build();
    }

    private static DescribeConfigsResult refused(DescribeConfigsResource resource, ErrorCode error, String message) {
        return DescribeConfigsResult.builder().resourceType(resource.resourceType()).resourceName(resource.resourceName())
                .errorCode(error.code()).errorMessage(message).build();
    }
}
