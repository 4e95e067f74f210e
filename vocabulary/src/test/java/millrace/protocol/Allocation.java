package millrace.protocol;

import java.lang.reflect.Method;

/// How many bytes this thread has allocated, as the JDK's management module counts them (reached by name: the module under test
/// does not require it).
final class Allocation {
    private static final Object BEAN;
    private static final Method COUNT;

    static {
        try {
            BEAN = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
            COUNT = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        } catch (ReflectiveOperationException missing) {
            throw new ExceptionInInitializerError(missing);
        }
    }

    private Allocation() {
    }

    static long soFar() {
        try {
            return (long) COUNT.invoke(BEAN);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
