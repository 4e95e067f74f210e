package millrace.storage.log;

import millrace.common.Uuid;

/// The topic whose partition a log is, as soon as it is known. Batches are linked to it ([millrace.storage.identity]).
public final class LogOwner {
    private volatile Uuid topicId = Uuid.ZERO;

    /// [Uuid#ZERO] when not known.
    public Uuid topicId() {
        return topicId;
    }

    void topicIdIs(Uuid id) {
        topicId = id;
    }
}
