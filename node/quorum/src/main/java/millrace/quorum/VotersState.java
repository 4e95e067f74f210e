package millrace.quorum;

import java.util.List;

import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import millrace.protocol.message.KRaftVersionRecord;
import millrace.protocol.message.VotersRecord;
import millrace.raft.ReplicaKey;
import millrace.raft.VoterSet;

/// The voters as control records tell them.
///
/// @param kraftVersion 1 when voters are told by records, 0 when by the settings file
/// @param inLog false while they are only in the checkpoint that the directory was formatted with; then the next leader writes them into
///     the log, where followers find them
record VotersState(short kraftVersion, VoterSet voters, boolean inLog) {
    static final VotersState NONE = new VotersState((short) 0, VoterSet.EMPTY, false);
    private static final short SECURITY_UNKNOWN = 0;

    VotersState with(KRaftVersionRecord record, boolean fromLog) {
        return new VotersState(record.kRaftVersion(), voters, inLog || fromLog);
    }

    VotersState with(VotersRecord record, boolean fromLog) {
        var read = record.voters().stream().map(voter -> new VoterSet.Voter(new ReplicaKey(voter.voterId(), voter.voterDirectoryId()),
            voter.endpoints().stream().map(point -> new Endpoint(point.name(), point.host(), point.port(), SECURITY_UNKNOWN)).toList())).toList();
        return new VotersState(kraftVersion, VoterSet.of(read), inLog || fromLog);
    }

    KRaftVersionRecord versionRecord() {
        return KRaftVersionRecord.builder().version((short) 0).kRaftVersion(kraftVersion).build();
    }

    VotersRecord votersRecord() {
        return VotersRecord.builder().version((short) 0).voters(voters.voters().values().stream().map(voter -> VotersRecord.Voter.builder()
            .voterId(voter.key().id()).voterDirectoryId(voter.key().directoryId())
            .endpoints(voter.endpoints().stream().map(point -> VotersRecord.Endpoint.builder().name(point.listener()).host(point.host()).port(point.port()).build()).toList())
            .kRaftVersionFeature(VotersRecord.KRaftVersionFeature.builder().minSupportedVersion((short) 0).maxSupportedVersion((short) 1).build())
            .build()).toList()).build();
    }

    /// @return these voters, or those of the settings file where records tell of none
    VoterSet inForce(QuorumSettings settings) {
        VoterSet configured = settings.staticVoters();
        return voters.voters().isEmpty() ? configured : voters;
    }

    /// A quorum of this node alone.
    static VotersState alone(QuorumSettings settings) {
        return new VotersState((short) 1, VoterSet.of(List.of(new VoterSet.Voter(settings.self(), settings.endpoints()))), false);
    }

    boolean knowsDirectories() {
        return kraftVersion > 0 && voters.voters().values().stream().noneMatch(voter -> voter.key().directoryId().equals(Uuid.ZERO));
    }
}
