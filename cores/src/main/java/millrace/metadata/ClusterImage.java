package millrace.metadata;

import java.util.List;

import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.FenceBrokerRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.RegisterControllerRecord;
import millrace.protocol.metadata.UnfenceBrokerRecord;
import millrace.protocol.metadata.UnregisterBrokerRecord;
import millrace.protocol.metadata.UnregisterControllerRecord;
import org.pcollections.TreePMap;

/// The registered nodes, by id.
public record ClusterImage(TreePMap<Integer, BrokerRegistration> brokers, TreePMap<Integer, ControllerRegistration> controllers) {
    public static final ClusterImage EMPTY = new ClusterImage(TreePMap.empty(), TreePMap.empty());

    /// @return null when no broker of this id is registered
    public BrokerRegistration broker(int id) {
        return brokers.get(id);
    }

    /// @return whether the broker is registered and may lead and be in sync: neither fenced nor on its way out
    public boolean isActive(int id) {
        BrokerRegistration broker = brokers.get(id);
        return broker != null && broker.isActive();
    }

    ClusterImage apply(RegisterBrokerRecord record) {
        return with(brokers.plus(record.brokerId(), BrokerRegistration.of(record)));
    }

    ClusterImage apply(UnregisterBrokerRecord record) {
        expect(record.brokerId(), record.brokerEpoch(), record);
        return with(brokers.minus(record.brokerId()));
    }

    ClusterImage apply(BrokerRegistrationChangeRecord record) {
        return with(brokers.plus(record.brokerId(), expect(record.brokerId(), record.brokerEpoch(), record).apply(record)));
    }

    ClusterImage apply(FenceBrokerRecord record) {
        return with(brokers.plus(record.id(), expect(record.id(), record.epoch(), record).withFenced(true)));
    }

    ClusterImage apply(UnfenceBrokerRecord record) {
        return with(brokers.plus(record.id(), expect(record.id(), record.epoch(), record).withFenced(false)));
    }

    ClusterImage apply(RegisterControllerRecord record) {
        return new ClusterImage(brokers, controllers.plus(record.controllerId(), ControllerRegistration.of(record)));
    }

    ClusterImage apply(UnregisterControllerRecord record) {
        if (!controllers.containsKey(record.controllerId()))
            throw new BrokenInvariant("UnregisterController for controller " + record.controllerId() + ", which is not registered");
        return new ClusterImage(brokers, controllers.minus(record.controllerId()));
    }

    void addTo(List<MetadataRecord> records) {
        for (BrokerRegistration broker : brokers.values()) records.add(broker.toRecord());
        for (ControllerRegistration controller : controllers.values()) records.add(controller.toRecord());
    }

    private BrokerRegistration expect(int brokerId, long brokerEpoch, MetadataRecord record) {
        BrokerRegistration broker = brokers.get(brokerId);
        if (broker == null) throw new BrokenInvariant(record.messageName() + " for broker " + brokerId + ", which is not registered");
        if (broker.epoch() != brokerEpoch)
            throw new BrokenInvariant(record.messageName() + " for broker " + brokerId + " at epoch " + brokerEpoch + ", registered at epoch " + broker.epoch());
        return broker;
    }

    private ClusterImage with(TreePMap<Integer, BrokerRegistration> changed) {
        return new ClusterImage(changed, controllers);
    }
}
