package millrace.app.jmx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.BadAttributeValueExpException;
import javax.management.BadBinaryOpValueExpException;
import javax.management.BadStringOperationException;
import javax.management.InvalidApplicationException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectInstance;
import javax.management.ObjectName;
import javax.management.QueryExp;
import javax.management.RuntimeMBeanException;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;

/// Stands in front of an MBean server: shows the metrics among its beans, and answers for them. Behind a proxy, because of the 30 methods of
/// the interface six concern what is read.
public final class MetricsServer implements InvocationHandler {
    private final MBeanServer real;

    private MetricsServer(MBeanServer real) {
        this.real = real;
    }

    public static MBeanServer inFrontOf(MBeanServer real) {
        return (MBeanServer) Proxy.newProxyInstance(MetricsServer.class.getClassLoader(), new Class<?>[] {MBeanServer.class}, new MetricsServer(real));
    }

    @Override public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        Object answer = answer((MBeanServer) proxy, method.getName(), arguments);
        if (answer != null) return answer;
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /// @return null where the real server answers
    private Object answer(MBeanServer self, String method, Object[] arguments) throws JMException {
        return switch (method) {
            case "queryNames"    -> names(self, (ObjectName) arguments[0], (QueryExp) arguments[1]);
            case "queryMBeans"   -> instances(self, (ObjectName) arguments[0], (QueryExp) arguments[1]);
            case "getDomains"    -> domains();
            case "getMBeanCount" -> count();
            case "isRegistered", "isInstanceOf", "getObjectInstance", "getMBeanInfo", "getAttribute", "getAttributes", "getClassLoaderFor" -> {
                var name = (ObjectName) arguments[0];
                Metric metric = find(name);
                yield metric == null ? null : answer(name, metric, method, arguments);
            }
            default -> null;
        };
    }

    private static Object answer(ObjectName name, Metric metric, String method, Object[] arguments) throws JMException {
        return switch (method) {
            case "isRegistered"      -> true;
            case "isInstanceOf"      -> metric.getClass().getName().equals(arguments[1]);
            case "getObjectInstance" -> new ObjectInstance(name, metric.getClass().getName());
            case "getMBeanInfo"      -> info(metric);
            case "getAttribute"      -> value(metric, (String) arguments[1]);
            case "getAttributes"     -> values(metric, List.of((String[]) arguments[1]));
            case "getClassLoaderFor" -> MetricsServer.class.getClassLoader();
            default                  -> throw new IllegalArgumentException(method);
        };
    }

    // ── one bean ──────────────────────────────────────────────────────────────────────────────────────────────────────

    private static Metric find(ObjectName name) {
        Metrics metrics = ShownMetrics.get();
        if (metrics == null || name == null || name.isPattern()) return null;
        var keys = name.getKeyPropertyList();
        keys.replaceAll((_, value) -> value.startsWith("\"") ? ObjectName.unquote(value) : value);
        return metrics.find(name.getDomain(), keys);
    }

    private static MBeanInfo info(Metric metric) {
        var attributes = metric.attributes().stream().map(each -> new MBeanAttributeInfo(each.name(), typeName(each.type()), "", true, false, false)).toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(metric.getClass().getName(), "", attributes, null, null, null);
    }

    private static String typeName(Class<?> type) {
        if (type == Long.class) return "long";
        return type == Double.class ? "double" : type.getName();
    }

    private static Object value(Metric metric, String attribute) throws AttributeNotFoundException {
        for (var each : metric.attributes()) if (each.name().equals(attribute)) return read(each);
        throw new AttributeNotFoundException("there is no attribute " + attribute);
    }

    /// An owner may be gone just now. Whoever looks does not know the classes that say so.
    private static Object read(millrace.metrics.Attribute attribute) {
        try {
            return attribute.value().get();
        } catch (RuntimeException gone) {
            throw new RuntimeMBeanException(new IllegalStateException(gone.toString()));
        }
    }

    /// Those that there are, as the interface has it.
    private static AttributeList values(Metric metric, List<String> wanted) {
        var values = new AttributeList();
        for (var each : metric.attributes()) if (wanted.contains(each.name())) addIfThere(each, values);
        return values;
    }

    private static void addIfThere(millrace.metrics.Attribute attribute, AttributeList values) {
        try {
            values.add(new Attribute(attribute.name(), read(attribute)));
        } catch (RuntimeMBeanException gone) {
            // Left out, as the interface has it.
        }
    }

    // ── all beans ─────────────────────────────────────────────────────────────────────────────────────────────────────

    private Set<ObjectName> names(MBeanServer self, ObjectName pattern, QueryExp query) throws JMException {
        Set<ObjectName> names = new LinkedHashSet<>(real.queryNames(pattern, query));
        for (ObjectInstance each : ours(self, pattern, query)) names.add(each.getObjectName());
        return names;
    }

    private Set<ObjectInstance> instances(MBeanServer self, ObjectName pattern, QueryExp query) throws JMException {
        Set<ObjectInstance> instances = new LinkedHashSet<>(real.queryMBeans(pattern, query));
        instances.addAll(ours(self, pattern, query));
        return instances;
    }

    private static List<ObjectInstance> ours(MBeanServer self, ObjectName pattern, QueryExp query) throws JMException {
        List<ObjectInstance> found = new ArrayList<>();
        Metrics metrics = ShownMetrics.get();
        if (metrics == null) return found;
        if (pattern != null && !pattern.isPattern()) {
            Metric metric = find(pattern);
            if (metric != null) found.add(new ObjectInstance(pattern, metric.getClass().getName()));
        } else {
            for (Family family : metrics.families()) if (mayMatch(pattern, family.name())) eachBean(family, pattern, found::add);
        }
        if (query != null) {
            query.setMBeanServer(self);
            found.removeIf(each -> !answers(query, each.getObjectName()));
        }
        return found;
    }

    /// A bean that cannot be compared does not answer the query, as with the JDK's server.
    private static boolean answers(QueryExp query, ObjectName name) {
        try {
            return query.apply(name);
        } catch (BadStringOperationException | BadBinaryOpValueExpException | BadAttributeValueExpException | InvalidApplicationException incomparable) {
            return false;
        }
    }

    /// The cheap look: of 10,000 partitions no name is made for a pattern that asks for something else.
    private static boolean mayMatch(ObjectName pattern, FamilyName name) {
        if (pattern == null) return true;
        if (!pattern.isDomainPattern() && !pattern.getDomain().equals(name.domain())) return false;
        return agrees(pattern, "type", name.type()) && agrees(pattern, "name", name.name());
    }

    private static boolean agrees(ObjectName pattern, String key, String value) {
        String wanted = pattern.getKeyProperty(key);
        return wanted == null || pattern.isPropertyValuePattern(key) || wanted.equals(value);
    }

    private static void eachBean(Family family, ObjectName pattern, Consumer<ObjectInstance> visitor) throws MalformedObjectNameException {
        List<String> beans = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        family.each().accept((values, metric) -> {
            beans.add(family.name().bean(values));
            classes.add(metric.getClass().getName());
        });
        for (int i = 0; i < beans.size(); i++) {
            var name = new ObjectName(beans.get(i));
            if (pattern == null || pattern.apply(name)) visitor.accept(new ObjectInstance(name, classes.get(i)));
        }
    }

    private String[] domains() {
        Set<String> domains = new TreeSet<>(List.of(real.getDomains()));
        Metrics metrics = ShownMetrics.get();
        if (metrics != null) for (Family family : metrics.families()) domains.add(family.name().domain());
        return domains.toArray(String[]::new);
    }

    private Integer count() {
        var count = new int[] {real.getMBeanCount()};
        Metrics metrics = ShownMetrics.get();
        if (metrics != null) metrics.each((_, _) -> count[0]++);
        return count[0];
    }
}
