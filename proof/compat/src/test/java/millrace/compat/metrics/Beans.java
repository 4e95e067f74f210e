package millrace.compat.metrics;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// A process's MBeans, seen from outside as `jconsole` does: by attaching, without a flag on the process.
public final class Beans implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private Beans(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    public static Beans of(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new Beans(JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /// @return the names that match, as the server writes them
    public Set<ObjectName> names(String pattern) {
        try {
            return server.queryNames(new ObjectName(pattern), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JMException e) {
            throw new IllegalArgumentException(pattern, e);
        }
    }

    /// @return names of the attributes with their types
    public Map<String, String> attributes(ObjectName bean) {
        try {
            Map<String, String> attributes = new TreeMap<>();
            for (MBeanAttributeInfo each : server.getMBeanInfo(bean).getAttributes()) attributes.put(each.getName(), each.getType());
            return attributes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JMException e) {
            throw new IllegalArgumentException(bean.toString(), e);
        }
    }

    public Object value(String bean, String attribute) {
        try {
            return server.getAttribute(new ObjectName(bean), attribute);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JMException e) {
            throw new IllegalArgumentException(bean + " " + attribute, e);
        }
    }

    public long count(String bean) {
        return (Long) value(bean, "Count");
    }

    public double number(String bean, String attribute) {
        return ((Number) value(bean, attribute)).doubleValue();
    }

    /// What beans have in common that differ in the values of their labels only: `kafka.server:name=BytesInPerSec,topic,type=BrokerTopicMetrics`.
    static String kind(ObjectName bean) {
        Set<String> keys = new TreeSet<>();
        bean.getKeyPropertyList().forEach((key, value) -> keys.add(key.equals("type") || key.equals("name") ? key + "=" + value : key));
        return bean.getDomain() + ":" + String.join(",", keys);
    }

    @Override public void close() throws IOException {
        connector.close();
    }
}
