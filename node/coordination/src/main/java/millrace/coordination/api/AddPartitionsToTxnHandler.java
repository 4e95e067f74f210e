package millrace.coordination.api;

import static millrace.transaction.ConnectionFence.Purpose.COORDINATION;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import millrace.common.TopicPartition;
import millrace.coordination.ClusterView;
import millrace.coordination.TransactionCoordinators;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import millrace.protocol.message.AddPartitionsToTxnResponse;
import millrace.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import millrace.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnResult;
import millrace.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import millrace.transaction.Transaction;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.PartitionsVerified;
import millrace.transaction.TransactionCommand.AddPartitions;
import millrace.transaction.TransactionCommand.VerifyPartitions;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// AddPartitionsToTxn (API key 24): up to v3 from a producer, for its one transaction; from v4 on from brokers, for many, to add or just to verify.
///
/// A partition that does not exist is answered as such, and then the others of the same transaction are not attempted. Source: KIP-98, KIP-890.
public final class AddPartitionsToTxnHandler implements ApiHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> {
    private static final short FIRST_OF_BROKERS = 4;
    private static final int FIRST_WITH_FENCED = 2;

    private final TransactionCoordinators coordinators;
    private final ClusterView cluster;

    public AddPartitionsToTxnHandler(TransactionCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<AddPartitionsToTxnResponse> handle(AddPartitionsToTxnRequest request, Caller caller) {
        short version = caller.apiVersion();
        String late = version >= FIRST_OF_BROKERS ? null : coordinators.lateness(request.v3AndBelowProducerId(), request.v3AndBelowProducerEpoch(), COORDINATION, caller);
        if (late != null) return Answer.close(late);
        List<AddPartitionsToTxnTransaction> transactions = version >= FIRST_OF_BROKERS ? request.transactions() : List.of(onlyOne(request));
        List<Pending<List<ErrorCode>>> errors = new ArrayList<>(transactions.size());
        for (AddPartitionsToTxnTransaction each : transactions) errors.add(handle(each, version));
        var all = new AllOf<>(errors);
        return Answer.when(all, Long.MAX_VALUE, () -> response(transactions, all.values(), version));
    }

    private static AddPartitionsToTxnTransaction onlyOne(AddPartitionsToTxnRequest request) {
        return new AddPartitionsToTxnTransaction(request.v3AndBelowTransactionalId(), request.v3AndBelowProducerId(), request.v3AndBelowProducerEpoch(), false, request.v3AndBelowTopics());
    }

    /// @return an error for each partition, in the order of the request
    private Pending<List<ErrorCode>> handle(AddPartitionsToTxnTransaction transaction, short version) {
        List<TopicPartition> partitions = partitions(transaction);
        List<ErrorCode> absent = absent(partitions);
        if (absent.contains(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) return Pending.of(absent);
        var errors = new Pending<List<ErrorCode>>();
        ask(transaction, partitions, version).whenDone(answer -> errors.complete(ofPartitions(answer, partitions, version)));
        return errors;
    }

    private Pending<TransactionAnswer> ask(AddPartitionsToTxnTransaction transaction, List<TopicPartition> partitions, short version) {
        short clientVersion = version >= FIRST_OF_BROKERS ? Transaction.EPOCH_FOR_EACH : 0;
        return coordinators.ask(transaction.transactionalId(), token -> transaction.verifyOnly()
                ? new VerifyPartitions(token, transaction.transactionalId(), transaction.producerId(), transaction.producerEpoch(), partitions)
                : new AddPartitions(token, transaction.transactionalId(), transaction.producerId(), transaction.producerEpoch(), partitions, clientVersion));
    }

    private static List<ErrorCode> ofPartitions(TransactionAnswer answer, List<TopicPartition> partitions, short version) {
        if (answer instanceof PartitionsVerified(ErrorCode error, List<ErrorCode> each) && error == ErrorCode.NONE) return each;
        ErrorCode ofAll = EpochError.told(answer.error(), version, FIRST_WITH_FENCED);
        return partitions.stream().map(_ -> ofAll).toList();
    }

    private static List<TopicPartition> partitions(AddPartitionsToTxnTransaction transaction) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (AddPartitionsToTxnTopic topic : transaction.topics()) {
            for (int partition : topic.partitions()) partitions.add(new TopicPartition(topic.name(), partition));
        }
        return partitions;
    }

    private List<ErrorCode> absent(List<TopicPartition> partitions) {
        MetadataImage image = cluster.image();
        return partitions.stream().map(each -> image.topics().partition(each.topic(), each.partition()) == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                : ErrorCode.OPERATION_NOT_ATTEMPTED).toList();
    }

    private static AddPartitionsToTxnResponse response(List<AddPartitionsToTxnTransaction> transactions, List<List<ErrorCode>> errors, short version) {
        List<AddPartitionsToTxnResult> results = new ArrayList<>(transactions.size());
        for (int i = 0; i < transactions.size(); i++) results.add(new AddPartitionsToTxnResult(transactions.get(i).transactionalId(), topics(transactions.get(i), errors.get(i))));
        return version >= FIRST_OF_BROKERS ? AddPartitionsToTxnResponse.builder().resultsByTransaction(results).build()
                : AddPartitionsToTxnResponse.builder().resultsByTopicV3AndBelow(results.getFirst().topicResults()).build();
    }

    private static List<AddPartitionsToTxnTopicResult> topics(AddPartitionsToTxnTransaction transaction, List<ErrorCode> errors) {
        Iterator<ErrorCode> next = errors.iterator();
        List<AddPartitionsToTxnTopicResult> topics = new ArrayList<>(transaction.topics().size());
        for (AddPartitionsToTxnTopic topic : transaction.topics()) {
            topics.add(new AddPartitionsToTxnTopicResult(topic.name(),
                    topic.partitions().stream().map(partition -> new AddPartitionsToTxnPartitionResult(partition, next.next().code())).toList()));
        }
        return topics;
    }
}
