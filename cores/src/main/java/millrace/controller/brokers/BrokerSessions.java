package millrace.controller.brokers;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

import millrace.metadata.BrokerRegistration;
import millrace.metadata.MetadataImage;

/// What the active controller alone knows of the brokers: when each was last heard and how far it has read the metadata.
/// It is in no record. A new controller begins by taking every unfenced broker for heard just now ([#begin]).
final class BrokerSessions {
    private static final long NOT_SHUTTING_DOWN = -1;

    /// @param epoch of the incarnation that was heard
    /// @param metadataOffset the last one that the broker has applied, -1 when it has not said
    /// @param shutdownOffset end of the metadata when its controlled shutdown began, or `NOT_SHUTTING_DOWN`
    private record Session(long epoch, long heardMs, long metadataOffset, long shutdownOffset) {}

    private final long timeoutMs;
    private final TreeMap<Integer, Session> sessions = new TreeMap<>();

    BrokerSessions(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    void begin(MetadataImage image, long nowMs) {
        sessions.clear();
        for (BrokerRegistration broker : image.cluster().brokers().values())
            if (!broker.fenced()) sessions.put(broker.id(), new Session(broker.epoch(), nowMs, -1, NOT_SHUTTING_DOWN));
    }

    void heard(int broker, long epoch, long metadataOffset, long nowMs) {
        Session before = sessions.get(broker);
        long shutdownOffset = before != null && before.epoch == epoch ? before.shutdownOffset : NOT_SHUTTING_DOWN;
        sessions.put(broker, new Session(epoch, nowMs, metadataOffset, shutdownOffset));
    }

    void shuttingDown(int broker, long offset) {
        Session before = sessions.get(broker);
        sessions.put(broker, new Session(before.epoch, before.heardMs, before.metadataOffset, offset));
    }

    void forget(int broker) {
        sessions.remove(broker);
    }

    boolean isLive(int broker, long epoch, long nowMs) {
        Session session = sessions.get(broker);
        return session != null && session.epoch == epoch && nowMs - session.heardMs < timeoutMs;
    }

    /// @return whether every active broker has read that `broker` is leaving
    boolean everyoneKnowsOfShutdown(int broker, MetadataImage image) {
        long shutdownOffset = sessions.get(broker).shutdownOffset;
        for (BrokerRegistration other : image.cluster().brokers().values()) {
            if (other.id() == broker || !other.isActive()) continue;
            Session session = sessions.get(other.id());
            if (session == null || session.metadataOffset < shutdownOffset) return false;
        }
        return true;
    }

    /// @return an unfenced broker whose session has run out, the longest silent first
    OptionalInt expired(MetadataImage image, long nowMs) {
        int longest = -1;
        long heardMs = Long.MAX_VALUE;
        for (BrokerRegistration broker : image.cluster().brokers().values()) {
            if (broker.fenced()) continue;
            Session session = sessions.get(broker.id());
            if (session == null) return OptionalInt.of(broker.id());
            if (nowMs - session.heardMs >= timeoutMs && session.heardMs < heardMs) {
                longest = broker.id();
                heardMs = session.heardMs;
            }
        }
        return longest < 0 ? OptionalInt.empty() : OptionalInt.of(longest);
    }

    /// @return when the next session may run out
    OptionalLong nextDeadlineMs(MetadataImage image) {
        long earliest = Long.MAX_VALUE;
        for (BrokerRegistration broker : image.cluster().brokers().values()) {
            Session session = broker.fenced() ? null : sessions.get(broker.id());
            if (session != null) earliest = Math.min(earliest, session.heardMs + timeoutMs);
        }
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }
}
