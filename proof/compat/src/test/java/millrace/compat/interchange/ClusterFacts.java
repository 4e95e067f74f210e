package millrace.compat.interchange;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import millrace.protocol.ApiKey;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/// Settings of brokers, groups and client metrics; and what Millrace keeps without serving it.
final class ClusterFacts {
    private ClusterFacts() {}

    static void addTo(Facts facts, Admin admin) {
        var groups = new ConfigResource(ConfigResource.Type.GROUP, Deeds.CONFIGURED_GROUP);
        if (Clients.hasFinalized(admin, "group.version")) addSettings(facts, admin, groups);
        for (ConfigResource resource : List.of(new ConfigResource(ConfigResource.Type.BROKER, ""), new ConfigResource(ConfigResource.Type.BROKER, "1"),
                new ConfigResource(ConfigResource.Type.CLIENT_METRICS, Deeds.CLIENT_METRICS))) addSettings(facts, admin, resource);
    }

    private static void addSettings(Facts facts, Admin admin, ConfigResource resource) {
        facts.add("settings of " + resource, Clients.get(admin.describeConfigs(List.of(resource)).all()).get(resource).entries().stream()
                .filter(entry -> entry.source() != ConfigSource.DEFAULT_CONFIG && entry.source() != ConfigSource.STATIC_BROKER_CONFIG && entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value, (a, _) -> a, TreeMap::new)));
    }

    /// Asked of Apache Kafka alone: it must find again what it left. A question is named by its API, so that it can be left out once
    /// Millrace serves that.
    static void addWhatIsOnlyKept(Facts facts, Admin admin) {
        facts.add(ApiKey.DESCRIBE_CLIENT_QUOTAS.name(), Clients.get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()).entrySet().stream()
                .map(entry -> new TreeMap<>(entry.getKey().entries()) + " " + new TreeMap<>(entry.getValue())).sorted().toList());
        facts.add(ApiKey.DESCRIBE_USER_SCRAM_CREDENTIALS.name(), new TreeMap<>(Clients.get(admin.describeUserScramCredentials().all())));
        facts.add(ApiKey.DESCRIBE_ACLS.name(), Clients.get(admin.describeAcls(AclBindingFilter.ANY).values()).stream().map(Object::toString).sorted().toList());
        facts.add(ApiKey.LIST_TRANSACTIONS.name(), Clients.get(admin.listTransactions().all()).stream().map(each -> each.transactionalId() + " " + each.state()).sorted().toList());
        facts.add("finalized features", new TreeMap<>(Clients.get(admin.describeFeatures().featureMetadata()).finalizedFeatures()));
        facts.add("voters", Clients.get(admin.describeMetadataQuorum().quorumInfo()).voters().stream().map(voter -> voter.replicaId() + "@" + voter.replicaDirectoryId()).toList());
    }
}
