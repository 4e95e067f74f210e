package millrace.logtool;

import java.io.PrintStream;

/// Where the commands write.
///
/// @param interactive a person is watching, so long work shows on `err` how far it is
public record Console(PrintStream out, PrintStream err, boolean interactive) {}
