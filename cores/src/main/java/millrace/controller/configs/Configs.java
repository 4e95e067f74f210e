package millrace.controller.configs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import millrace.controller.Changes;
import millrace.controller.LegalTopicName;
import millrace.controller.Problem;
import millrace.metadata.ConfigResource;
import millrace.metadata.Features;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AlterConfigsRequest;
import millrace.protocol.message.AlterConfigsResponse;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.IncrementalAlterConfigsResponse;
import millrace.protocol.metadata.ClearElrRecord;
import millrace.protocol.metadata.ConfigRecord;
import millrace.settings.BrokerSettings;
import millrace.settings.ConfigChange;

/// IncrementalAlterConfigs (API key 44) and AlterConfigs (33). Each resource is changed whole or not at all, by itself.
public final class Configs {
    private final EffectiveSettings settings;

    public Configs(EffectiveSettings settings) {
        this.settings = settings;
    }

    public IncrementalAlterConfigsResponse alterIncrementally(IncrementalAlterConfigsRequest request, Changes changes) {
        var seen = new LinkedHashMap<ConfigResource, Integer>();
        for (var asked : request.resources()) seen.merge(new ConfigResource(asked.resourceType(), asked.resourceName()), 1, Integer::sum);
        var responses = new ArrayList<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse>();
        for (var asked : request.resources()) {
            var resource = new ConfigResource(asked.resourceType(), asked.resourceName());
            Problem problem = seen.get(resource) > 1 ? twice(resource) : alter(resource, changes, change -> change.alter(asked.configs().stream()
                .map(one -> new ConfigChange.Alteration(ConfigChange.Operation.forId(one.configOperation()), one.name(), one.value())).toList()));
            responses.add(IncrementalAlterConfigsResponse.AlterConfigsResourceResponse.builder().resourceType(resource.type()).resourceName(resource.name())
                .errorCode(problem == null ? 0 : problem.code()).errorMessage(problem == null ? null : problem.message()).build());
        }
        return IncrementalAlterConfigsResponse.builder().responses(responses).build();
    }

    public AlterConfigsResponse replace(AlterConfigsRequest request, Changes changes) {
        var seen = new LinkedHashMap<ConfigResource, Integer>();
        for (var asked : request.resources()) seen.merge(new ConfigResource(asked.resourceType(), asked.resourceName()), 1, Integer::sum);
        var responses = new ArrayList<AlterConfigsResponse.AlterConfigsResourceResponse>();
        for (var asked : request.resources()) {
            var resource = new ConfigResource(asked.resourceType(), asked.resourceName());
            var texts = new LinkedHashMap<String, String>();
            for (var one : asked.configs()) texts.put(one.name(), one.value());
            Problem problem = seen.get(resource) > 1 ? twice(resource)
                : texts.size() < asked.configs().size() ? new Problem(ErrorCode.INVALID_REQUEST, "A key appears more than once; send each key once.")
                : alter(resource, changes, change -> change.replaceAll(texts));
            responses.add(AlterConfigsResponse.AlterConfigsResourceResponse.builder().resourceType(resource.type()).resourceName(resource.name())
                .errorCode(problem == null ? 0 : problem.code()).errorMessage(problem == null ? null : problem.message()).build());
        }
        return AlterConfigsResponse.builder().responses(responses).build();
    }

    private static Problem twice(ConfigResource resource) {
        return new Problem(ErrorCode.INVALID_REQUEST, "The resource '" + resource.name() + "' of type " + resource.type() + " appears more than once; send each resource once.");
    }

    private Problem alter(ConfigResource resource, Changes changes, Function<ConfigChange, ConfigChange.Outcome> alteration) {
        MetadataImage image = changes.image();
        Problem problem = problemWith(resource, image);
        if (problem != null) return problem;
        Map<String, String> present = image.configs().of(resource);
        BrokerSettings broker = settings.broker(image);
        ConfigChange change = switch (resource.type()) {
            case ConfigResource.TOPIC -> ConfigChange.ofTopic(broker, present);
            case ConfigResource.GROUP -> ConfigChange.ofGroup(broker, present);
            case ConfigResource.CLIENT_METRICS -> ConfigChange.ofClientMetrics(broker, present);
            default -> resource.name().isEmpty() ? ConfigChange.ofClusterDefault(broker, present) : ConfigChange.ofBroker(broker, present);
        };
        return switch (alteration.apply(change)) {
            case ConfigChange.Accepted(Map<String, String> altered) -> {
                record(resource, altered, changes);
                yield null;
            }
            // A broker's value that is wrong makes the request wrong, as with Kafka, where brokers and not the controller judge it.
            case ConfigChange.Refused(ConfigChange.Reason reason, String message) -> new Problem(resource.type() == ConfigResource.BROKER
                ? ErrorCode.INVALID_REQUEST : ErrorCode.valueOf(reason.name()), message);
        };
    }

    private static Problem problemWith(ConfigResource resource, MetadataImage image) {
        return switch (resource.type()) {
            case ConfigResource.TOPIC -> problemWithTopic(resource.name(), image);
            case ConfigResource.BROKER -> resource.name().isEmpty() || isNumber(resource.name()) ? null
                : new Problem(ErrorCode.INVALID_REQUEST, "'" + resource.name() + "' is not a broker's number; leave the name empty to mean all brokers.");
            case ConfigResource.CLIENT_METRICS -> !resource.name().isEmpty() ? null
                : new Problem(ErrorCode.INVALID_REQUEST, "A client metrics subscription needs a name.");
            case ConfigResource.GROUP -> !resource.name().isEmpty() ? null
                : new Problem(ErrorCode.INVALID_REQUEST, "A group needs a name.");
            case ConfigResource.BROKER_LOGGER -> new Problem(ErrorCode.INVALID_REQUEST, "Loggers belong to one broker; send this to broker '" + resource.name() + "' itself.");
            default -> new Problem(ErrorCode.INVALID_REQUEST, "Resource type " + resource.type() + " has no settings; known are 2 TOPIC, 4 BROKER, 16 CLIENT_METRICS and 32 GROUP.");
        };
    }

    private static Problem problemWithTopic(String name, MetadataImage image) {
        if (name.isEmpty()) return new Problem(ErrorCode.INVALID_REQUEST, "A topic's settings need the topic's name; what all topics share is set on the brokers.");
        if (image.topics().byName(name) != null) return null;
        Problem illegal = LegalTopicName.problemWith(name);
        return illegal != null ? illegal : new Problem(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + name + "'.");
    }

    private static boolean isNumber(String text) {
        return text.length() <= 10 && text.chars().allMatch(each -> each >= '0' && each <= '9') && Long.parseLong(text) <= Integer.MAX_VALUE;
    }

    private static void record(ConfigResource resource, Map<String, String> altered, Changes changes) {
        altered.forEach((name, value) -> changes.add(ConfigRecord.builder().resourceType(resource.type()).resourceName(resource.name()).name(name).value(value).build()));
        // With another minimum, who was eligible under the old one may not be.
        boolean clearsElr = altered.containsKey("min.insync.replicas") && changes.image().features().level(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) > 0;
        if (clearsElr && resource.type() == ConfigResource.TOPIC) changes.add(ClearElrRecord.builder().topicName(resource.name()).build());
        else if (clearsElr && resource.type() == ConfigResource.BROKER) changes.add(ClearElrRecord.builder().topicName("").build());
    }
}
