package millrace.bench.groups;

import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NOT_COORDINATOR;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;

/// A member of the consumer protocol (KIP-848), as the Java client: a heartbeat in the interval that the broker names, and one at once when it
/// has done what it was told.
final class ConsumerMember extends Member {
    private static final int VERSION = 1;
    private static final int REBALANCE_TIMEOUT_MS = 300_000;
    private static final int UNCHANGED = -1;
    private static final int JOIN = 0;
    private static final int LEAVE = -1;
    private static final long NOT_RESERVED = 1L << 62;
    private static final long RESTING_NS = 3_000_000_000L;
    private static final long RETRY_MS = 100;
    private static final Set<ErrorCode> PASSING = Set.of(COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE);

    private final String memberId;
    private int epoch = JOIN;
    private boolean spread;

    ConsumerMember(Party party, int number) {
        super(party, number);
        this.memberId = new Uuid(NOT_RESERVED, number).toString();
    }

    @Override void stay(Link link) throws IOException, InterruptedException {
        ConsumerGroupHeartbeatResponse told = join(link);
        while (!isLeaving()) {
            long sentNs = System.nanoTime();
            if (obey(told)) {
                told = beat(link, heartbeat(epoch, UNCHANGED, null, owned()));
                continue;
            }
            rest(sentNs + pauseNs(told.heartbeatIntervalMs() * 1_000_000L));
            if (!isLeaving()) told = beat(link, heartbeat(epoch, UNCHANGED, null, null));
        }
        saysThatItLeaves();
        beat(link, heartbeat(LEAVE, UNCHANGED, null, null));
    }

    private ConsumerGroupHeartbeatResponse join(Link link) throws IOException, InterruptedException {
        while (true) {
            var told = link.ask(heartbeat(JOIN, REBALANCE_TIMEOUT_MS, party.topicNames(), List.of()), VERSION, ConsumerGroupHeartbeatResponse.class);
            ErrorCode error = ErrorCode.forCode(told.errorCode());
            if (error == NONE) return told;
            if (!PASSING.contains(error)) throw new IOException(error + " when it joined: " + told.errorMessage());
            Thread.sleep(RETRY_MS);
        }
    }

    /// While a group settles a broker may ask for heartbeats sooner than it does later.
    private long pauseNs(long intervalNs) {
        if (spread || intervalNs < RESTING_NS) return intervalNs;
        spread = true;
        return spread(intervalNs);
    }

    private ConsumerGroupHeartbeatResponse beat(Link link, ConsumerGroupHeartbeatRequest request) throws IOException {
        var told = link.ask(request, VERSION, ConsumerGroupHeartbeatResponse.class);
        if (told.errorCode() != NONE.code()) throw new IOException(ErrorCode.forCode(told.errorCode()) + ": " + told.errorMessage());
        return told;
    }

    private ConsumerGroupHeartbeatRequest heartbeat(int memberEpoch, int rebalanceTimeoutMs, List<String> topics, List<TopicPartitions> owned) {
        return new ConsumerGroupHeartbeatRequest(party.group(), memberId, memberEpoch, null, null, rebalanceTimeoutMs, topics, null, null, owned);
    }

    /// @return whether it has another assignment now, which the broker waits to hear
    private boolean obey(ConsumerGroupHeartbeatResponse told) {
        epoch = told.memberEpoch();
        party.board().isIn(number, epoch);
        if (told.assignment() == null) return false;
        List<Integer> assigned = new ArrayList<>();
        for (var topic : told.assignment().topicPartitions()) {
            int first = party.topicIds().indexOf(topic.topicId()) * party.partitionsOfEach();
            for (int partition : topic.partitions()) assigned.add(first + partition);
        }
        if (assigned.equals(party.board().of(number))) return false;
        party.board().has(number, epoch, assigned);
        return true;
    }

    private List<TopicPartitions> owned() {
        Map<Uuid, List<Integer>> byTopic = new LinkedHashMap<>();
        for (int partition : party.board().of(number)) {
            Uuid topic = party.topicIds().get(partition / party.partitionsOfEach());
            byTopic.computeIfAbsent(topic, _ -> new ArrayList<>()).add(partition % party.partitionsOfEach());
        }
        List<TopicPartitions> owned = new ArrayList<>();
        byTopic.forEach((topic, partitions) -> owned.add(new TopicPartitions(topic, partitions)));
        return owned;
    }
}
