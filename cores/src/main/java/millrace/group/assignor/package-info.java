/// Who gets which partition: the two assignors that a consumer group can have the coordinator use.
///
///     uniform   everybody the same number of partitions, over all topics; who has one keeps it if that is possible at all
///     range     each topic divided on its own into neighbouring ranges, in the order of the members: the same partitions of
///               topics that belong together go to the same member
///
/// Both are functions of the members, their subscriptions and, for `uniform`, what they have: no state, no chance. Where Apache Kafka's
/// outcome follows from its rules, it is the same here ([RangeAssignor] in full; the number of partitions that each has and the number
/// that move in [UniformAssignor]); where Kafka's depends on the order of a hash map, here it is the order in which the caller names the
/// members of `uniform`.
///
/// As in Kafka, racks move the group epoch (the hash over the topics has them) but do not yet decide who gets what.
///
/// Sources: KIP-848, KIP-932 (the same assignors), KAFKA-14466 and KAFKA-19163 (balance of uneven subscriptions).
package millrace.group.assignor;
