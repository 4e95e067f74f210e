package millrace.controller;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import millrace.common.OffsetAndEpoch;
import millrace.controller.brokers.Brokers;
import millrace.controller.configs.Configs;
import millrace.controller.configs.EffectiveSettings;
import millrace.controller.elections.Elections;
import millrace.controller.features.FeatureLevels;
import millrace.controller.producerids.ProducerIds;
import millrace.controller.topics.Topics;
import millrace.core.ReplicatedCore;
import millrace.metadata.ImageFold;
import millrace.metadata.MetadataImage;
import millrace.protocol.ApiResponse;
import millrace.protocol.metadata.AbortTransactionRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.NoOpRecord;

/// The controller of a cluster, while it is active.
///
/// The state is the fold of the metadata log as far as it has been appended; each control decides on the newest image and returns
/// records. The shell appends the records of a decision as one unit (a batch, or a metadata transaction where they are too
/// many), applies them, and tells how far the log now reaches ([#reached]) before it asks again.
public final class ControllerCore implements ReplicatedCore<ControllerCommand, MetadataRecord, Optional<ApiResponse>> {
    private final Brokers brokers;
    private final Topics topics;
    private final Elections elections;
    private final Configs configs;
    private final FeatureLevels features;
    private final ProducerIds producerIds = new ProducerIds();
    private ImageFold fold = ImageFold.EMPTY;

    public ControllerCore(ControllerSettings settings) {
        var effective = new EffectiveSettings(settings.fromFile());
        this.elections = new Elections(effective);
        this.brokers = new Brokers(settings, elections);
        this.topics = new Topics(effective);
        this.configs = new Configs(effective);
        this.features = new FeatureLevels(settings);
    }

    @Override public Decision<MetadataRecord, Optional<ApiResponse>> decide(ControllerCommand command, long nowMs) {
        if (command instanceof ControllerCommand.BeginEpoch && fold.inTransaction()) return abortOpenTransaction(nowMs);
        var changes = new Changes(image());
        Optional<ApiResponse> answer = switch (command) {
            case ControllerCommand.Heartbeat(var request) -> Optional.of(brokers.heartbeat(request, changes, nowMs));
            case ControllerCommand.AlterPartition(var request, short version) -> Optional.of(elections.alterPartition(request, version, changes));
            case ControllerCommand.AllocateProducerIds(var request) -> Optional.of(producerIds.allocate(request, changes));
            case ControllerCommand.CreateTopics(var request, short version, long seed) -> {
                var response = topics.create(request, version, new Chance(seed), changes);
                yield request.validateOnly() ? answerOnly(response, changes) : Optional.of(response);
            }
            case ControllerCommand.CreatePartitions(var request, long seed) -> {
                var response = topics.createPartitions(request, new Chance(seed), changes);
                yield request.validateOnly() ? answerOnly(response, changes) : Optional.of(response);
            }
            case ControllerCommand.DeleteTopics(var request, short version) -> Optional.of(topics.delete(request, version, changes));
            case ControllerCommand.IncrementalAlterConfigs(var request) -> {
                var response = configs.alterIncrementally(request, changes);
                yield request.validateOnly() ? answerOnly(response, changes) : Optional.of(response);
            }
            case ControllerCommand.AlterConfigs(var request) -> {
                var response = configs.replace(request, changes);
                yield request.validateOnly() ? answerOnly(response, changes) : Optional.of(response);
            }
            case ControllerCommand.ElectLeaders(var request, short version) -> Optional.of(elections.elect(request, version, changes));
            case ControllerCommand.AssignReplicasToDirs(var request) -> Optional.of(elections.assignToDirectories(request, changes));
            case ControllerCommand.RegisterBroker(var request, boolean colocated) ->
                Optional.of(brokers.register(request, colocated, changes, nowMs));
            case ControllerCommand.UnregisterBroker(var request) -> Optional.of(brokers.unregister(request, changes));
            case ControllerCommand.RegisterController(var request) -> Optional.of(brokers.registerController(request, changes));
            case ControllerCommand.UpdateFeatures(var request, short version) -> {
                var response = features.update(request, version, changes);
                yield request.validateOnly() ? answerOnly(response, changes) : Optional.of(response);
            }
            case ControllerCommand.Bootstrap(var formatted) -> {
                features.bootstrap(formatted, changes);
                yield Optional.empty();
            }
            case ControllerCommand.BeginEpoch() -> {
                brokers.begin(changes.image(), nowMs);
                yield Optional.empty();
            }
            case ControllerCommand.FenceSilentBrokers() -> {
                brokers.fenceSilent(changes, nowMs);
                yield Optional.empty();
            }
            case ControllerCommand.BalanceLeaders() -> {
                elections.balance(changes);
                yield Optional.empty();
            }
            case ControllerCommand.Idle() -> {
                changes.add(NoOpRecord.builder().build());
                yield Optional.empty();
            }
        };
        return new Decision<>(changes.records(), answer);
    }

    @Override public void apply(MetadataRecord record) {
        fold = fold.apply(record);
    }

    /// The log now ends with `last`, a record that has been applied or a control record.
    public void reached(OffsetAndEpoch last) {
        fold = fold.at(last);
    }

    /// Goes to another state at once: what was committed, when a leadership ends or begins; a snapshot.
    public void reset(ImageFold state) {
        fold = state;
    }

    /// The newest image, committed or not.
    public MetadataImage image() {
        return fold.newest();
    }

    public ImageFold fold() {
        return fold;
    }

    /// When [ControllerCommand.FenceSilentBrokers] should be decided next, monotonic milliseconds; empty when no session can run out.
    public OptionalLong nextDeadlineMs() {
        return brokers.nextDeadlineMs(image());
    }

    private static Optional<ApiResponse> answerOnly(ApiResponse response, Changes changes) {
        changes.records().clear();
        return Optional.of(response);
    }

    private Decision<MetadataRecord, Optional<ApiResponse>> abortOpenTransaction(long nowMs) {
        brokers.begin(fold.visible(), nowMs);
        return new Decision<>(List.of(AbortTransactionRecord.builder().reason("its leader did not finish it").build()), Optional.empty());
    }

    @Override public String toString() {
        return "ControllerCore up to " + image().upTo() + (fold.inTransaction() ? ", in a transaction" : "");
    }
}
