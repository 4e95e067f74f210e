/// The process: from the command line to a running node, and from a signal to a clean end.
///
/// Why apart: everything above the operating system can also run in a simulator; what only a real process has (arguments,
/// environment, signals, exit status, standard output) is here and nowhere else.
///
///     ./millrace start ──▶ Main ──▶ StartCommand ──▶ NodeSettings ──▶ NodeStarter ──▶ RunningNode ──▶ banner
///     ./millrace …     ──▶ Main ──▶ millrace.cli, with millrace.logtool                    ▲
///                                                              SIGTERM, SIGINT ── close ───┘
///
/// Invariants: the way of `start` loads neither picocli, kafka-clients, Jackson's data binding nor Log4j, because each would cost more
/// than a tenth of the time that a start may take; exit status 0 is a clean end, 1 an error that was told on standard
/// error, 143 and 130 the signals' own; ports are taken before a file is written, so a client that comes waits, but for seconds only: a
/// recovery that takes longer is met with a refusal, as by Apache Kafka ([NodeListeners]). Start reading at [Main].
package millrace.app;
