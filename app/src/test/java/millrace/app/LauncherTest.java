package millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher is run as it is, copied into a made-up checkout, with made-up JDKs that print what they are given.
class LauncherTest {
    @TempDir Path folder;

    @BeforeEach void makeUpACheckout() throws IOException {
        Path launcher = Path.of("..", "millrace").toAbsolutePath().normalize();
        Files.copy(launcher, folder.resolve("millrace"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Path lib = Files.createDirectories(folder.resolve("app/target/millrace/lib"));
        for (String jar : List.of("b.jar", "a.jar")) Files.createFile(lib.resolve(jar));
    }

    @Test void javaHomeIsTakenWhenItIsTheWantedRelease() throws Exception {
        Result result = launch(Map.of("JAVA_HOME", jdk("home", "25.0.3").toString()), "start", "--set", "a=b c");
        assertThat(result.status).isZero();
        assertThat(result.lines).contains("java of home", "millrace.app.Main", "start", "--set", "a=b c");
        assertThat(result.lines).contains(folder.resolve("app/target/millrace/lib/a.jar") + ":" + folder.resolve("app/target/millrace/lib/b.jar"));
    }

    @Test void anotherReleaseLeadsToItsNeighbours() throws Exception {
        jdk("jvm/temurin-25", "25.0.1");
        assertThat(launch(Map.of("JAVA_HOME", jdk("jvm/old-17", "17.0.15").toString()), "version").lines).contains("java of temurin-25");
    }

    @Test void theJavaOnThePathAndItsNeighboursComeNext() throws Exception {
        Path old = jdk("jvm/old-21", "21.0.2");
        jdk("jvm/temurin-25", "25");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), old.resolve("bin/java"));
        assertThat(launch(Map.of("PATH", bin + ":/usr/bin:/bin"), "version").lines).contains("java of temurin-25");
    }

    @Test void whereALinkOnThePathLeadsIsNotedByTheTraining() throws Exception {
        Path old = jdk("jvm/old-21", "21.0.2");
        jdk("jvm/temurin-25", "25");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), old.resolve("bin/java"));
        String path = bin + ":/usr/bin:/bin";
        Result training = launch(Map.of("PATH", path, "MILLRACE_AOT_TRAINING", folder.resolve("new.aot").toString()), "start");
        assertThat(training.lines).contains("java of temurin-25", "-XX:AOTCacheOutput=" + folder.resolve("new.aot"), "millrace.app.Training");
        jdk("jvm/a-later-25", "25");        // found before the other, if somebody looked
        assertThat(launch(Map.of("PATH", path), "start").lines).contains("java of temurin-25", "millrace.app.Main");
        Files.delete(bin.resolve("java"));
        Files.createSymbolicLink(bin.resolve("java"), jdk("elsewhere/new-25", "25.0.9").resolve("bin/java"));
        assertThat(launch(Map.of("PATH", path), "start").lines).as("the note is of another java").contains("java of new-25");
    }

    @Test void whatIsMissingIsSaidPlainly() throws Exception {
        Result result = launch(Map.of("JAVA_HOME", jdk("jvm/old-17", "17.0.15").toString(), "MILLRACE_JDKS", folder.resolve("none").toString(), "PATH", pathWithoutJava()), "start");
        assertThat(result.status).isEqualTo(1);
        assertThat(String.join("\n", result.lines)).contains("no JDK 25 was found", "JAVA_HOME is " + folder.resolve("jvm/old-17"), "set JAVA_HOME");
    }

    @Test void withoutABuildAndWithoutMavenItSaysSo() throws Exception {
        for (Path jar : List.of(folder.resolve("app/target/millrace/lib/a.jar"), folder.resolve("app/target/millrace/lib/b.jar"))) Files.delete(jar);
        Files.delete(folder.resolve("app/target/millrace/lib"));
        Result result = launch(Map.of("JAVA_HOME", jdk("home", "25.0.3").toString(), "PATH", pathWithoutJava()), "start");
        assertThat(result.status).isEqualTo(1);
        assertThat(String.join("\n", result.lines)).contains("Maven (mvn) is not on the PATH");
    }

    @Test void aBuildThatFailsShowsItsErrors() throws Exception {
        for (Path jar : List.of(folder.resolve("app/target/millrace/lib/a.jar"), folder.resolve("app/target/millrace/lib/b.jar"))) Files.delete(jar);
        Files.delete(folder.resolve("app/target/millrace/lib"));
        Path bin = Files.createDirectories(folder.resolve("bin"));
        executable(bin.resolve("mvn"), "#!/bin/sh\necho '[ERROR] it is Monday'\nexit 1\n");
        Result result = launch(Map.of("JAVA_HOME", jdk("home", "25.0.3").toString(), "PATH", bin + ":/usr/bin:/bin"), "start");
        assertThat(result.status).isEqualTo(1);
        assertThat(String.join("\n", result.lines)).contains("Nothing is built yet", "it is Monday", "the build failed");
    }

    @Test void memoryAndTheAotCacheAreHandedOn() throws Exception {
        Files.createFile(folder.resolve("app/target/millrace/millrace.aot"));
        Path home = jdk("home", "25.0.3");
        assertThat(launch(Map.of("JAVA_HOME", home.toString(), "KAFKA_HEAP_OPTS", "-Xmx2g -Xms1g"), "start").lines)
                .contains("-Xmx2g", "-Xms1g", "-XX:AOTCache=" + folder.resolve("app/target/millrace/millrace.aot"));
        assertThat(launch(Map.of("JAVA_HOME", home.toString()), "start").lines).contains("-Xmx512m");
        assertThat(launch(Map.of("JAVA_HOME", home.toString()), "topics").lines).noneMatch(line -> line.startsWith("-XX:AOTCache"));
    }

    @Test void kafkasVariablesForJmxMeanWhatTheyMeanWithKafkaButOnLoopback() throws Exception {
        String home = jdk("home", "25.0.3").toString();
        assertThat(launch(Map.of("JAVA_HOME", home), "start").lines).noneMatch(line -> line.startsWith("-Dcom.sun.management"));
        assertThat(launch(Map.of("JAVA_HOME", home, "JMX_PORT", "9999"), "start").lines).contains("-Dcom.sun.management.jmxremote.port=9999", "-Dcom.sun.management.jmxremote.rmi.port=9999",
                "-Dcom.sun.management.jmxremote.authenticate=false", "-Dcom.sun.management.jmxremote.host=127.0.0.1");
        var own = launch(Map.of("JAVA_HOME", home, "JMX_PORT", "9999", "KAFKA_JMX_OPTS", "-Dcom.sun.management.jmxremote.rmi.port=7", "KAFKA_OPTS", "-javaagent:a.jar=1 -Dx=y"), "start").lines;
        assertThat(own).contains("-Dcom.sun.management.jmxremote.rmi.port=7", "-Dcom.sun.management.jmxremote.port=9999", "-javaagent:a.jar=1", "-Dx=y");
        assertThat(own).noneMatch(line -> line.startsWith("-Dcom.sun.management.jmxremote.authenticate") || line.equals("-Dcom.sun.management.jmxremote.rmi.port=9999"));
        assertThat(launch(Map.of("JAVA_HOME", home, "JMX_PORT", "9999"), "topics").lines).noneMatch(line -> line.startsWith("-Dcom.sun.management"));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), "#!/bin/sh\necho 'java of " + home.getFileName() + "'\nfor a in \"$@\"; do echo \"$a\"; done\n");
        return home;
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// A folder with the few commands that the launcher may call, but neither java nor mvn.
    private String pathWithoutJava() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("few"));
        for (String command : List.of("bash", "env", "mkdir", "dirname", "readlink"))
            for (String place : List.of("/bin", "/usr/bin"))
                if (Files.exists(Path.of(place, command))) executable(bin.resolve(command), "#!/bin/sh\nexec " + place + "/" + command + " \"$@\"\n");
        return bin.toString();
    }

    private record Result(int status, List<String> lines) {}

    private Result launch(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(folder.resolve("millrace").toString()).redirectErrorStream(true).directory(folder.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("MILLRACE_JDKS", folder.resolve("none").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), lines);
    }
}
