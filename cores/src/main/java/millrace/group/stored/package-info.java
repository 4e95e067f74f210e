/// What the log of one `__consumer_offsets` partition says: the changes, their bytes, and the state that they add up to.
///
/// Bytes of one record ([GroupChangeBytes]); both parts in the schemas of Apache Kafka's group coordinator:
///
///     key     int16 record type │ body at version 0
///     value   int16 version     │ body at that version         absent: a tombstone, the key is no more
///
///     type 0  LegacyOffsetCommit   read as type 1, never written
///     type 1  OffsetCommit         written at version 4, or 1 when the client asked for a retention of its own
///     type 2  GroupMetadata        written at version 3
///     types 3 to 8 and 16  of consumer groups ([ConsumerGroup]), written at version 0; 4 only ever as a tombstone
///     others  of share and streams groups: kept by key, so that such a group can be shown and, when it is empty, deleted
///
/// Invariant (G7): [StoredGroups] depends on the changes alone. A tombstone for what is not there changes nothing, in whatever order
/// compaction has left the records; a record type that only a newer version knows is passed over, as Kafka does.
///
/// Source: `storage-formats.md` 3.4; KIP-915 (tagged fields from version 4); KAFKA-17306 and KAFKA-19862 (loads that failed).
package millrace.group.stored;
