package millrace.broker.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import millrace.coordination.ProducerIdSource;
import millrace.feed.ControllerLink;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.wire.Pending;

/// Hands out producer ids, each once in the cluster's life, from blocks that the controller allocates (KIP-730).
///
/// A block is asked for when the last one is used up; whoever comes meanwhile waits in line, at most [#MAX_WAITING] of them.
public final class ProducerIds implements ProducerIdSource {
    private static final int MAX_WAITING = 10_000;
    private static final short VERSION = 0;

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ControllerLink controller;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Pending<Given>> waiting = new ArrayDeque<>();
    private long nextId;
    private long end;

    public ProducerIds(int brokerId, LongSupplier brokerEpoch, ControllerLink controller) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.controller = controller;
    }

    /// Where there is none now the error is `COORDINATOR_LOAD_IN_PROGRESS`: the client asks again.
    @Override public Pending<Given> next() {
        var mine = new Pending<Given>();
        boolean ask;
        lock.lock();
        try {
            if (nextId < end) return Pending.of(new Given(ErrorCode.NONE, nextId++));
            if (waiting.size() >= MAX_WAITING) return Pending.of(new Given(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1));
            ask = waiting.isEmpty();
            waiting.add(mine);
        } finally {
            lock.unlock();
        }
        if (ask) askForBlock();
        return mine;
    }

    private void askForBlock() {
        Pending<AllocateProducerIdsResponse> answer = controller.send(new AllocateProducerIdsRequest(brokerId, brokerEpoch.getAsLong()), VERSION, "User:ANONYMOUS", "");
        answer.whenDone(this::received);
    }

    private void received(AllocateProducerIdsResponse response) {
        var served = new ArrayDeque<Runnable>();
        boolean askAgain;
        lock.lock();
        try {
            if (response.errorCode() == ErrorCode.NONE.code()) {
                nextId = response.producerIdStart();
                end = nextId + response.producerIdLen();
                while (!waiting.isEmpty() && nextId < end) {
                    Pending<Given> first = waiting.poll();
                    var allocation = new Given(ErrorCode.NONE, nextId++);
                    served.add(() -> first.complete(allocation));
                }
            } else {
                while (!waiting.isEmpty()) {
                    Pending<Given> first = waiting.poll();
                    served.add(() -> first.complete(new Given(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1)));
                }
            }
            askAgain = !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
        served.forEach(Runnable::run);
        if (askAgain) askForBlock();
    }
}
