package millrace.metadata;

import java.util.ArrayList;
import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.AbortTransactionRecord;
import millrace.protocol.metadata.AccessControlEntryRecord;
import millrace.protocol.metadata.BeginTransactionRecord;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.ClearElrRecord;
import millrace.protocol.metadata.ClientQuotaRecord;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.DelegationTokenRecord;
import millrace.protocol.metadata.EndTransactionRecord;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.FenceBrokerRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.NoOpRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.ProducerIdsRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.RegisterControllerRecord;
import millrace.protocol.metadata.RemoveAccessControlEntryRecord;
import millrace.protocol.metadata.RemoveDelegationTokenRecord;
import millrace.protocol.metadata.RemoveTopicRecord;
import millrace.protocol.metadata.RemoveUserScramCredentialRecord;
import millrace.protocol.metadata.TopicRecord;
import millrace.protocol.metadata.UnfenceBrokerRecord;
import millrace.protocol.metadata.UnregisterBrokerRecord;
import millrace.protocol.metadata.UnregisterControllerRecord;
import millrace.protocol.metadata.UserScramCredentialRecord;
import millrace.protocol.metadata.ZkMigrationStateRecord;

/// Everything the cluster agreed on, up to one offset of the metadata log. Immutable; equal images hold equal facts.
///
/// @param upTo the last offset contained, with its leader epoch; offset -1 when nothing is
public record MetadataImage(OffsetAndEpoch upTo, FeaturesImage features, ClusterImage cluster, TopicsImage topics, ConfigsImage configs,
                            ProducerIdsImage producerIds, ClientQuotasImage clientQuotas, AclsImage acls, ScramImage scram,
                            DelegationTokensImage delegationTokens) {
    public static final MetadataImage EMPTY = new MetadataImage(new OffsetAndEpoch(-1, -1), FeaturesImage.EMPTY, ClusterImage.EMPTY,
        TopicsImage.EMPTY, ConfigsImage.EMPTY, ProducerIdsImage.EMPTY, ClientQuotasImage.EMPTY, AclsImage.EMPTY, ScramImage.EMPTY,
        DelegationTokensImage.EMPTY);

    /// Applies one record. Transaction markers change nothing here: whether their records are visible is [ImageFold]'s business.
    /// @throws BrokenInvariant when the record refers to what is not there
    public MetadataImage apply(MetadataRecord record) {
        return switch (record) {
            case PartitionChangeRecord change -> with(topics.apply(change));
            case PartitionRecord partition -> with(topics.apply(partition));
            case TopicRecord topic -> with(topics.apply(topic));
            case RemoveTopicRecord removal -> removeTopic(removal);
            case ClearElrRecord clear -> with(topics.apply(clear));
            case RegisterBrokerRecord registration -> with(cluster.apply(registration));
            case UnregisterBrokerRecord removal -> with(cluster.apply(removal));
            case BrokerRegistrationChangeRecord change -> with(cluster.apply(change));
            case FenceBrokerRecord fence -> with(cluster.apply(fence));
            case UnfenceBrokerRecord unfence -> with(cluster.apply(unfence));
            case RegisterControllerRecord registration -> with(cluster.apply(registration));
            case UnregisterControllerRecord removal -> with(cluster.apply(removal));
            case ConfigRecord config -> with(configs.apply(config));
            case FeatureLevelRecord level -> with(features.apply(level));
            case ProducerIdsRecord ids -> with(new ProducerIdsImage(ids.nextProducerId()));
            case ClientQuotaRecord quota -> with(clientQuotas.apply(quota));
            case AccessControlEntryRecord entry -> with(acls.apply(entry));
            case RemoveAccessControlEntryRecord removal -> with(acls.apply(removal));
            case UserScramCredentialRecord credential -> with(scram.apply(credential));
            case RemoveUserScramCredentialRecord removal -> with(scram.apply(removal));
            case DelegationTokenRecord token -> with(delegationTokens.apply(token));
            case RemoveDelegationTokenRecord removal -> with(delegationTokens.apply(removal));
            // The state of a migration from ZooKeeper, which ended with Kafka 3.9; 4.x reads the record and forgets it.
            case ZkMigrationStateRecord _ -> this;
            case NoOpRecord _ -> this;
            case BeginTransactionRecord _ -> this;
            case EndTransactionRecord _ -> this;
            case AbortTransactionRecord _ -> this;
        };
    }

    public MetadataImage apply(List<? extends MetadataRecord> records) {
        MetadataImage image = this;
        for (MetadataRecord record : records) image = image.apply(record);
        return image;
    }

    public MetadataImage at(OffsetAndEpoch reached) {
        return new MetadataImage(reached, features, cluster, topics, configs, producerIds, clientQuotas, acls, scram, delegationTokens);
    }

    /// The content of a snapshot: folded from [#EMPTY] (and put [#at] the same offset) it gives an equal image.
    /// The metadata version comes first, because it tells a reader how to understand the rest.
    public List<MetadataRecord> toRecords() {
        var records = new ArrayList<MetadataRecord>();
        features.addTo(records);
        cluster.addTo(records);
        topics.addTo(records);
        configs.addTo(records);
        clientQuotas.addTo(records);
        producerIds.addTo(records);
        acls.addTo(records);
        scram.addTo(records);
        delegationTokens.addTo(records);
        return List.copyOf(records);
    }

    /// @return whether everything but [#upTo] is equal
    public boolean sameFacts(MetadataImage other) {
        return equals(other.at(upTo));
    }

    private MetadataImage removeTopic(RemoveTopicRecord removal) {
        TopicImage topic = topics.byId(removal.topicId());
        if (topic == null) throw new BrokenInvariant("RemoveTopic for topic id " + removal.topicId() + ", which is not there");
        return with(topics.without(topic)).with(configs.without(ConfigResource.topic(topic.name())));
    }

    private MetadataImage with(TopicsImage changed) {
        return new MetadataImage(upTo, features, cluster, changed, configs, producerIds, clientQuotas, acls, scram, delegationTokens);
    }

    private MetadataImage with(ClusterImage changed) {
        return new MetadataImage(upTo, features, changed, topics, configs, producerIds, clientQuotas, acls, scram, delegationTokens);
    }

    private MetadataImage with(ConfigsImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, changed, producerIds, clientQuotas, acls, scram, delegationTokens);
    }

    private MetadataImage with(FeaturesImage changed) {
        return new MetadataImage(upTo, changed, cluster, topics, configs, producerIds, clientQuotas, acls, scram, delegationTokens);
    }

    private MetadataImage with(ProducerIdsImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, configs, changed, clientQuotas, acls, scram, delegationTokens);
    }

    private MetadataImage with(ClientQuotasImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, configs, producerIds, changed, acls, scram, delegationTokens);
    }

    private MetadataImage with(AclsImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, configs, producerIds, clientQuotas, changed, scram, delegationTokens);
    }

    private MetadataImage with(ScramImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, configs, producerIds, clientQuotas, acls, changed, delegationTokens);
    }

    private MetadataImage with(DelegationTokensImage changed) {
        return new MetadataImage(upTo, features, cluster, topics, configs, producerIds, clientQuotas, acls, scram, changed);
    }
}
