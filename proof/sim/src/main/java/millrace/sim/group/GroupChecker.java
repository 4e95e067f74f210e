package millrace.sim.group;

import java.util.List;
import millrace.sim.Violation;

/// Says whether a group's history keeps one law.
public interface GroupChecker {
    List<Violation> violations(GroupHistory history);

    static List<GroupChecker> all() {
        return List.of(new SingleOwner(), new CommittedOffsets(), new FencedCommits(), new GenerationsGrow());
    }
}
