package millrace.app.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.Query;
import javax.management.RuntimeMBeanException;
import millrace.app.boot.MetricsServerBuilder;
import millrace.bindings.time.SystemClock;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Metrics;
import millrace.metrics.RateMeter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static final ObjectName COUNT = name("kafka.server:type=ReplicaManager,name=PartitionCount");
    private final MBeanServer server = server();
    private final TreeMap<String, Integer> sizes = new TreeMap<>();

    private static MBeanServer server() {
        var builder = new MetricsServerBuilder();
        return builder.newMBeanServer("test", null, builder.newMBeanServerDelegate());
    }

    @BeforeEach void showMetrics() {
        var metrics = new Metrics(new SystemClock());
        var meter = new RateMeter(new SystemClock(), "bytes");
        meter.mark(5);
        metrics.add(() -> List.of(Family.of("kafka.server", "ReplicaManager", "PartitionCount", new Gauge(() -> 3)),
                Family.of("kafka.server", "BrokerTopicMetrics", "BytesInPerSec", meter),
                Family.over(FamilyName.of("kafka.log", "Log", "Size", "directory"), sizes, size -> new Gauge(() -> size))));
        ShownMetrics.are(metrics);
        sizes.put("/data/a", 10);
    }

    @AfterEach void showNothing() {
        ShownMetrics.are(null);
    }

    @Test void namesAreFoundByPatternByNameAndByQuery() throws Exception {
        assertThat(names("kafka.*:*")).hasSize(3);
        assertThat(names("kafka.log:*")).containsExactly("kafka.log:type=Log,name=Size,directory=\"/data/a\"");
        assertThat(names("kafka.server:type=ReplicaManager,*")).containsExactly(COUNT.toString());
        assertThat(names("kafka.server:type=*,name=B*")).hasSize(1);
        assertThat(names("kafka.server:name=PartitionCount,type=ReplicaManager")).hasSize(1);
        assertThat(names("kafka.server:type=Nothing,name=PartitionCount")).isEmpty();
        assertThat(server.queryNames(null, Query.gt(Query.attr("Count"), Query.value(4)))).extracting(ObjectName::toString)
                .containsExactly("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec");
        assertThat(server.queryMBeans(COUNT, null)).singleElement().satisfies(each -> assertThat(each.getClassName()).isEqualTo(Gauge.class.getName()));
        assertThat(server.getDomains()).contains("kafka.server", "kafka.log", "JMImplementation");
    }

    @Test void aNameThatIsListedCanBeReadHoweverItIsWritten() throws Exception {
        for (ObjectName each : server.queryNames(name("kafka.*:*"), null)) {
            assertThat(server.isRegistered(each)).isTrue();
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(each).getAttributes()) assertThat(server.getAttribute(each, attribute.getName())).isNotNull();
        }
        assertThat(server.getAttribute(name("kafka.log:directory=\"/data/a\",name=Size,type=Log"), "Value")).isEqualTo(10);
        assertThat(server.getAttributes(name("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec"), new String[] {"Count", "Nothing", "EventType"}).asList())
                .extracting(Attribute::getName).containsExactly("Count", "EventType");
    }

    @Test void whatHasGoneIsNoInstance() throws Exception {
        ObjectName size = name("kafka.log:type=Log,name=Size,directory=\"/data/a\"");
        sizes.clear();
        assertThat(server.isRegistered(size)).isFalse();
        assertThatThrownBy(() -> server.getAttribute(size, "Value")).isInstanceOf(InstanceNotFoundException.class);
        assertThatThrownBy(() -> server.getAttribute(COUNT, "Nothing")).isInstanceOf(AttributeNotFoundException.class);
    }

    @Test void anOwnerThatFailsWhileItIsReadIsAnErrorThatEveryClientKnows() throws Exception {
        var metrics = new Metrics(new SystemClock());
        metrics.add(() -> List.of(Family.of("kafka.server", "ReplicaManager", "PartitionCount", new Gauge(() -> {
            throw new UnsupportedOperationException("closed");
        }))));
        ShownMetrics.are(metrics);
        assertThatThrownBy(() -> server.getAttribute(COUNT, "Value")).isInstanceOf(RuntimeMBeanException.class).cause().hasMessageContaining("closed");
        assertThat(server.getAttributes(COUNT, new String[] {"Value"})).isEmpty();
    }

    @Test void everyOtherBeanIsTheRealServers() throws Exception {
        ObjectName delegate = name("JMImplementation:type=MBeanServerDelegate");
        assertThat(server.getAttribute(delegate, "ImplementationName")).isNotNull();
        assertThat(server.getMBeanCount()).isEqualTo(4);
        ShownMetrics.are(null);
        assertThat(server.getMBeanCount()).isEqualTo(1);
        assertThat(server.queryNames(null, null)).containsExactly(delegate);
    }

    private Set<String> names(String pattern) {
        return server.queryNames(name(pattern), null).stream().map(ObjectName::toString).collect(Collectors.toSet());
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
