package millrace.logtool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import millrace.ports.Disk;
import millrace.storage.log.FileEntries;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `log dump`: what `kafka-dump-log.sh` shows, and the files that it does not know.
@Command(name = "dump", description = "Show what segments, indexes, snapshots and checkpoints hold. Nothing is changed.", footer = {"", "Example:",
        "  millrace log dump --offsets-decoder ./data/__consumer_offsets-0/00000000000000000000.log"})
final class DumpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Files to show.") List<Path> files = new ArrayList<>();
    @Option(names = "--files", split = ",", paramLabel = "FILE", description = "The same, comma-separated, as kafka-dump-log.sh has it.") List<Path> moreFiles = new ArrayList<>();
    @Option(names = "--deep-iteration", description = "Show each record, not only each batch.") boolean deep;
    @Option(names = "--print-data-log", description = "Show keys and values of records, as text.") boolean content;
    @Option(names = "--offsets-decoder", description = "Read records as those of __consumer_offsets.") boolean offsets;
    @Option(names = "--transaction-log-decoder", description = "Read records as those of __transaction_state.") boolean transactions;
    @Option(names = "--cluster-metadata-decoder", description = "Read records as those of the cluster's metadata.") boolean metadata;
    @Option(names = "--share-group-state-decoder", description = "Read records as those of __share_group_state.") boolean shareGroups;
    @Option(names = "--skip-record-metadata", description = "Leave out offsets, timestamps and sizes of records, and control records.") boolean skipMetadata;
    @Option(names = "--max-bytes", paramLabel = "BYTES", description = "Read no more than so many bytes of each segment.") long maxBytes = Long.MAX_VALUE;
    @Option(names = "--json", description = "Write JSON, for programs: one object a line.") boolean json;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    private final Disk disk;
    private final Console console;

    DumpCommand(Disk disk, Console console) {
        this.disk = disk;
        this.console = console;
    }

    @Override public Integer call() {
        files.addAll(moreFiles);
        if (files.isEmpty()) throw new Unreadable("which file? Name some, such as ./data/orders-0/00000000000000000000.log");
        var buffered = new PrintStream(new BufferedOutputStream(console.out(), 1 << 16), false, UTF_8);
        Output out = json ? Output.json(buffered) : Output.text(buffered);
        var troubles = new Troubles(buffered, console.err());
        for (Path file : files) dump(file, out, troubles);
        buffered.flush();
        return troubles.none() ? 0 : 1;
    }

    private void dump(Path file, Output out, Troubles troubles) {
        out.file(file);
        try {
            if (disk.isDirectory(file)) troubles.add(file + " is a directory: name files in it, or use 'millrace log check'");
            else if (holdsBatches(file)) batches(file, out, troubles);
            else new SideFileDump(disk, out).dump(file);
        } catch (IllegalArgumentException wrong) {
            troubles.add(file + ": " + wrong.getMessage());
        } catch (IOException e) {
            troubles.add(Unreadable.of(file, e).getMessage());
        }
    }

    private static boolean holdsBatches(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".checkpoint") || name.endsWith(".log") && FileEntries.baseOffset(file) >= 0;
    }

    private void batches(Path file, Output out, Troubles troubles) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".log")) out.say("Log starting offset: " + FileEntries.baseOffset(file));
        else if (name.matches("\\d{20}-\\d{10}\\.checkpoint")) out.say("Snapshot end offset: " + Long.parseLong(name.substring(0, 20)) + ", epoch: " + Integer.parseInt(name.substring(21, 31)));
        else if (name.equals("bootstrap.checkpoint")) out.say("KRaft bootstrap snapshot");
        new SegmentDump(disk, wanted(), out, troubles).dump(file);
    }

    private SegmentDump.Wanted wanted() {
        Decoder decoder = offsets ? Decoder.OFFSETS : transactions ? Decoder.TRANSACTIONS : metadata ? Decoder.METADATA : shareGroups ? Decoder.SHARE_GROUPS : Decoder.TEXT;
        boolean shown = content || decoder != Decoder.TEXT;
        return new SegmentDump.Wanted(deep || shown, shown, !skipMetadata, maxBytes, decoder);
    }
}
