package millrace.transaction;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.pcollections.TreePSet;

import millrace.common.TopicPartition;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.transaction.TransactionLogKey;
import millrace.protocol.transaction.TransactionLogValue;
import millrace.protocol.transaction.TransactionLogValue.PartitionsSchema;
import millrace.protocol.transaction.TransactionRecords;

/// Changes as the keys and values of records, and back. The bytes are drawn in the package's page.
public final class TransactionBytes {
    private static final short KEY_VERSION = 0;
    private static final short FIRST_WITH_TAGGED_FIELDS = 1;

    private TransactionBytes() {}

    /// @return the record's key; never null
    public static ByteBuffer key(TransactionChange change) {
        ByteBuffer body = new TransactionLogKey(change.transactionalId()).toBytes(KEY_VERSION);
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(TransactionRecords.TRANSACTION_LOG).put(body).flip();
    }

    /// @return the record's value; null for a tombstone
    public static ByteBuffer value(TransactionChange change) {
        if (change.transaction() == null) return null;
        ByteBuffer body = value(change.transaction(), change.version()).toBytes(change.version());
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(change.version()).put(body).flip();
    }

    private static TransactionLogValue value(Transaction transaction, short version) {
        var value = TransactionLogValue.builder().producerId(transaction.producerId()).producerEpoch(transaction.producerEpoch())
                .transactionTimeoutMs(transaction.timeoutMs()).transactionStatus(transaction.state().id())
                .transactionPartitions(transaction.state() == TransactionState.EMPTY ? null : byTopic(transaction))
                .transactionLastUpdateTimestampMs(transaction.lastUpdateTimestampMs()).transactionStartTimestampMs(transaction.startTimestampMs());
        if (version < FIRST_WITH_TAGGED_FIELDS) return value.build();
        return value.previousProducerId(transaction.previousProducerId()).nextProducerId(transaction.nextProducerId())
                .clientTransactionVersion(transaction.clientVersion()).build();
    }

    private static List<PartitionsSchema> byTopic(Transaction transaction) {
        List<PartitionsSchema> topics = new ArrayList<>();
        List<Integer> partitions = null;
        String topic = null;
        for (TopicPartition each : transaction.partitions()) {
            if (!each.topic().equals(topic)) {
                topic = each.topic();
                partitions = new ArrayList<>();
                topics.add(new PartitionsSchema(topic, partitions));
            }
            partitions.add(each.partition());
        }
        return topics;
    }

    /// @param value null for a tombstone
    /// @return null for a record type that a newer version wrote: it is passed over
    /// @throws MalformedMessage when the bytes do not follow their schema
    public static TransactionChange read(ByteBuffer key, ByteBuffer value) {
        WireReader keyReader = WireReader.of(key, "transaction record key", KEY_VERSION);
        if (!TransactionRecords.knows(keyReader.int16("type"))) return null;
        String transactionalId = TransactionLogKey.read(keyReader, KEY_VERSION).transactionalId();
        if (value == null) return new TransactionChange(transactionalId, null, KEY_VERSION);
        WireReader reader = WireReader.of(value, "TransactionLogValue", TransactionLogValue.HIGHEST_VERSION);
        short version = reader.int16("version");
        return new TransactionChange(transactionalId, transaction(TransactionLogValue.read(reader, version), reader), version);
    }

    private static Transaction transaction(TransactionLogValue value, WireReader reader) {
        TransactionState state = TransactionState.forId(value.transactionStatus());
        if (state == null) throw reader.malformed("transactionStatus", "there is no state " + value.transactionStatus());
        TreePSet<TopicPartition> partitions = TreePSet.empty();
        if (value.transactionPartitions() != null) {
            for (PartitionsSchema topic : value.transactionPartitions()) {
                for (int partition : topic.partitionIds()) partitions = partitions.plus(new TopicPartition(topic.topic(), partition));
            }
        }
        return new Transaction(value.producerId(), value.producerEpoch(), value.previousProducerId(), value.nextProducerId(), Transaction.NO_EPOCH,
                value.transactionTimeoutMs(), state, partitions, value.transactionStartTimestampMs(), value.transactionLastUpdateTimestampMs(), value.clientTransactionVersion());
    }
}
