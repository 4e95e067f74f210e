package millrace.group.assignor;

import java.util.SortedMap;

import millrace.group.stored.Partitions;

/// Gives everybody as many partitions as everybody else, as far as subscriptions allow, and moves as few as that takes.
///
/// When all subscribe to the same topics that is a matter of counting ([EvenShares]); when they do not, partitions go where they are fewest
/// and are then moved from the fullest to the emptiest among those who may have them ([UnevenShares]).
public final class UniformAssignor implements Assignor {
    static final String NAME = "uniform";

    @Override public String name() {
        return NAME;
    }

    @Override public SortedMap<String, Partitions> assign(GroupSpec group) {
        return group.isHomogeneous() ? new EvenShares(group).assign() : new UnevenShares(group).assign();
    }
}
