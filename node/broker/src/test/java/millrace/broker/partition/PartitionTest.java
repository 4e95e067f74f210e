package millrace.broker.partition;

import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import millrace.metadata.ConfigResource;
import millrace.protocol.ErrorCode;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.record.ControlRecords;
import millrace.record.RecordBatchBuilder;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.ReadResult;
import millrace.wire.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionTest {
    private static final int OTHER = 2;
    private static final long PRODUCER = 7;

    @TempDir Path folder;
    private BrokerUnderTest broker;

    @BeforeEach void start() {
        broker = new BrokerUnderTest(folder);
    }

    @AfterEach void stop() {
        broker.close();
    }

    @Test void withFsyncTheHighWatermarkWaitsForTheDevice() {
        Partition partition = led();
        append(partition, "a", "b");
        assertThat(partition.highWatermark()).isZero();
        broker.sync();
        assertThat(partition.highWatermark()).isEqualTo(2);
    }

    @Test void whenReplicatedTheHighWatermarkFollowsTheAppend() {
        Partition partition = led("millrace.durability", "replicated");
        append(partition, "a", "b");
        assertThat(partition.highWatermark()).isEqualTo(2);
    }

    @Test void aNewLeaderEpochDoesNotMakeDurableWhatIsNotOnTheDevice() {
        Partition partition = led();
        append(partition, "a");
        broker.commits(leads(BrokerUnderTest.SELF, 1));
        assertThat(partition.leaderEpoch()).isEqualTo(1);
        assertThat(partition.highWatermark()).isZero();
        broker.sync();
        assertThat(partition.highWatermark()).isEqualTo(1);
    }

    @Test void aTopicThatBecomesFsyncKeepsItsHighWatermarkAndWaitsForTheDeviceFromThenOn() {
        Partition partition = led("millrace.durability", "replicated", "min.insync.replicas", "1");
        append(partition, "a");
        append(partition, "b");
        broker.commits(ConfigRecord.builder().resourceType(ConfigResource.TOPIC).resourceName("orders").name("millrace.durability").value("fsync").build());
        assertThat(partition.highWatermark()).as("never goes back").isEqualTo(2);
        append(partition, "c");
        assertThat(partition.highWatermark()).isEqualTo(2);
        broker.sync();
        assertThat(partition.highWatermark()).isEqualTo(3);
    }

    @Test void acksAllIsRefusedWhileTheIsrIsTooSmallAndAcksOneIsNot() {
        broker.commits(topic("orders", 1, BrokerUnderTest.SELF, List.of(BrokerUnderTest.SELF, OTHER), "min.insync.replicas", "2"));
        Partition partition = broker.partition(1);
        broker.commits(PartitionChangeRecord.builder().topicId(BrokerUnderTest.topicId(1)).partitionId(0).isr(List.of(BrokerUnderTest.SELF)).build());
        assertThat(partition.append(batch("a"), AppendOrigin.CLIENT, true)).isInstanceOfSatisfying(AppendResult.Refused.class,
                refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS));
        assertThat(partition.logEndOffset()).isZero();
        assertThat(partition.append(batch("a"), AppendOrigin.CLIENT, false)).isInstanceOf(AppendResult.Appended.class);
        broker.sync();
        assertThat(partition.highWatermark()).as("rests while the ISR is too small (KIP-966)").isZero();
    }

    @Test void aTopicOfOneReplicaIsWrittenAlsoWithTwoMinInSyncReplicas() {
        Partition partition = led("min.insync.replicas", "2");
        assertThat(partition.append(batch("a"), AppendOrigin.CLIENT, true)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test void whoDoesNotLeadRefusesAppends() {
        Partition partition = led();
        broker.commits(leads(OTHER, 1));
        assertThat(partition.append(batch("a"), AppendOrigin.CLIENT, false)).isInstanceOfSatisfying(AppendResult.Refused.class,
                refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    // ---- transactions ----

    @Test void theMarkerOfATransactionLeavesTheGuardOfTheNextOneWhereEachHasItsEpoch() {
        Partition partition = led();
        long first = partition.guardFor(PRODUCER, (short) 0, true, 0);
        assertThat(appendInTransaction(partition, 0, 0, first)).isEqualTo(ErrorCode.NONE);
        long next = partition.guardFor(PRODUCER, (short) 1, true, 0);
        assertThat(next).as("the transaction before is open, in the epoch before").isNotZero();
        appendMarker(partition, 1);
        assertThat(appendInTransaction(partition, 1, 0, next)).isEqualTo(ErrorCode.NONE);
    }

    @Test void theMarkerOfATransactionTakesItsGuardAway() {
        Partition partition = led();
        long ownEpoch = partition.guardFor(PRODUCER, (short) 0, true, 0);
        appendMarker(partition, 1);
        assertThat(appendInTransaction(partition, 0, 0, ownEpoch)).as("the marker's epoch is later, so it is fenced").isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        long sharedEpoch = partition.guardFor(PRODUCER + 1, (short) 0, false, 0);
        partition.appendMarker(ControlRecords.endTransactionMarker(0, BrokerUnderTest.NOW_MS, 0, PRODUCER + 1, (short) 0, false, 0), (short) 0);
        assertThat(error(partition.append(inTransaction(PRODUCER + 1, 0, 0), AppendOrigin.CLIENT, false, sharedEpoch))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test void aGuardIsGoodForOneLeadership() {
        Partition partition = led();
        long guard = partition.guardFor(PRODUCER, (short) 0, true, 0);
        broker.commits(leads(OTHER, 1));
        broker.commits(leads(BrokerUnderTest.SELF, 1));
        assertThat(appendInTransaction(partition, 0, 0, guard)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(appendInTransaction(partition, 0, 0, partition.guardFor(PRODUCER, (short) 0, true, 0))).isEqualTo(ErrorCode.NONE);
    }

    @Test void whoHasNotDrawnBecauseThisBrokerDidNotLeadIsToldToAskAgain() {
        assertThat(appendInTransaction(led(), 0, 0, Partition.NO_GUARD)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test void nothingIsVerifiedWhileTheSettingSaysSo() {
        Partition partition = led();
        broker.commits(verification("false"));
        assertThat(partition.guardFor(PRODUCER, (short) 0, false, 0)).as("nobody is to be asked").isZero();
        assertThat(appendInTransaction(partition, 0, 0, 0)).isEqualTo(ErrorCode.NONE);
        assertThat(partition.guardFor(PRODUCER + 1, (short) 0, true, 0)).as("where asking is adding, it goes on").isNotZero();
        assertThat(error(partition.append(inTransaction(PRODUCER + 1, 0, 0), AppendOrigin.CLIENT, false, Partition.NO_GUARD))).isEqualTo(ErrorCode.NONE);
        broker.commits(verification("true"));
        assertThat(error(partition.append(inTransaction(PRODUCER + 2, 0, 0), AppendOrigin.CLIENT, false, 0))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    private static ConfigRecord verification(String enabled) {
        return ConfigRecord.builder().resourceType(ConfigResource.BROKER).resourceName("").name("transaction.partition.verification.enable").value(enabled).build();
    }

    private static ErrorCode appendInTransaction(Partition partition, int epoch, int sequence, long guard) {
        return error(partition.append(inTransaction(PRODUCER, epoch, sequence), AppendOrigin.CLIENT, false, guard));
    }

    private static ErrorCode error(AppendResult result) {
        return result instanceof AppendResult.Refused refused ? refused.error() : ErrorCode.NONE;
    }

    private static ByteBuffer inTransaction(long producerId, int epoch, int sequence) {
        try (var builder = new RecordBatchBuilder().producer(producerId, (short) epoch, sequence).transactional(true)) {
            builder.append(BrokerUnderTest.NOW_MS, null, ByteBuffer.wrap(new byte[] {1}));
            return builder.build();
        }
    }

    /// Of a transaction whose epoch was the one before.
    private static void appendMarker(Partition partition, int epoch) {
        var marker = ControlRecords.endTransactionMarker(0, BrokerUnderTest.NOW_MS, 0, PRODUCER, (short) epoch, true, 0);
        assertThat(error(partition.appendMarker(marker, (short) 2))).isEqualTo(ErrorCode.NONE);
    }

    // ---- when the device fails ----

    @Test void afterAFailedSyncNothingMoreIsAppendedToAnyLogOfTheDirectory() {
        broker.commits(topic("orders", 1)).commits(topic("others", 2));
        append(broker.partition(1), "a");
        broker.disk.failSyncs();
        broker.sync();
        assertThat(broker.directory.failure()).isPresent();
        assertThatThrownBy(() -> append(broker.partition(2), "b")).isInstanceOf(LogDirFailure.class);
    }

    @Test void aFailedWriteTakesTheWholeDirectoryOffline() {
        broker.commits(topic("orders", 1)).commits(topic("others", 2));
        broker.disk.failWrites();
        assertThatThrownBy(() -> append(broker.partition(1), "a")).isInstanceOf(LogDirFailure.class);
        assertThat(broker.directory.failure()).isPresent();
        assertThatThrownBy(() -> append(broker.partition(2), "b")).isSameAs(broker.directory.failure().get());
    }

    @Test void theCommittedConditionHoldsOnceTheRecordsAreOnTheDeviceAndItsWatcherIsWoken() {
        Partition partition = led();
        append(partition, "a");
        Condition committed = partition.committedUpTo(1, 0);
        AtomicInteger woken = watch(committed);
        assertThat(committed.holds()).isFalse();
        broker.sync();
        assertThat(woken).hasPositiveValue();
        assertThat(committed.holds()).isTrue();
    }

    @Test void theCommittedConditionHoldsAlsoWhenLeadershipIsLost() {
        Partition partition = led();
        append(partition, "a");
        Condition committed = partition.committedUpTo(1, 0);
        AtomicInteger woken = watch(committed);
        broker.commits(leads(OTHER, 1));
        assertThat(woken).hasPositiveValue();
        assertThat(committed.holds()).isTrue();
        assertThat(partition.highWatermark()).isZero();
        assertThat(partition.lost()).isTrue();
    }

    @Test void theCommittedConditionHoldsAlsoWhenTheTopicIsDeleted() {
        Partition partition = led();
        append(partition, "a");
        Condition committed = partition.committedUpTo(1, 0);
        AtomicInteger woken = watch(committed);
        broker.commits(BrokerUnderTest.removed(1));
        assertThat(woken).hasPositiveValue();
        assertThat(committed.holds()).isTrue();
    }

    @Test void recordsAreDeletedUpToTheHighWatermarkAndNoFurther() {
        Partition partition = led();
        append(partition, "a");
        append(partition, "b");
        broker.sync();
        append(partition, "not committed");
        assertThat(partition.deleteRecordsBefore(3)).isEmpty();
        assertThat(partition.deleteRecordsBefore(-2)).isEmpty();
        assertThat(partition.deleteRecordsBefore(1)).contains(1L);
        assertThat(partition.deleteRecordsBefore(0)).as("already gone").contains(1L);
        assertThat(partition.deleteRecordsBefore(-1)).as("-1 is the high watermark").contains(2L);
    }

    @Test void theLeaderEpochOfAClientIsCheckedBothWays() {
        Partition partition = led();
        broker.commits(leads(BrokerUnderTest.SELF, 1));
        assertThat(partition.checkLeading(-1)).isEqualTo(ErrorCode.NONE);
        assertThat(partition.checkLeading(0)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(partition.checkLeading(1)).isEqualTo(ErrorCode.NONE);
        assertThat(partition.checkLeading(2)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test void readsGoOnBesideAppendsAndNeverPassTheHighWatermark() throws InterruptedException {
        Partition partition = led("millrace.durability", "replicated");
        var failure = new AtomicReference<Throwable>();
        var readOnce = new CountDownLatch(1);
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                for (long next = 0; next < 300; ) {
                    long highWatermark = partition.highWatermark();
                    if (partition.read(next, 1_000, highWatermark, true) instanceof ReadResult.Read read && read.firstBatchSize() > 0) {
                        read.release();
                        next++;
                    }
                    assertThat(next).isLessThanOrEqualTo(highWatermark);
                    readOnce.countDown();
                }
            } catch (Throwable t) {
                failure.set(t);
                readOnce.countDown();
            }
        });
        readOnce.await();
        for (int i = 0; i < 300; i++) append(partition, "v" + i);
        reader.join();
        assertThat(failure.get()).isNull();
        broker.holdsNothing();
    }

    @Test void whoAppendsToSeveralPartitionsAsksForTheSyncHimself() {
        Partition partition = led();
        assertThat(partition.appendUnsynced(batch("a"), AppendOrigin.CLIENT, true, Partition.NO_GUARD)).isInstanceOf(AppendResult.Appended.class);
        broker.sync();
        assertThat(partition.highWatermark()).as("nobody has asked").isZero();
        partition.sync();
        broker.sync();
        assertThat(partition.highWatermark()).isEqualTo(1);
    }

    private Partition led(String... settings) {
        broker.commits(topic("orders", 1, settings));
        return broker.partition(1);
    }

    private static void append(Partition partition, String... values) {
        assertThat(partition.append(batch(values), AppendOrigin.CLIENT, true)).isInstanceOf(AppendResult.Appended.class);
    }

    private static AtomicInteger watch(Condition condition) {
        var woken = new AtomicInteger();
        condition.watch(woken::incrementAndGet);
        return woken;
    }
}
