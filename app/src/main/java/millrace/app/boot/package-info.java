/// What the JDK must find before it looks at the class path: packed into a jar of its own, which the launcher appends to the boot class path.
///
/// Why: whoever attaches to a process (`jconsole`, `jcmd`) has its MBean server made on a thread without a class loader, and the class that the
/// JDK is to make it with ([MetricsServerBuilder]) is then looked for among the JDK's own classes only. One class, so nothing else has to be there.
package millrace.app.boot;
