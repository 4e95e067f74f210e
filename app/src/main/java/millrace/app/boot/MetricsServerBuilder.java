package millrace.app.boot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/// Named by the system property `javax.management.builder.initial`: makes the MBean servers of this process, each with the metrics in front,
/// which it gets from the class path, `millrace.app.jmx.MetricsServer`.
public final class MetricsServerBuilder extends MBeanServerBuilder {
    private static final String FRONT = "millrace.app.jmx.MetricsServer";

    @Override public MBeanServer newMBeanServer(String defaultDomain, MBeanServer outer, MBeanServerDelegate delegate) {
        MBeanServer real = super.newMBeanServer(defaultDomain, outer, delegate);
        try {
            Class<?> front = Class.forName(FRONT, true, ClassLoader.getSystemClassLoader());
            return (MBeanServer) MethodHandles.publicLookup().findStatic(front, "inFrontOf", MethodType.methodType(MBeanServer.class, MBeanServer.class)).invoke(real);
        } catch (Throwable notThere) {
            System.err.println("millrace: JMX shows the JDK's beans only, because the metrics cannot be put in front of them: " + notThere);
            return real;
        }
    }
}
