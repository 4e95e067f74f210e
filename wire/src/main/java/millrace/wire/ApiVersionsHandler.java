package millrace.wire;

import java.util.List;

import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.ApiVersionsResponse;

/// ApiVersions (API key 18): which APIs in which versions, and which features. The first thing that most clients ask.
///
/// A client may ask in a version that is newer than ours, since it cannot know; it then gets version 0 back with
/// UNSUPPORTED_VERSION and the versions of ApiVersions itself, and asks again. Source: KIP-35, KIP-511, KIP-584, KIP-1242.
final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest, ApiVersionsResponse> {
    private static final short NAMES_SOFTWARE = 3;
    /// Before it, a feature whose range begins at 0 made clients fail, so it is left out (KAFKA-17011).
    private static final short KNOWS_LEVEL_ZERO = 4;
    private static final short NAMES_CLUSTER = 5;
    private static final int NO_NODE_ID = -1;

    private final List<Handlers.Advertised> table;
    private final Features features;

    ApiVersionsHandler(List<Handlers.Advertised> table, Features features) {
        this.table = table;
        this.features = features;
    }

    @Override public Answer<ApiVersionsResponse> handle(ApiVersionsRequest request, Caller caller) {
        short version = caller.apiVersion();
        if (!isValid(request, version)) return Answer.now(refusal(ErrorCode.INVALID_REQUEST));
        if (meansAnotherNode(request, version)) return Answer.now(refusal(ErrorCode.REBOOTSTRAP_REQUIRED));
        Features.Finalized finalized = features.finalized();
        return Answer.now(ApiVersionsResponse.builder()
            .apiKeys(table.stream().map(ApiVersionsHandler::entry).toList())
            .supportedFeatures(features.supported().stream()
                .filter(feature -> version >= KNOWS_LEVEL_ZERO || feature.minVersion() > 0)
                .map(ApiVersionsHandler::supported).toList())
            .finalizedFeaturesEpoch(finalized.epoch())
            .finalizedFeatures(finalized.levels().stream().map(ApiVersionsHandler::finalized).toList())
            .build());
    }

    /// The answer, in version 0, to a request in a version that we do not know and so have not read.
    static ApiVersionsResponse unsupportedVersion(Handlers.Advertised own) {
        return ApiVersionsResponse.builder()
            .errorCode(ErrorCode.UNSUPPORTED_VERSION.code())
            .apiKeys(List.of(entry(own)))
            .build();
    }

    static ApiVersionsResponse refusal(ErrorCode error) {
        return ApiVersionsResponse.builder().errorCode(error.code()).build();
    }

    /// Cluster id and node id come together or not at all; the software's name and version are plain words.
    static boolean isValid(ApiVersionsRequest request, short version) {
        if (version >= NAMES_CLUSTER && (request.clusterId() == null) != (request.nodeId() == NO_NODE_ID)) return false;
        return version < NAMES_SOFTWARE || isPlainWord(request.clientSoftwareName()) && isPlainWord(request.clientSoftwareVersion());
    }

    static boolean namesSoftware(short version) {
        return version >= NAMES_SOFTWARE;
    }

    /// Letters, digits, `-` and `.`, with a letter or digit at both ends.
    private static boolean isPlainWord(String text) {
        if (text.isEmpty() || !isLetterOrDigit(text.charAt(0)) || !isLetterOrDigit(text.charAt(text.length() - 1))) return false;
        return text.chars().allMatch(c -> isLetterOrDigit(c) || c == '-' || c == '.');
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /// An address that now belongs to another node or cluster must send its clients back to their bootstrap servers.
    private boolean meansAnotherNode(ApiVersionsRequest request, short version) {
        if (version < NAMES_CLUSTER || request.clusterId() == null || features.clusterId() == null) return false;
        return !request.clusterId().equals(features.clusterId()) || request.nodeId() != features.nodeId();
    }

    private static ApiVersionsResponse.ApiVersion entry(Handlers.Advertised api) {
        return ApiVersionsResponse.ApiVersion.builder().apiKey(api.key().id()).minVersion(api.minVersion()).maxVersion(api.maxVersion()).build();
    }

    private static ApiVersionsResponse.SupportedFeatureKey supported(Features.Supported feature) {
        return ApiVersionsResponse.SupportedFeatureKey.builder()
            .name(feature.name()).minVersion(feature.minVersion()).maxVersion(feature.maxVersion()).build();
    }

    private static ApiVersionsResponse.FinalizedFeatureKey finalized(Features.Level feature) {
        return ApiVersionsResponse.FinalizedFeatureKey.builder()
            .name(feature.name()).maxVersionLevel(feature.level()).minVersionLevel(feature.level()).build();
    }
}
