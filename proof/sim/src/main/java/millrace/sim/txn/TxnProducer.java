package millrace.sim.txn;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import millrace.common.Uuid;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AddOffsetsToTxnRequest;
import millrace.protocol.message.AddOffsetsToTxnResponse;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import millrace.protocol.message.AddPartitionsToTxnResponse;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.EndTxnResponse;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.protocol.message.TxnOffsetCommitResponse;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatchBuilder;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.sim.log.Line;
import millrace.sim.log.Payload;
import millrace.sim.log.WholeNode;
import millrace.sim.txn.TxnHistory.Initialized;
import millrace.sim.txn.TxnHistory.Seen;
import millrace.sim.txn.TxnHistory.Txn;

/// One owner of a transactional id, for as long as nobody takes over: transaction after transaction, one request after the other.
///
/// It keeps the rules of real clients. What is not answered is sent again, over a new connection, with the same sequence; or the transaction is
/// given up, and then it goes on in a new epoch (KIP-360), because nobody knows what has become of the last record. A request is never changed.
final class TxnProducer {
    /// Versions of requests, and what they mean: one epoch for many transactions, or an epoch for each (KIP-890).
    enum Generation {
        OLD(4, 11, 4, 4), NEW(5, 12, 5, 5);

        private final short init;
        private final short produce;
        private final short offsets;
        private final short end;

        Generation(int init, int produce, int offsets, int end) {
            this.init = (short) init;
            this.produce = (short) produce;
            this.offsets = (short) offsets;
            this.end = (short) end;
        }
    }

    private static final short ADD_PARTITIONS_VERSION = 3;
    private static final short ADD_OFFSETS_VERSION = 3;
    private static final short OFFSET_FETCH_VERSION = 7;
    private static final short ACKS_ALL = -1;
    private static final int LARGEST_BITE = 5;
    private static final int READS_PER_MILLE = 250;
    private static final int MOST_READ_BYTES = 1 << 16;
    private static final int REQUEST_TIME_OUT_MS = 1_000;
    private static final long RETRY_NANOS = 60_000_000;
    private static final long THINK_NANOS = 8_000_000;
    private static final long LONGEST_PATIENCE_NANOS = 2_000_000_000L;
    private static final long LONGEST_HANG_NANOS = 8_000_000_000L;

    private final World world;
    private final TxnHistory history;
    private final TxnApplication application;
    private final int instance;
    private final Generation generation;
    private final Line coordination;
    private final Line records;
    private final Chance chance;
    private final Map<Integer, Integer> nextSequence = new TreeMap<>();
    private final Map<Integer, Long> readUpTo = new TreeMap<>();
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
    private long producerId = -1;
    private short epoch = -1;
    private Txn txn;
    private boolean commit;
    private boolean mayGiveUp;
    private boolean mustBegin;
    private boolean stopped;
    private boolean gone;
    private int asking;
    private long patienceNanos;
    private long ownerSinceNanos;
    private long askedForEpochNanos;

    TxnProducer(World world, WholeNode node, TxnHistory history, TxnApplication application, int instance, Generation generation) {
        this.world = world;
        this.history = history;
        this.application = application;
        this.instance = instance;
        this.generation = generation;
        this.chance = world.chance().split();
        this.patienceNanos = application.patienceNanos();
        this.coordination = new Line(world, node);
        this.records = chance.coin() ? coordination : new Line(world, node);
    }

    void begin() {
        initialize();
    }

    /// Ends the transaction that it has, and begins no other.
    void stop() {
        stopped = true;
    }

    /// It is killed: nothing more of it is sent, and what is on its way arrives.
    void vanish() {
        gone = true;
        asking++;
    }

    boolean isGone() {
        return gone;
    }

    private void die(ErrorCode error) {
        world.note(this + " ends with " + error);
        vanish();
        application.ended(this);
    }

    // ---- one request after the other ----

    /// Who has not heard in time asks again over a new connection, and takes no answer from the old one.
    private <R extends ApiResponse> void ask(Line line, ApiRequest request, short version, Function<R, ErrorCode> errorIn, Consumer<R> then) {
        if (gone) return;
        int mine = ++asking;
        Runnable again = () -> ask(line, request, version, errorIn, then);
        line.<R>ask(request, version, response -> {
            if (mine != asking) return;
            asking++;
            if (response == null) silent(line, again);
            else answered(errorIn.apply(response), again, () -> then.accept(response));
        });
        world.at(patienceNanos, () -> {
            if (mine == asking) silent(line, again);
        });
    }

    private void silent(Line line, Runnable again) {
        line.replace(chance.coin());
        patienceNanos = Math.min(2 * patienceNanos, LONGEST_PATIENCE_NANOS);
        if (mayGiveUp && chance.perMille(300)) giveUp();
        else later(again);
    }

    private void later(Runnable again) {
        int mine = ++asking;
        world.at(RETRY_NANOS, () -> {
            if (mine == asking) again.run();
        });
    }

    private void answered(ErrorCode error, Runnable again, Runnable then) {
        patienceNanos = application.patienceNanos();
        switch (error) {
            case NONE -> then.run();
            case CONCURRENT_TRANSACTIONS, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT,
                 NOT_LEADER_OR_FOLLOWER, UNSTABLE_OFFSET_COMMIT, UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, UNKNOWN_SERVER_ERROR -> later(again);
            case TRANSACTION_ABORTABLE -> giveUp();
            case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, INVALID_TXN_STATE -> die(error);
            default -> {
                history.surprised(this + " was told " + error);
                die(error);
            }
        }
    }

    private void giveUp() {
        world.note(this + " gives up " + txn);
        mustBegin = generation == Generation.OLD;
        steps.clear();
        commit = false;
        end();
    }

    private void next() {
        mayGiveUp = false;
        long pause = chance.perMille(15) ? chance.between(0, LONGEST_HANG_NANOS) : chance.heavyTailed(THINK_NANOS);
        world.at(pause, () -> {
            if (gone) return;
            Runnable step = steps.poll();
            if (step != null) step.run();
            else if (txn != null) end();
            else if (mustBegin) initialize();
            else if (!stopped) beginTransaction();
        });
    }

    // ---- a transaction ----

    private void initialize() {
        askedForEpochNanos = world.nowNanos();
        var request = new InitProducerIdRequest(application.transactionalId(), application.timeoutMs(), producerId, epoch, false, false);
        this.<InitProducerIdResponse>ask(coordination, request, generation.init, response -> ErrorCode.forCode(response.errorCode()), response -> {
            takeOn(response.producerId(), response.producerEpoch());
            mustBegin = false;
            next();
        });
    }

    private void takeOn(long givenProducerId, short givenEpoch) {
        producerId = givenProducerId;
        epoch = givenEpoch;
        nextSequence.clear();
        ownerSinceNanos = world.nowNanos();
        history.initialized(new Initialized(application.transactionalId(), instance, producerId, epoch, askedForEpochNanos, ownerSinceNanos));
    }

    private void beginTransaction() {
        txn = history.begin(application.transactionalId(), instance, ownerSinceNanos);
        commit = chance.perMille(650);
        var partitions = new TreeSet<Integer>();
        for (int i = chance.between(1, application.partitions()); i > 0; i--) partitions.add(chance.below(application.partitions()));
        if (application.transforms()) steps.add(this::fetchPosition);
        if (generation == Generation.OLD) steps.add(() -> addPartitions(List.copyOf(partitions)));
        for (int round = chance.between(1, 2); round > 0; round--) {
            for (int partition : partitions) {
                steps.add(() -> produce(partition));
                if (chance.perMille(READS_PER_MILLE)) steps.add(() -> readOthers(chance.pick(List.copyOf(partitions))));
            }
        }
        if (application.transforms() || chance.perMille(300)) {
            if (generation == Generation.OLD) steps.add(this::addOffsets);
            steps.add(this::commitOffsets);
        }
        next();
    }

    /// What an open transaction has committed is waited for.
    private void fetchPosition() {
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopic(WholeNode.TOPIC, List.of(application.number()));
        var request = OffsetFetchRequest.builder().groupId(TxnApplication.GROUP).topics(List.of(topic)).requireStable(true).build();
        this.<OffsetFetchResponse>ask(coordination, request, OFFSET_FETCH_VERSION, TxnProducer::errorIn, response -> {
            long position = Math.max(0, response.topics().getFirst().partitions().getFirst().committedOffset());
            txn.takes(position, position + chance.between(1, LARGEST_BITE));
            next();
        });
    }

    private static ErrorCode errorIn(OffsetFetchResponse response) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        return error != ErrorCode.NONE ? error : ErrorCode.forCode(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    private void addPartitions(List<Integer> partitions) {
        var request = AddPartitionsToTxnRequest.builder().v3AndBelowTransactionalId(application.transactionalId()).v3AndBelowProducerId(producerId).v3AndBelowProducerEpoch(epoch)
                .v3AndBelowTopics(List.of(new AddPartitionsToTxnTopic(WholeNode.TOPIC, partitions))).build();
        this.<AddPartitionsToTxnResponse>ask(coordination, request, ADD_PARTITIONS_VERSION, TxnProducer::errorIn, _ -> next());
    }

    private static ErrorCode errorIn(AddPartitionsToTxnResponse response) {
        return response.resultsByTopicV3AndBelow().getFirst().resultsByPartition().stream().map(each -> ErrorCode.forCode(each.partitionErrorCode()))
                .filter(each -> each != ErrorCode.NONE && each != ErrorCode.OPERATION_NOT_ATTEMPTED).findFirst().orElse(ErrorCode.NONE);
    }

    private void produce(int partition) {
        int count = chance.between(1, 3);
        List<Long> recordIds = new ArrayList<>();
        for (int i = 0; i < count; i++) recordIds.add(txn.nextRecord(partition));
        int sequence = nextSequence.getOrDefault(partition, 0);
        ByteBuffer batch = batch(recordIds, sequence);
        mayGiveUp = true;
        var data = new ProduceRequest.TopicProduceData(WholeNode.TOPIC, Uuid.ZERO, List.of(new ProduceRequest.PartitionProduceData(partition, new MemoryRecords(batch))));
        var request = new ProduceRequest(application.transactionalId(), ACKS_ALL, REQUEST_TIME_OUT_MS, List.of(data));
        this.<ProduceResponse>ask(records, request, generation.produce, response -> ErrorCode.forCode(response.responses().getFirst().partitionResponses().getFirst().errorCode()), _ -> {
            nextSequence.put(partition, sequence + count);
            txn.acknowledged(recordIds);
            next();
        });
    }

    /// What follows in its own records may come of what others have committed. Where nobody else has been, nothing is read.
    private void readOthers(int partition) {
        long from = readUpTo.computeIfAbsent(partition, history::shownUpTo);
        this.<FetchResponse>ask(coordination, FetchedRecords.request(partition, from, true, 0, MOST_READ_BYTES), FetchedRecords.VERSION, TxnProducer::errorIn, response -> {
            List<Seen> seen = new ArrayList<>();
            readUpTo.put(partition, FetchedRecords.read(response.responses().getFirst().partitions().getFirst(), from, true, seen));
            txn.reads(seen);
            next();
        });
    }

    private static ErrorCode errorIn(FetchResponse response) {
        return ErrorCode.forCode(response.errorCode() != ErrorCode.NONE.code() ? response.errorCode() : response.responses().getFirst().partitions().getFirst().errorCode());
    }

    private ByteBuffer batch(List<Long> recordIds, int sequence) {
        try (var builder = new RecordBatchBuilder()) {
            builder.producer(producerId, epoch, sequence).transactional(true);
            for (long recordId : recordIds) builder.append(application.timestampMs(), null, Payload.value(recordId));
            return builder.build();
        }
    }

    private void addOffsets() {
        var request = new AddOffsetsToTxnRequest(application.transactionalId(), producerId, epoch, TxnApplication.GROUP);
        this.<AddOffsetsToTxnResponse>ask(coordination, request, ADD_OFFSETS_VERSION, response -> ErrorCode.forCode(response.errorCode()), _ -> next());
    }

    /// Where the next one goes on in its input, or the transaction's own id where there is none.
    private void commitOffsets() {
        mayGiveUp = true;
        var offset = new TxnOffsetCommitRequestPartition(application.number(), application.transforms() ? txn.inputTo() : txn.id(), -1, "");
        var topic = new TxnOffsetCommitRequestTopic(WholeNode.TOPIC, Uuid.ZERO, List.of(offset));
        var request = TxnOffsetCommitRequest.builder().transactionalId(application.transactionalId()).groupId(TxnApplication.GROUP).producerId(producerId).producerEpoch(epoch)
                .generationIdOrMemberEpoch(-1).memberId("").topics(List.of(topic)).build();
        this.<TxnOffsetCommitResponse>ask(coordination, request, generation.offsets, response -> ErrorCode.forCode(response.topics().getFirst().partitions().getFirst().errorCode()), _ -> {
            txn.offsetsAcknowledged();
            next();
        });
    }

    private void end() {
        mayGiveUp = false;
        askedForEpochNanos = world.nowNanos();
        txn.wishes(commit, world.nowNanos());
        var request = new EndTxnRequest(application.transactionalId(), producerId, epoch, commit);
        this.<EndTxnResponse>ask(coordination, request, generation.end, response -> ErrorCode.forCode(response.errorCode()), response -> {
            txn.ended();
            txn = null;
            if (generation == Generation.NEW) takeOn(response.producerId(), response.producerEpoch());
            next();
        });
    }

    @Override public String toString() {
        return application.transactionalId() + "#" + instance + " " + generation + " " + producerId + "/" + epoch + (gone ? " (gone)" : "");
    }
}
