package millrace.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import millrace.bindings.disk.NioDisk;
import millrace.settings.NodeDefaults;
import millrace.settings.StaticSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundingTest {
    private static final String OTHER = "192.0.2.7:9093";           // an address of documentation, RFC 5737: nobody has it

    @TempDir Path folder;

    @Test void anEmptyDirectoryFoundsNoClusterBesideThatOfOthers() {
        assertThatThrownBy(() -> check(OTHER)).isInstanceOf(StartFailure.class)
                .hasMessageContainingAll("controller.quorum.bootstrap.servers", OTHER, "CONTROLLER://127.0.0.1:9093", folder.toString(), "Remove");
        assertThatThrownBy(() -> check("127.0.0.1:9093," + OTHER)).isInstanceOf(StartFailure.class).hasMessageContaining("[" + OTHER + "]");
        assertThatThrownBy(() -> check("127.0.0.1:19093")).as("another node on this machine").isInstanceOf(StartFailure.class);
    }

    @Test void whoNamesItselfOrNobodyFoundsOne() {
        for (String itself : new String[] {"127.0.0.1:9093", "localhost:9093", ""}) assertThatCode(() -> check(itself)).doesNotThrowAnyException();
    }

    @Test void aDirectoryWithMetadataSaysItselfWhoVotes() throws IOException {
        Path metadata = Files.createDirectories(folder.resolve("__cluster_metadata-0"));
        assertThatThrownBy(() -> check(OTHER)).as("an empty folder says nothing").isInstanceOf(StartFailure.class);
        Files.writeString(metadata.resolve("00000000000000000000-0000000000.checkpoint"), "formatted");
        assertThatCode(() -> check(OTHER)).doesNotThrowAnyException();
    }

    private void check(String bootstrapServers) throws StartFailure, IOException {
        var given = StaticSettings.none().option("controller.quorum.bootstrap.servers=" + bootstrapServers).option("log.dirs=" + folder);
        var usable = (StaticSettings.Usable) NodeDefaults.complete(given, "unused").result();
        Founding.check(new NodeSettingsReader(usable.settings(), folder, () -> "localhost").read(null), new NioDisk());
    }
}
