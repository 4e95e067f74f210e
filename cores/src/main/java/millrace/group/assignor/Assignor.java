package millrace.group.assignor;

import java.util.SortedMap;

import millrace.group.stored.Partitions;

/// A way to share partitions among members.
public sealed interface Assignor permits RangeAssignor, UniformAssignor {
    /// @return the name by which clients and settings ask for it
    String name();

    /// @return member id ─▶ what it is to have; everybody is in it
    SortedMap<String, Partitions> assign(GroupSpec group);

    /// @return null when there is none of that name
    static Assignor named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> new UniformAssignor();
            case RangeAssignor.NAME   -> new RangeAssignor();
            default                   -> null;
        };
    }
}
