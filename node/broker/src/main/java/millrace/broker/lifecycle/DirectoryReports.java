package millrace.broker.lifecycle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import millrace.common.TopicIdPartition;
import millrace.common.Uuid;
import millrace.feed.ControllerLink;
import millrace.ports.EventLoop;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.AssignReplicasToDirsResponse;
import millrace.wire.Pending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the controller in which log directories this broker's replicas lie (AssignReplicasToDirs, API key 73; KIP-858).
///
///     report ─▶ waiting ─▶ one request at a time ─▶ taken: told
///                 ▲                │ refused as a whole: again after a while
///                 └────────────────┘
///
/// Bounded by the number of replicas: a newer report of a replica takes the place of the older one. All of it on one event loop.
public final class DirectoryReports {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryReports.class);
    private static final String PRINCIPAL = "User:ANONYMOUS";
    private static final short VERSION = 0;
    private static final long RETRY_MS = 500;
    /// Kafka's controller takes no more in one request.
    private static final int MOST_AT_ONCE = 2_250;

    private record Report(Uuid directory, Runnable whenTaken) {}

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ControllerLink controller;
    private final EventLoop loop;
    private final LinkedHashMap<TopicIdPartition, Report> waiting = new LinkedHashMap<>();
    private boolean busy;

    /// @param brokerEpoch -1 while there is none
    public DirectoryReports(int brokerId, LongSupplier brokerEpoch, ControllerLink controller, EventLoop loop) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.controller = controller;
        this.loop = loop;
    }

    /// Safe from any thread.
    public void report(TopicIdPartition replica, Uuid directory) {
        report(replica, directory, () -> { });
    }

    /// @param whenTaken run on the loop once the controller has committed it; never for a report that a newer one has replaced
    public void report(TopicIdPartition replica, Uuid directory, Runnable whenTaken) {
        loop.execute(() -> {
            waiting.put(replica, new Report(directory, whenTaken));
            // A turn later, so that what is reported in one go is told in one request.
            if (!busy) later(0);
        });
    }

    private void later(long delayMs) {
        busy = true;
        loop.schedule(delayMs, this::send);
    }

    private void send() {
        busy = false;
        if (waiting.isEmpty()) return;
        if (brokerEpoch.getAsLong() < 0) {
            later(RETRY_MS);
            return;
        }
        busy = true;
        Map<TopicIdPartition, Report> told = new LinkedHashMap<>();
        for (var each : waiting.entrySet()) if (told.size() < MOST_AT_ONCE) told.put(each.getKey(), each.getValue());
        Pending<AssignReplicasToDirsResponse> answer = controller.send(request(told), VERSION, PRINCIPAL, "");
        answer.whenDone(response -> loop.execute(() -> answered(told, response)));
    }

    private AssignReplicasToDirsRequest request(Map<TopicIdPartition, Report> told) {
        var byDirectory = new TreeMap<Uuid, TreeMap<Uuid, List<Integer>>>();
        told.forEach((replica, report) -> byDirectory.computeIfAbsent(report.directory, _ -> new TreeMap<>())
                .computeIfAbsent(replica.topicId(), _ -> new ArrayList<>()).add(replica.partition()));
        return AssignReplicasToDirsRequest.builder().brokerId(brokerId).brokerEpoch(brokerEpoch.getAsLong()).directories(byDirectory.entrySet().stream()
                .map(directory -> new AssignReplicasToDirsRequest.DirectoryData(directory.getKey(), directory.getValue().entrySet().stream()
                        .map(topic -> new AssignReplicasToDirsRequest.TopicData(topic.getKey(), topic.getValue().stream()
                                .map(AssignReplicasToDirsRequest.PartitionData::new).toList())).toList())).toList()).build();
    }

    private void answered(Map<TopicIdPartition, Report> told, AssignReplicasToDirsResponse response) {
        if (response.errorCode() != ErrorCode.NONE.code()) {
            LOG.debug("The controller did not take the directories of {} replicas: {}. Telling it again in {} ms.", told.size(), ErrorCode.forCode(response.errorCode()), RETRY_MS);
            later(RETRY_MS);
            return;
        }
        // A replica that the controller refuses alone belongs to a topic that is gone or to another broker: nothing to tell any more.
        told.forEach((replica, report) -> {
            if (waiting.remove(replica, report)) report.whenTaken.run();
        });
        later(0);
    }
}
