package millrace.app.logging;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// What SLF4J asks for loggers, named to it by [Logging] (searching the class path for providers costs 20 ms).
public final class ConsoleProvider implements SLF4JServiceProvider {
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();

    /// For SLF4J, which makes it by name.
    public ConsoleProvider() {}

    @Override public ILoggerFactory getLoggerFactory() {
        return Levels.SHARED::logger;
    }

    @Override public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override public void initialize() {}
}
