/// Loads for the coordinators of any broker that speaks the protocol: many groups that commit, one group with very many members.
///
/// Why: Apache's client needs threads and megabytes for each consumer, so with it two cores cannot be filled by two thousand members; here a
/// member is one plain socket and one virtual thread, and what is measured is the broker. The requests are those that the Java client sends, in
/// its order and at its pace; what a member does with its partitions is left out.
///
///     proof/bench/groups commits HOST:PORT PID GROUPS SECONDS RATE
///     proof/bench/groups members HOST:PORT PID classic|consumer MEMBERS TOPICS PARTITIONS_OF_EACH
///
/// Each prints one line of `name=value`, as the yardstick's own probe does, so a workload there can call it for one target after the other.
/// The broker's processor time is that of the process `PID` on this machine, from `/proc`, in steps of 10 ms.
///
/// Invariants: a figure is printed only when the load was what it was to be. Commits that fail are counted and shown; a group that does not
/// come to rest with every partition owned by exactly one member ends the run with an error.
///
/// Start reading at [GroupLoads].
package millrace.bench.groups;
