/// A broker's life in its cluster: registered, fenced, active, leaving.
///
///     start() ──▶ Registering ──answer──▶ CatchingUp ──image reaches broker epoch──▶ Fenced ──heartbeat──▶ Active
///                     ▲  │ refused: again after a while                                                      │ leave()
///                     └──┘                                                                                Leaving ──▶ Left
///
/// Why: the controller gives leadership only to brokers that it hears from, and a broker serves clients only once the controller
/// knows it and it knows what the controller knows.
///
/// Heartbeats also carry which log directories have failed or are cordoned, and one goes out at once when that changes; where single
/// replicas lie is told by [DirectoryReports].
///
/// Invariants: heartbeats carry the epoch of the newest registration; a broker asks to be unfenced only when its published image
/// has reached that registration. Start reading at [BrokerLifecycle].
package millrace.broker.lifecycle;
