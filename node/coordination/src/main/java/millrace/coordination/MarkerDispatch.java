package millrace.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import millrace.common.TopicPartition;
import millrace.metadata.PartitionRegistration;
import millrace.ports.EventLoop;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import millrace.protocol.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.wire.Pending;

/// Brings the markers of decided transactions to the leaders of their partitions, as often as it takes, for one election of one coordinator.
///
///     due ──▶ one request to each leader ──▶ all written ──▶ complete ──▶ forgotten
///                     ▲                          │ some not
///                     └──────── a pause ─────────┘
///
/// A partition that is gone, also because its topic was created anew with fewer of them, needs no marker. One that has heard of a later epoch, or of
/// a later coordinator, refuses for good: then it is that one's to finish the transaction. All of it runs on the coordinator's loop. What is under way
/// is bounded by the transactional ids of the coordinator.
final class MarkerDispatch {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerDispatch.class);
    private static final int FIRST_PAUSE_MS = 20;
    private static final int MAX_PAUSE_MS = 1_000;

    /// What is written of one transaction, and what is not.
    private static final class Sending {
        private final MarkersDue due;
        private final NavigableSet<TopicPartition> missing;
        private int awaited;
        private int pauseMs = FIRST_PAUSE_MS;

        Sending(MarkersDue due) {
            this.due = due;
            this.missing = new TreeSet<>(due.partitions());
        }
    }

    private final ClusterView cluster;
    private final MarkerLink link;
    private final EventLoop loop;
    private final int coordinatorEpoch;
    private final Function<MarkersDue, Pending<TransactionAnswer>> complete;
    private final Map<String, Sending> underWay = new HashMap<>();
    private volatile boolean stopped;

    /// @param complete tells the coordinator that all markers of a transaction are written
    MarkerDispatch(ClusterView cluster, MarkerLink link, EventLoop loop, int coordinatorEpoch, Function<MarkersDue, Pending<TransactionAnswer>> complete) {
        this.cluster = cluster;
        this.link = link;
        this.loop = loop;
        this.coordinatorEpoch = coordinatorEpoch;
        this.complete = complete;
    }

    /// Safe from any thread. A transaction that is under way already, because its coordinator has read its log again, is not begun twice.
    void send(MarkersDue due) {
        loop.execute(() -> {
            Sending before = underWay.get(due.transactionalId());
            if (before != null && before.due.equals(due)) return;
            var sending = new Sending(due);
            underWay.put(due.transactionalId(), sending);
            round(sending);
        });
    }

    /// The coordinator has resigned; its successor sends the markers.
    void stop() {
        stopped = true;
    }

    private boolean isOver(Sending sending) {
        return stopped || underWay.get(sending.due.transactionalId()) != sending;
    }

    private void round(Sending sending) {
        if (isOver(sending)) return;
        Map<Integer, List<TopicPartition>> byLeader = byLeader(sending);
        if (sending.missing.isEmpty()) {
            complete(sending);
        } else if (byLeader.isEmpty()) {
            later(sending, () -> round(sending));
        } else {
            sending.awaited = byLeader.size();
            byLeader.forEach((leader, partitions) -> link.writeMarkers(leader, request(sending.due, partitions))
                    .whenDone(response -> loop.execute(() -> heard(sending, response))));
        }
    }

    private Map<Integer, List<TopicPartition>> byLeader(Sending sending) {
        var topics = cluster.image().topics();
        sending.missing.removeIf(each -> topics.partition(each.topic(), each.partition()) == null);
        Map<Integer, List<TopicPartition>> byLeader = new TreeMap<>();
        for (TopicPartition each : sending.missing) {
            PartitionRegistration registration = topics.partition(each.topic(), each.partition());
            if (registration.leader() >= 0) byLeader.computeIfAbsent(registration.leader(), _ -> new ArrayList<>()).add(each);
        }
        return byLeader;
    }

    private WriteTxnMarkersRequest request(MarkersDue due, List<TopicPartition> partitions) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition each : partitions) byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each.partition());
        List<WritableTxnMarkerTopic> topics = byTopic.entrySet().stream().map(topic -> new WritableTxnMarkerTopic(topic.getKey(), topic.getValue())).toList();
        return new WriteTxnMarkersRequest(List.of(new WritableTxnMarker(due.producerId(), due.producerEpoch(), due.commit(), topics, coordinatorEpoch, (byte) due.transactionVersion())));
    }

    private void heard(Sending sending, WriteTxnMarkersResponse response) {
        for (var marker : response.markers()) {
            for (WritableTxnMarkerTopicResult topic : marker.topics()) {
                for (WritableTxnMarkerPartitionResult each : topic.partitions()) {
                    heard(sending, new TopicPartition(topic.name(), each.partitionIndex()), ErrorCode.forCode(each.errorCode()));
                }
            }
        }
        if (--sending.awaited > 0 || isOver(sending)) return;
        if (sending.missing.isEmpty()) complete(sending);
        else later(sending, () -> round(sending));
    }

    private void heard(Sending sending, TopicPartition partition, ErrorCode error) {
        switch (error) {
            case NONE, UNSUPPORTED_FOR_MESSAGE_FORMAT -> sending.missing.remove(partition);
            case INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED -> {
                LOG.warn("{} refuses the marker of producer {} in epoch {} for good ({}): a later coordinator of {} ends that transaction", partition,
                        sending.due.producerId(), sending.due.producerEpoch(), error, sending.due.transactionalId());
                underWay.remove(sending.due.transactionalId(), sending);
            }
            default -> LOG.debug("{} has no marker of producer {} yet: {}", partition, sending.due.producerId(), error);
        }
    }

    private void complete(Sending sending) {
        if (isOver(sending)) return;
        complete.apply(sending.due).whenDone(answer -> loop.execute(() -> {
            if (answer.error() == ErrorCode.NONE || answer.error() == ErrorCode.NOT_COORDINATOR) underWay.remove(sending.due.transactionalId(), sending);
            else later(sending, () -> complete(sending));
        }));
    }

    private void later(Sending sending, Runnable again) {
        loop.schedule(sending.pauseMs, again);
        sending.pauseMs = Math.min(2 * sending.pauseMs, MAX_PAUSE_MS);
    }
}
