package millrace.quorum;

import java.io.IOException;
import java.nio.file.Path;

import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.raft.ElectionState;
import millrace.raft.ReplicaKey;
import millrace.storage.file.SmallFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The file `quorum-state`: JSON of the schema QuorumStateData, version 1 with directory ids (kraft.version 1), else version 0.
final class QuorumStateFile {
    private static final String NAME = "quorum-state";

    private final Disk disk;
    private final Path file;

    QuorumStateFile(Disk disk, Path directory) {
        this.disk = disk;
        this.file = directory.resolve(NAME);
    }

    boolean exists() {
        return disk.exists(file);
    }

    /// @return [ElectionState#NONE] when there is no file
    ElectionState read() throws IOException {
        if (!exists()) return ElectionState.NONE;
        String text = SmallFiles.readText(disk, file);
        int leader = ElectionState.NO_LEADER;
        int epoch = 0;
        int voted = -1;
        Uuid votedDirectory = Uuid.ZERO;
        int version = -1;
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) throw unreadable("it does not begin with {", null);
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "leaderId" -> leader = json.getIntValue();
                    case "leaderEpoch" -> epoch = json.getIntValue();
                    case "votedId" -> voted = json.getIntValue();
                    case "votedDirectoryId" -> votedDirectory = Uuid.parse(json.getString());
                    case "data_version" -> version = json.getIntValue();
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException | IllegalArgumentException wrong) {
            throw unreadable(wrong.getMessage(), wrong);
        }
        if (version != 0 && version != 1) throw unreadable("data_version is " + version + ", known are 0 and 1", null);
        return new ElectionState(epoch, leader, voted < 0 ? null : new ReplicaKey(voted, votedDirectory));
    }

    private IOException unreadable(String why, Exception cause) {
        return new IOException(file + " is not a quorum state (" + why + "); restore it from another copy: without it this node could vote twice in one epoch", cause);
    }

    /// Returns when the state is on the device.
    void write(ElectionState state, boolean withDirectories) throws IOException {
        int voted = state.votedFor() == null ? -1 : state.votedFor().id();
        Uuid directory = state.votedFor() == null ? Uuid.ZERO : state.votedFor().directoryId();
        String text = withDirectories
            ? "{\"leaderId\":" + state.leader() + ",\"leaderEpoch\":" + state.epoch() + ",\"votedId\":" + voted + ",\"votedDirectoryId\":\"" + directory
                + "\",\"data_version\":1}"
            : "{\"clusterId\":\"\",\"leaderId\":" + state.leader() + ",\"leaderEpoch\":" + state.epoch() + ",\"votedId\":" + voted
                + ",\"appliedOffset\":0,\"currentVoters\":[],\"data_version\":0}";
        SmallFiles.replace(disk, file, text);
    }
}
