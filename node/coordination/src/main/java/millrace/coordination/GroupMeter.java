package millrace.coordination;

import java.util.List;
import java.util.stream.Stream;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.InTransaction;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.metrics.Attribute;
import millrace.metrics.RecentRate;
import millrace.ports.Clock;

/// Counts what group coordinators write down.
final class GroupMeter extends ShellMeter<GroupChange> {
    private final RecentRate commits;
    private final RecentRate deletions;
    private final RecentRate expirations;
    private final RecentRate consumerRebalances;

    GroupMeter(Clock clock) {
        super(clock);
        this.commits = new RecentRate(clock);
        this.deletions = new RecentRate(clock);
        this.expirations = new RecentRate(clock);
        this.consumerRebalances = new RecentRate(clock);
    }

    @Override void changed(GroupChange change, boolean asked) {
        switch (change) {
            case InTransaction _                                       -> commits.mark(1);
            case OffsetCommit commit when commit.value() != null       -> commits.mark(1);
            case OffsetCommit _                                        -> (asked ? deletions : expirations).mark(1);
            case ConsumerGroupEpoch epoch when epoch.value() != null   -> consumerRebalances.mark(1);
            default                                                    -> { }
        }
    }

    @Override void tick(long nowNanos) {
        super.tick(nowNanos);
        for (RecentRate each : List.of(commits, deletions, expirations, consumerRebalances)) each.tick(nowNanos);
    }

    List<Attribute> counts() {
        return Stream.of(counted("offset-commit", commits), counted("offset-deletion", deletions), counted("offset-expiration", expirations),
                counted("consumer-group-rebalance", consumerRebalances)).flatMap(List::stream).toList();
    }

    private static List<Attribute> counted(String name, RecentRate counted) {
        return List.of(Attribute.number(name + "-count", () -> (double) counted.count()), Attribute.number(name + "-rate", counted::rate));
    }
}
