package millrace.bench.groups;

import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.MEMBER_ID_REQUIRED;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NOT_COORDINATOR;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import millrace.protocol.ErrorCode;
import millrace.protocol.Message;
import millrace.protocol.WireReader;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.ApiVersionsResponse;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.LeaveGroupResponse;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import millrace.protocol.message.SyncGroupResponse;

/// A member of the classic protocol with the name, the defaults and the ways of the Java client, and an eager assignor: who is asked to join again gives up what it has.
/// Heartbeats go out by the clock, whether or not the last one has been answered.
/// Whoever is the leader gives each member a run of the partitions.
final class ClassicMember extends Member {
    private static final int JOIN_VERSION = 9;
    private static final int SYNC_VERSION = 5;
    private static final int HELLO_VERSION = 4;
    private static final short HEARTBEAT_VERSION = 4;
    private static final int LEAVE_VERSION = 5;
    private static final short EMBEDDED_VERSION = 3;
    private static final int SESSION_TIMEOUT_MS = 45_000;
    private static final int REBALANCE_TIMEOUT_MS = 300_000;
    private static final long HEARTBEAT_NS = 3_000_000_000L;
    private static final long RETRY_MS = 100;
    private static final String TYPE = "consumer";
    private static final String ASSIGNOR = "runs";
    private static final Set<ErrorCode> PASSING = Set.of(COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, REBALANCE_IN_PROGRESS);

    private String memberId = "";
    private int generation;
    private boolean spread;

    ClassicMember(Party party, int number) {
        super(party, number);
    }

    @Override void stay(Link link) throws IOException, InterruptedException {
        link.ask(ApiVersionsRequest.builder().clientSoftwareName("apache-kafka-java").clientSoftwareVersion("4.4.0").build(), HELLO_VERSION, ApiVersionsResponse.class);
        while (!isLeaving()) {
            List<Integer> assigned = sync(link, join(link));
            if (assigned == null) continue;
            party.board().has(number, generation, assigned);
            beatWhileTheGenerationGoesOn(link);
            if (!isLeaving()) party.board().has(number, generation, List.of());
        }
        saysThatItLeaves();
        link.ask(new LeaveGroupRequest(party.group(), "", List.of(new MemberIdentity(memberId, null, null))), LEAVE_VERSION, LeaveGroupResponse.class);
    }

    private JoinGroupResponse join(Link link) throws IOException, InterruptedException {
        var protocol = new JoinGroupRequestProtocol(ASSIGNOR, embedded(new ConsumerProtocolSubscription(party.topicNames(), null, List.of(), -1, null)));
        while (true) {
            var request = new JoinGroupRequest(party.group(), SESSION_TIMEOUT_MS, REBALANCE_TIMEOUT_MS, memberId, null, TYPE, List.of(protocol), null);
            party.board().asks();
            var told = link.ask(request, JOIN_VERSION, JoinGroupResponse.class);
            ErrorCode error = ErrorCode.forCode(told.errorCode());
            if (error == NONE || error == MEMBER_ID_REQUIRED) memberId = told.memberId();
            if (error == NONE) return told;
            if (error != MEMBER_ID_REQUIRED) passOrFail(error, "joined");
        }
    }

    private static void passOrFail(ErrorCode error, String when) throws IOException, InterruptedException {
        if (!PASSING.contains(error)) throw new IOException(error + " when it " + when);
        Thread.sleep(RETRY_MS);
    }

    /// @return null when it has to join again
    private List<Integer> sync(Link link, JoinGroupResponse joined) throws IOException, InterruptedException {
        generation = joined.generationId();
        var request = new SyncGroupRequest(party.group(), generation, memberId, null, TYPE, ASSIGNOR, assignments(joined));
        var told = link.ask(request, SYNC_VERSION, SyncGroupResponse.class);
        ErrorCode error = ErrorCode.forCode(told.errorCode());
        if (error == NONE) return numbers(told.assignment());
        passOrFail(error, "asked for its assignment");
        return null;
    }

    private void beatWhileTheGenerationGoesOn(Link link) throws IOException, InterruptedException {
        long nextNs = System.nanoTime() + (spread ? HEARTBEAT_NS : spread(HEARTBEAT_NS));
        spread = true;
        while (!isLeaving()) {
            if (nextNs <= System.nanoTime()) {
                link.send(new HeartbeatRequest(party.group(), generation, memberId, null), HEARTBEAT_VERSION);
                nextNs += HEARTBEAT_NS;
            }
            if (!link.hasOpenRequests()) rest(nextNs);
            else if (!goesOn(link.next(nextNs, HeartbeatResponse.class))) return;
        }
    }

    /// @param told null when there is no answer yet
    private static boolean goesOn(HeartbeatResponse told) throws IOException {
        ErrorCode error = told == null ? NONE : ErrorCode.forCode(told.errorCode());
        if (error != NONE && error != REBALANCE_IN_PROGRESS) throw new IOException(error + " to a heartbeat");
        return error == NONE;
    }

    // ---- the leader ----

    /// @return nobody's when this member does not lead
    private List<SyncGroupRequestAssignment> assignments(JoinGroupResponse joined) {
        List<SyncGroupRequestAssignment> all = new ArrayList<>(joined.members().size());
        for (int i = 0; i < joined.members().size(); i++) {
            int from = firstOf(i, joined.members().size());
            int to = firstOf(i + 1, joined.members().size());
            all.add(new SyncGroupRequestAssignment(joined.members().get(i).memberId(), embedded(assignment(from, to))));
        }
        return all;
    }

    private int firstOf(int member, int members) {
        return (int) ((long) party.partitions() * member / members);
    }

    private ConsumerProtocolAssignment assignment(int from, int to) {
        Map<Integer, List<Integer>> byTopic = new TreeMap<>();
        for (int i = from; i < to; i++) byTopic.computeIfAbsent(i / party.partitionsOfEach(), _ -> new ArrayList<>()).add(i % party.partitionsOfEach());
        List<ConsumerProtocolAssignment.TopicPartition> topics = new ArrayList<>();
        byTopic.forEach((topic, partitions) -> topics.add(new ConsumerProtocolAssignment.TopicPartition(party.topicNames().get(topic), partitions)));
        return new ConsumerProtocolAssignment(topics, null);
    }

    private static ByteBuffer embedded(Message message) {
        ByteBuffer body = message.toBytes(EMBEDDED_VERSION);
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(EMBEDDED_VERSION).put(body).flip();
    }

    private List<Integer> numbers(ByteBuffer assignment) {
        WireReader reader = WireReader.of(assignment, "ConsumerProtocolAssignment", EMBEDDED_VERSION);
        List<Integer> numbers = new ArrayList<>();
        for (var topic : ConsumerProtocolAssignment.read(reader, reader.int16("version")).assignedPartitions()) {
            int first = party.topicNames().indexOf(topic.topic()) * party.partitionsOfEach();
            for (int partition : topic.partitions()) numbers.add(first + partition);
        }
        return numbers;
    }
}
