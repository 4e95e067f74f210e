package millrace.protocol;

import java.lang.management.ManagementFactory;

/// How many bytes this thread has allocated so far.
final class Allocation {
    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {
    }

    static long soFar() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
