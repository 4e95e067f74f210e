package millrace.broker;

import java.util.List;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.ports.Workers;

/// What a broker needs of the machine.
///
/// @param loops that own connections; the first one also runs the broker's own timers
public record BrokerEnvironment(Clock clock, Disk disk, List<? extends EventLoop> loops, Workers workers, Randomness randomness) {
    EventLoop firstLoop() {
        return loops.getFirst();
    }
}
