/// The broker side of a node: what serves clients.
///
/// Why: everything here follows the metadata feed and asks the controller by its address; it would work the same with a controller in
/// another process, and it is tested that way.
///
///     feed ──image──▶ PartitionAssignments ──opens, closes──▶ Partitions ──published──▶ BrokerMetadata
///     connection ──request──▶ handler (api, fetch, groups) ──finds──▶ Partition ──▶ log
///     BrokerLifecycle ──registration, heartbeats──▶ ControllerLink
///
/// Invariants: clients are served only what the newest published image says; a request that changes metadata changes it at the controller
/// only. Start reading at [Broker].
package millrace.broker;
