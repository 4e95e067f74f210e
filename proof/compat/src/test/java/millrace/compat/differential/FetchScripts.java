package millrace.compat.differential;

import static millrace.compat.differential.Batches.batch;
import static millrace.compat.differential.ProduceScripts.produce;
import static millrace.compat.differential.ProduceScripts.to;
import static millrace.protocol.ApiKey.FETCH;

import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.DeleteRecordsRequest;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchRequest.FetchPartition;
import millrace.protocol.message.FetchRequest.FetchTopic;
import millrace.protocol.message.FetchRequest.ForgottenTopic;
import millrace.protocol.message.FetchRequest.ReplicaState;
import millrace.protocol.message.FetchResponse;

/// What consumers and would-be replicas fetch.
final class FetchScripts {
    private static final int FIRST_VERSION_WITH_IDS = 13;
    private static final int FIRST_VERSION_WITH_SESSIONS = 7;

    private FetchScripts() {}

    static List<Script> all() {
        return List.of(new Script("Fetch", FetchScripts::everyVersion), new Script("Fetch by bytes", FetchScripts::bytes), new Script("Fetch with epochs", FetchScripts::epochs),
                new Script("Fetch sessions", FetchScripts::sessions), new Script("Fetch sessions with ids", FetchScripts::sessionsWithIds), new Script("Fetch as a replica", FetchScripts::replicas));
    }

    static FetchPartition.Builder partition(int partition, long offset) {
        return FetchPartition.builder().partition(partition).fetchOffset(offset).partitionMaxBytes(1 << 20);
    }

    /// A fetch without a session that waits for nothing.
    static FetchRequest.Builder fetch(String topic, int partition, long offset) {
        return fetch(topic, partition(partition, offset));
    }

    static FetchRequest.Builder fetch(String topic, FetchPartition.Builder... partitions) {
        return base().topics(List.of(new FetchTopic(topic, Uuid.ZERO, built(partitions))));
    }

    static FetchRequest.Builder fetch(Uuid topic, FetchPartition.Builder... partitions) {
        return base().topics(List.of(new FetchTopic("", topic, built(partitions))));
    }

    private static FetchRequest.Builder base() {
        return FetchRequest.builder().maxWaitMs(0).minBytes(0).maxBytes(1 << 24).sessionId(0).sessionEpoch(-1);
    }

    private static List<FetchPartition> built(FetchPartition.Builder... partitions) {
        List<FetchPartition> all = new ArrayList<>();
        for (var each : partitions) all.add(each.build());
        return all;
    }

    private static void everyVersion(Session session) {
        Uuid id = session.topic("fetch", 2);
        ProduceScripts.fill(session, "fetch", 0, 8);
        session.quietly(DeleteRecordsRequest.builder().timeoutMs(5_000).topics(List.of(new DeleteRecordsTopic("fetch", List.of(new DeleteRecordsPartition(0, 3))))).build(), 2);
        Versions.each(FETCH, version -> {
            boolean ids = version >= FIRST_VERSION_WITH_IDS;
            for (byte isolation = 0; isolation <= 1; isolation++) {
                session.ask("from 5, isolation " + isolation, (ids ? fetch(id, partition(0, 5)) : fetch("fetch", 0, 5)).isolationLevel(isolation).build(), version);
            }
            session.ask("at the end", (ids ? fetch(id, partition(0, 8)) : fetch("fetch", 0, 8)).build(), version);
            session.ask("past the end", (ids ? fetch(id, partition(0, 9)) : fetch("fetch", 0, 9)).build(), version);
            session.ask("before the start", (ids ? fetch(id, partition(0, 1)) : fetch("fetch", 0, 1)).build(), version);
            session.ask("a negative offset", (ids ? fetch(id, partition(0, -1)) : fetch("fetch", 0, -1)).build(), version);
            session.ask("both partitions and an absent one", (ids ? fetch(id, partition(0, 6), partition(1, 0), partition(9, 0)) : fetch("fetch", partition(0, 6), partition(1, 0), partition(9, 0))).build(), version);
            session.ask("an absent topic", (ids ? fetch(new Uuid(5, 5), partition(0, 0)) : fetch("fetch.none", 0, 0)).build(), version);
            session.ask("no topic id or name", (ids ? fetch(Uuid.ZERO, partition(0, 0)) : fetch("", 0, 0)).build(), version);
            session.ask("nothing", base().build(), version);
            session.ask("waits and ends empty", (ids ? fetch(id, partition(1, 0)) : fetch("fetch", 1, 0)).minBytes(1).maxWaitMs(20).build(), version);
            if (version >= 11) session.ask("from a rack", (ids ? fetch(id, partition(0, 7)) : fetch("fetch", 0, 7)).rackId("rack").build(), version);
        });
    }

    private static void bytes(Session session) {
        session.topic("fetch.bytes", 3);
        for (int i = 0; i < 6; i++) session.quietly(produce(-1, to("fetch.bytes", i % 2, batch(session.nowMs(), "x".repeat(300)))), 9);
        for (int limit : new int[] {0, 1, 100, 368, 369, 370, 400, 738, 1_000, 2_000}) {
            session.ask("partition limit " + limit, fetch("fetch.bytes", partition(0, 0).partitionMaxBytes(limit), partition(1, 0).partitionMaxBytes(limit)).build(), 12);
            session.ask("request limit " + limit, fetch("fetch.bytes", partition(0, 0), partition(1, 0)).maxBytes(limit).build(), 12);
        }
        session.ask("both small", fetch("fetch.bytes", partition(0, 0).partitionMaxBytes(1), partition(1, 0).partitionMaxBytes(1)).maxBytes(1).build(), 4);
        session.ask("an empty partition first", fetch("fetch.bytes", partition(2, 0), partition(0, 0).partitionMaxBytes(10), partition(1, 0)).maxBytes(10).build(), 12);
        session.ask("a negative limit", fetch("fetch.bytes", partition(0, 0).partitionMaxBytes(-1)).build(), 12);
        session.ask("a negative request limit", fetch("fetch.bytes", partition(0, 0)).maxBytes(-1).build(), 12);
        session.ask("more bytes wanted than there are", fetch("fetch.bytes", partition(0, 0)).minBytes(1_000_000).maxWaitMs(30).build(), 12);
        session.ask("an error does not wait", fetch("fetch.bytes", partition(2, 77)).minBytes(1).maxWaitMs(9_000).build(), 12);
        session.ask("an absent one beside an empty one", fetch("fetch.bytes", partition(2, 0), partition(7, 0)).minBytes(1).maxWaitMs(100).build(), 12);
        session.send("waiting", fetch("fetch.bytes", partition(2, 0)).minBytes(1).maxWaitMs(9_000).build(), 12);
        session.quietly(produce(-1, to("fetch.bytes", 2, batch(session.nowMs(), "at last"))), 9);
        session.receive("waiting", "a record ends the wait");
        session.ask("two of the same partition", fetch("fetch.bytes", partition(2, 0), partition(2, 1)).build(), 12);
        session.ask("mid-batch", fetch("fetch.bytes", partition(0, 1)).build(), 12);
        session.quietly(produce(-1, to("fetch.bytes", 2, batch(session.nowMs(), "a", "b", "c"))), 9);
        session.ask("inside a batch", fetch("fetch.bytes", partition(2, 2)).build(), 12);
    }

    private static void epochs(Session session) {
        Uuid id = session.topic("fetch.epochs", 1);
        ProduceScripts.fill(session, "fetch.epochs", 0, 3);
        for (int version : new int[] {9, 11, 12}) {
            for (int epoch : new int[] {-1, 0, 1, 7, -5}) session.ask("current leader epoch " + epoch, fetch("fetch.epochs", partition(0, 1).currentLeaderEpoch(epoch)).build(), version);
        }
        for (int epoch : new int[] {-1, 0, 1, 7}) session.ask("by id, current leader epoch " + epoch, fetch(id, partition(0, 1).currentLeaderEpoch(epoch)).build(), 17);
        for (int epoch : new int[] {-1, 0, 1, 3}) {
            session.ask("last fetched epoch " + epoch, fetch("fetch.epochs", partition(0, 1).lastFetchedEpoch(epoch)).build(), 12);
            session.ask("last fetched epoch past the end " + epoch, fetch("fetch.epochs", partition(0, 5).lastFetchedEpoch(epoch)).build(), 12);
        }
        session.ask("a wrong isolation level", fetch("fetch.epochs", 0, 0).isolationLevel((byte) 5).build(), 12);
        session.ask("another cluster", fetch("fetch.epochs", 0, 0).clusterId("other").build(), 12);
    }

    private static void sessions(Session session) {
        session.topic("fetch.sessions", 3);
        session.topic("fetch.sessions.other", 1);
        ProduceScripts.fill(session, "fetch.sessions", 0, 3);
        for (int version = FIRST_VERSION_WITH_SESSIONS; version < FIRST_VERSION_WITH_IDS; version++) {
            FetchResponse full = session.ask("full", fetch("fetch.sessions", partition(0, 1), partition(1, 0)).sessionEpoch(0).build(), version);
            int id = full.sessionId();
            session.ask("nothing new", base().sessionId(id).sessionEpoch(1).build(), version);
            session.ask("moved on", fetch("fetch.sessions", partition(0, 3)).sessionId(id).sessionEpoch(2).build(), version);
            session.quietly(produce(-1, to("fetch.sessions", 1, batch(session.nowMs(), "news"))), 9);
            session.ask("news", base().sessionId(id).sessionEpoch(3).build(), version);
            session.ask("the same news", base().sessionId(id).sessionEpoch(4).build(), version);
            session.ask("another topic joins, the news is forgotten", fetch("fetch.sessions.other", 0, 0).sessionId(id).sessionEpoch(5)
                    .forgottenTopicsData(List.of(new ForgottenTopic("fetch.sessions", Uuid.ZERO, List.of(1)))).build(), version);
            session.ask("nothing new again", base().sessionId(id).sessionEpoch(6).build(), version);
            session.ask("an absent topic joins", fetch("fetch.sessions.none", 0, 0).sessionId(id).sessionEpoch(7).build(), version);
            session.ask("an absent topic stays", base().sessionId(id).sessionEpoch(8).build(), version);
            session.ask("out of range", fetch("fetch.sessions", partition(0, 99)).sessionId(id).sessionEpoch(9).build(), version);
            session.ask("still out of range", base().sessionId(id).sessionEpoch(10).build(), version);
            session.ask("epoch too high", base().sessionId(id).sessionEpoch(20).build(), version);
            session.ask("epoch too low", base().sessionId(id).sessionEpoch(3).build(), version);
            session.ask("unknown session", base().sessionId(123_456_789).sessionEpoch(1).build(), version);
            session.ask("unknown session from 0", base().sessionId(123_456_789).sessionEpoch(0).build(), version);
            session.ask("goes on after wrong epochs", base().sessionId(id).sessionEpoch(11).build(), version);
            session.ask("closed", fetch("fetch.sessions", partition(0, 2)).sessionId(id).sessionEpoch(-1).build(), version);
            session.ask("after it was closed", base().sessionId(id).sessionEpoch(12).build(), version);
            session.ask("no session, epoch 1", base().sessionId(0).sessionEpoch(1).build(), version);
            session.ask("a session of nothing", base().sessionEpoch(0).build(), version);
        }
    }

    private static void sessionsWithIds(Session session) {
        Uuid first = session.topic("fetch.ids", 2);
        Uuid second = session.topic("fetch.ids.other", 1);
        ProduceScripts.fill(session, "fetch.ids", 0, 3);
        for (int version = FIRST_VERSION_WITH_IDS; version <= Versions.newest(FETCH); version++) {
            FetchResponse full = session.ask("full", fetch(first, partition(0, 1), partition(1, 0)).sessionEpoch(0).build(), version);
            int id = full.sessionId();
            session.ask("moved on", fetch(first, partition(0, 3)).sessionId(id).sessionEpoch(1).build(), version);
            session.quietly(produce(-1, to("fetch.ids", 1, batch(session.nowMs(), "news"))), 9);
            session.ask("news", base().sessionId(id).sessionEpoch(2).build(), version);
            session.ask("another joins, one is forgotten", fetch(second, partition(0, 0)).sessionId(id).sessionEpoch(3)
                    .forgottenTopicsData(List.of(new ForgottenTopic("", first, List.of(1)))).build(), version);
            session.ask("an absent id joins", fetch(new Uuid(9, 9), partition(0, 0)).sessionId(id).sessionEpoch(4).build(), version);
            session.ask("an absent id stays", base().sessionId(id).sessionEpoch(5).build(), version);
            session.ask("an absent id is forgotten", base().sessionId(id).sessionEpoch(6).forgottenTopicsData(List.of(new ForgottenTopic("", new Uuid(9, 9), List.of(0)))).build(), version);
            session.ask("nothing new", base().sessionId(id).sessionEpoch(7).build(), version);
            session.ask("a version without ids", base().sessionId(id).sessionEpoch(8).build(), 12 - (version - FIRST_VERSION_WITH_IDS));
            session.ask("closed", base().sessionId(id).sessionEpoch(-1).build(), version);
        }
    }

    private static void replicas(Session session) {
        Uuid id = session.topic("fetch.replicas", 1);
        ProduceScripts.fill(session, "fetch.replicas", 0, 3);
        session.ask("a replica that is not one", fetch("fetch.replicas", 0, 0).replicaId(7).build(), 12);
        session.ask("a debugging consumer", fetch("fetch.replicas", 0, 0).replicaId(-2).build(), 12);
        session.ask("a replica by id", fetch(id, partition(0, 0)).replicaState(new ReplicaState(7, 1)).build(), 15);
        session.ask("the leader itself", fetch(id, partition(0, 0)).replicaState(new ReplicaState(1, -1)).build(), 16);
    }
}
