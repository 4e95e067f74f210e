package millrace.broker.api;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ListConfigResourcesRequest;
import millrace.protocol.message.ListConfigResourcesResponse;
import millrace.protocol.message.ListConfigResourcesResponse.ConfigResource;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// ListConfigResources (API key 74): what has settings. Version 0 knows client metrics only. Source: KIP-1000, KIP-1142.
///
/// Topics and brokers are listed whether something is set on them or not; groups and client metrics only where something is.
public final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponse> {
    private static final List<Byte> SUPPORTED = List.of(millrace.metadata.ConfigResource.TOPIC, millrace.metadata.ConfigResource.BROKER,
            millrace.metadata.ConfigResource.BROKER_LOGGER, millrace.metadata.ConfigResource.CLIENT_METRICS, millrace.metadata.ConfigResource.GROUP);

    private final BrokerMetadata metadata;

    public ListConfigResourcesHandler(BrokerMetadata metadata) {
        this.metadata = metadata;
    }

    @Override public Answer<ListConfigResourcesResponse> handle(ListConfigResourcesRequest request, Caller caller) {
        List<Byte> wanted = caller.apiVersion() == 0 ? List.of(millrace.metadata.ConfigResource.CLIENT_METRICS)
                : request.resourceTypes().isEmpty() ? SUPPORTED : new ArrayList<>(new TreeSet<>(request.resourceTypes()));
        if (!SUPPORTED.containsAll(wanted)) return Answer.now(ListConfigResourcesResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION.code()).build());
        List<ConfigResource> resources = new ArrayList<>();
        for (byte type : wanted) {
            for (String name : names(type)) resources.add(new ConfigResource(name, type));
        }
        return Answer.now(ListConfigResourcesResponse.builder().configResources(resources).build());
    }

    private List<String> names(byte type) {
        List<String> names = new ArrayList<>();
        switch (type) {
            case millrace.metadata.ConfigResource.TOPIC -> {
                for (TopicImage topic : metadata.image().topics().all()) names.add(topic.name());
            }
            case millrace.metadata.ConfigResource.BROKER, millrace.metadata.ConfigResource.BROKER_LOGGER -> {
                for (BrokerRegistration broker : metadata.image().cluster().brokers().values()) names.add(Integer.toString(broker.id()));
            }
            default -> {
                for (var resource : metadata.image().configs().resources().keySet()) {
                    if (resource.type() == type) names.add(resource.name());
                }
            }
        }
        return names;
    }
}
