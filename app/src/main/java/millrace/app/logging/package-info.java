/// The log of the process on standard error, behind SLF4J.
///
/// Why not Log4j at once: initialising it cost 340 ms of a start without and 170 to 250 ms with the AOT cache (measured with
/// 2.26.1, both from files and built by code), the whole start may take 800. So a small logger of our own writes the plain
/// lines that a terminal, a container or systemd wants, and Log4j, which is on the class path, takes over when somebody names a
/// configuration for it (`MILLRACE_LOG_CONFIG`, or the property `log4j2.configurationFile`).
///
/// Invariants: one event is one write, so lines of several threads do not mix; levels may change while the process runs
/// (what the broker's logger resources are for); an event below its level costs one field read. Start reading at [Logging].
package millrace.app.logging;
