package millrace.broker.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import millrace.broker.fetch.FetchSessions.Lookup;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Traffic;
import millrace.metadata.Endpoint;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.FetchResponse.NodeEndpoint;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// Fetch (API key 1): whole batches from each wanted partition, as regions of the segment files, never beyond the high watermark
/// (read_uncommitted) or the last stable offset (read_committed). Waits up to `maxWaitMs` for `minBytes`.
///
/// Source: KIP-74 (a first batch larger than the limits is returned all the same), KIP-227 (sessions), KIP-320 (epoch checks), KIP-516 (topic ids).
public final class FetchHandler implements ApiHandler<FetchRequest, FetchResponse> {
    private static final int NEW_SESSION = 0;
    private static final int NO_SESSION = -1;

    private final Partitions partitions;
    private final BrokerMetadata metadata;
    private final FetchSessions sessions;
    private final int maxResponseBytes;
    private final Traffic traffic;

    /// @param maxResponseBytes `fetch.max.bytes`
    public FetchHandler(Partitions partitions, BrokerMetadata metadata, FetchSessions sessions, int maxResponseBytes, Traffic traffic) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.sessions = sessions;
        this.maxResponseBytes = maxResponseBytes;
        this.traffic = traffic;
    }

    @Override public Answer<FetchResponse> handle(FetchRequest request, Caller caller) {
        if (replicaId(request) >= 0) {
            var round = new FetchRound(partitions, caller.apiVersion(), request.isolationLevel() == FetchRound.READ_COMMITTED, 0);
            return Answer.now(response(FetchSession.wantedBy(request).stream().map(round::refuseReplica).toList(), null, false, caller)
                    .toBuilder().nodeEndpoints(List.of()).build());                // brokers know each other
        }
        boolean usesTopicIds = caller.apiVersion() >= FetchRound.FIRST_VERSION_WITH_TOPIC_IDS;
        if (request.sessionEpoch() == NO_SESSION || request.sessionEpoch() == NEW_SESSION) {
            if (request.sessionId() != 0) sessions.close(request.sessionId());
            return fetchWithoutHistory(request, caller, usesTopicIds);
        }
        return switch (sessions.next(request.sessionId(), request.sessionEpoch(), usesTopicIds, caller.receivedMs())) {
            case Lookup.Wrong(ErrorCode error)     -> Answer.now(refused(error));
            case Lookup.Found(FetchSession session) -> {
                session.remember(request);
                yield fetch(session.wanted(), session, true, request, caller);
            }
        };
    }

    private Answer<FetchResponse> fetchWithoutHistory(FetchRequest request, Caller caller, boolean usesTopicIds) {
        List<WantedPartition> wanted = FetchSession.wantedBy(request);
        FetchSession session = null;
        if (request.sessionEpoch() == NEW_SESSION) {
            session = sessions.create(usesTopicIds, caller.receivedMs());
            if (session != null) {
                session.remember(request);
                wanted = session.wanted();
            }
        }
        return fetch(wanted, session, false, request, caller);
    }

    private Answer<FetchResponse> fetch(List<WantedPartition> wanted, FetchSession session, boolean incremental, FetchRequest request, Caller caller) {
        var round = new FetchRound(partitions, caller.apiVersion(), request.isolationLevel() == FetchRound.READ_COMMITTED, Math.min(request.maxBytes(), maxResponseBytes));
        List<PartitionRead> reads = round.read(wanted);
        if (wanted.isEmpty() || request.maxWaitMs() <= 0 || FetchRound.isEnough(reads, request.minBytes())) return Answer.now(response(reads, session, incremental, caller));
        reads.forEach(PartitionRead::release);
        return Answer.when(round.untilEnough(wanted, request.minBytes()), caller.receivedMs() + request.maxWaitMs(),
                () -> response(round.read(wanted), session, incremental, caller));
    }

    private FetchResponse response(List<PartitionRead> reads, FetchSession session, boolean incremental, Caller caller) {
        List<PartitionRead> news = new ArrayList<>(reads.size());
        for (PartitionRead read : reads) {
            read.wanted().traffic(traffic).fetched(read.error(), read.bytes());
            boolean changed = read.isNews();
            if (changed || !incremental) news.add(read);
            if (session != null && read.bytes() > 0) session.moveToEnd(read.wanted());
        }
        return FetchResponse.builder().sessionId(session == null ? 0 : session.id()).responses(PartitionRead.byTopic(news)).nodeEndpoints(leaders(news, caller.listenerName())).build();
    }

    /// Where the leaders are that partitions hint at, so that the client need not ask for metadata first (KIP-951).
    private List<NodeEndpoint> leaders(List<PartitionRead> reads, String listener) {
        SequencedMap<Integer, NodeEndpoint> leaders = new LinkedHashMap<>();
        for (PartitionRead read : reads) {
            int leader = read.leader().leaderId();
            Endpoint endpoint = leader < 0 ? null : metadata.aliveEndpoint(leader, listener);
            if (endpoint != null) leaders.put(leader, new NodeEndpoint(leader, endpoint.host(), endpoint.port(), metadata.rack(leader)));
        }
        return List.copyOf(leaders.sequencedValues());
    }

    private static FetchResponse refused(ErrorCode error) {
        return FetchResponse.builder().errorCode(error.code()).build();
    }

    private static int replicaId(FetchRequest request) {
        return Math.max(request.replicaId(), request.replicaState().replicaId());
    }
}
