/// The partition leaders' side of transactions: records are let into a log only while their transaction is under way, and markers end it there.
///
/// The coordinators, which decide, are in `millrace.coordination`; this is what they send to ([MarkerWriter]) and what asks them ([Reach] before a
/// transaction's first records). Each asks by the place where the other leads, so that they may be on different brokers.
package millrace.broker.transaction;
