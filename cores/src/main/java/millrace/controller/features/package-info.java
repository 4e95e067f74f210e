/// Feature levels: what the cluster starts with, and how it moves up and down.
///
/// Invariants: a level is finalized only when every registered broker and controller supports it; a downgrade never loses facts;
/// `metadata.version` is in the very first records of a log.
///
/// Source: KIP-584, KIP-778, KIP-1022. What Millrace supports is told at [millrace.metadata.Features]. Start reading at [FeatureLevels].
package millrace.controller.features;
