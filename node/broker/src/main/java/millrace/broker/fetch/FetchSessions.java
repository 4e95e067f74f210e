package millrace.broker.fetch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.Randomness;
import millrace.protocol.ErrorCode;

/// All fetch sessions of this broker, at most `max.incremental.fetch.session.cache.slots` of them.
///
/// When full, a session that nobody has used for two minutes makes room; failing that, the newcomer goes without one (and works
/// as well, with more bytes on the wire).
public final class FetchSessions {
    /// KIP-227: a session younger than this is not thrown out for another one.
    private static final long MIN_IDLE_MS = 120_000;

    private final int slots;
    private final Randomness randomness;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();

    public FetchSessions(int slots, Randomness randomness) {
        this.slots = slots;
        this.randomness = randomness;
    }

    sealed interface Lookup {
        record Found(FetchSession session) implements Lookup {}

        record Wrong(ErrorCode error) implements Lookup {}
    }

    /// @return null when there is no room
    FetchSession create(boolean usesTopicIds, long nowMs) {
        lock.lock();
        try {
            if (sessions.size() >= slots && !evictIdle(nowMs)) return null;
            int id;
            do id = 1 + randomness.nextInt(Integer.MAX_VALUE - 1);
            while (sessions.containsKey(id));
            var session = new FetchSession(id, usesTopicIds, nowMs);
            sessions.put(id, session);
            return session;
        } finally {
            lock.unlock();
        }
    }

    /// Finds the session that an incremental fetch continues, and counts the fetch.
    Lookup next(int id, int epoch, boolean usesTopicIds, long nowMs) {
        lock.lock();
        try {
            FetchSession session = sessions.get(id);
            if (session == null) return new Lookup.Wrong(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            if (session.nextEpoch() != epoch) return new Lookup.Wrong(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
            if (session.usesTopicIds() != usesTopicIds) return new Lookup.Wrong(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
            session.used(nowMs);
            return new Lookup.Found(session);
        } finally {
            lock.unlock();
        }
    }

    void close(int id) {
        lock.lock();
        try {
            sessions.remove(id);
        } finally {
            lock.unlock();
        }
    }

    private boolean evictIdle(long nowMs) {
        FetchSession idlest = null;
        for (FetchSession session : sessions.values()) {
            if (idlest == null || session.lastUsedMs() < idlest.lastUsedMs()) idlest = session;
        }
        if (idlest == null || nowMs - idlest.lastUsedMs() < MIN_IDLE_MS) return false;
        sessions.remove(idlest.id());
        return true;
    }
}
