package millrace.cli;

import java.io.InputStream;
import java.io.PrintStream;

/// Where a command reads and writes.
///
/// @param interactive a person is watching, so long work may show its progress on `err`
record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {}
