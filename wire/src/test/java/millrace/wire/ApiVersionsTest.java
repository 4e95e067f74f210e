package millrace.wire;

import static millrace.wire.Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.ApiVersionsResponse;

import org.junit.jupiter.api.Test;

class ApiVersionsTest {
    private static final Features FEATURES = new Features() {
        @Override public List<Supported> supported() {
            return List.of(new Supported("group.version", (short) 0, (short) 1), new Supported("metadata.version", (short) 7, (short) 33));
        }

        @Override public Finalized finalized() {
            return new Finalized(42, List.of(new Level("metadata.version", (short) 33)));
        }

        @Override public String clusterId() {
            return "cluster-a";
        }

        @Override public int nodeId() {
            return 3;
        }
    };

    private final Node node = new Node(ListenerSettings.DEFAULTS, null, 1 << 20, ConnectionLimits.none(), FEATURES);
    private final Peer peer = node.connect();

    @Test void tellsWhatIsServedInOrderOfTheKeys() {
        for (short version = 0; version <= 5; version++) {
            ApiVersionsResponse answer = ask(version, ServerConnectionTest.hello());
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.apiKeys()).extracting(ApiVersionsResponse.ApiVersion::apiKey)
                .containsExactly((short) 0, (short) 1, (short) 3, (short) 11, (short) 14, (short) 18);
        }
    }

    @Test void produceIsAdvertisedFromZeroForTheSakeOfLibrdkafkaAndTheOthersAsTheyAre() {
        assertThat(ask(3, ServerConnectionTest.hello()).apiKeys())
            .extracting(ApiVersionsResponse.ApiVersion::apiKey, ApiVersionsResponse.ApiVersion::minVersion, ApiVersionsResponse.ApiVersion::maxVersion)
            .contains(tuple((short) 0, (short) 0, ApiKey.PRODUCE.highestVersion()), tuple((short) 11, (short) 0, ApiKey.JOIN_GROUP.highestVersion()),
                tuple((short) 1, ApiKey.FETCH.lowestVersion(), ApiKey.FETCH.highestVersion()));
    }

    @Test void anUnknownVersionIsAnsweredInVersionZeroWithOurRange() {
        for (int version : new int[] {6, 99, Short.MAX_VALUE, -1}) {
            byte[] request = bytes(7, 5, ServerConnectionTest.hello());
            ByteBuffer.wrap(request).putShort(6, (short) version);
            Peer fresh = node.connect().sends(request);
            var answer = (ApiVersionsResponse) fresh.answer(0, ApiKey.API_VERSIONS, 0);
            assertThat(fresh.answered()).containsExactly(7);
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
            assertThat(answer.apiKeys()).singleElement().satisfies(own -> {
                assertThat(own.apiKey()).isEqualTo((short) 18);
                assertThat(own.maxVersion()).isEqualTo((short) 5);
            });
            assertThat(fresh.asks(8, 3, ServerConnectionTest.hello()).answered()).containsExactly(7, 8);
        }
    }

    @Test void featuresThatBeginAtZeroAreLeftOutBeforeVersionFour() {
        assertThat(ask(3, ServerConnectionTest.hello()).supportedFeatures()).extracting(ApiVersionsResponse.SupportedFeatureKey::name)
            .containsExactly("metadata.version");
        ApiVersionsResponse four = ask(4, ServerConnectionTest.hello());
        assertThat(four.supportedFeatures()).extracting(ApiVersionsResponse.SupportedFeatureKey::name)
            .containsExactly("group.version", "metadata.version");
        assertThat(four.finalizedFeaturesEpoch()).isEqualTo(42);
        assertThat(four.finalizedFeatures()).singleElement().extracting(ApiVersionsResponse.FinalizedFeatureKey::maxVersionLevel).isEqualTo((short) 33);
    }

    @Test void whoMeansAnotherNodeOrClusterIsSentBackToItsBootstrapServers() {
        assertThat(ask(5, naming("cluster-a", 3)).errorCode()).isZero();
        assertThat(ask(5, naming("cluster-b", 3)).errorCode()).isEqualTo(ErrorCode.REBOOTSTRAP_REQUIRED.code());
        ApiVersionsResponse other = ask(5, naming("cluster-a", 4));
        assertThat(other.errorCode()).isEqualTo(ErrorCode.REBOOTSTRAP_REQUIRED.code());
        assertThat(other.apiKeys()).isEmpty();
        assertThat(ask(4, naming("cluster-b", 3)).errorCode()).isZero();
    }

    @Test void halfANameOrASoftwareNameOutOfShapeIsAnInvalidRequest() {
        assertThat(ask(5, naming("cluster-a", -1)).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(ask(5, naming(null, 3)).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        for (String name : List.of("", "-x", "x-", "a b", "x\n", "é"))
            assertThat(ask(3, ServerConnectionTest.hello().toBuilder().clientSoftwareName(name).build()).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test void handlersLearnTheSoftwareThatAsks() {
        peer.asks(1, 3, ServerConnectionTest.hello()).sends(ServerConnectionTest.metadata(2));
        assertThat(node.handled).containsExactly("metadata test toy-client");
    }

    private ApiVersionsResponse ask(int version, ApiVersionsRequest request) {
        peer.asks(1, version, request);
        return (ApiVersionsResponse) peer.answer(peer.frames().size() - 1, ApiKey.API_VERSIONS, version);
    }

    private static ApiVersionsRequest naming(String clusterId, int nodeId) {
        return ServerConnectionTest.hello().toBuilder().clusterId(clusterId).nodeId(nodeId).build();
    }
}
