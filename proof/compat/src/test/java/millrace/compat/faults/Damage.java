package millrace.compat.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// One thing done to one file of a stopped node, chosen by a seed.
///
/// @param file     relative to the data directory
/// @param position of the first byte that changed; 0 when the file is gone
record Damage(Path file, long position, String what) {
    private static final int BLOCK_BYTES = 512;

    private enum Kind { FLIP, ZERO, TRUNCATE, SWAP, DELETE }

    /// Every kind of file is as likely as any other, however many there are of it, and so is every file of a kind. `-Dfaults.file=KIND` damages that kind alone,
    /// `.index` or `partition.metadata`.
    static Damage doneTo(Path data, SplittableRandom random) throws IOException {
        String only = System.getProperty("faults.file");
        TreeMap<String, List<Path>> byKind = filesByKind(data);
        if (only != null && !byKind.containsKey(only)) throw new IllegalArgumentException("-Dfaults.file=" + only + ": there is none, but " + byKind.keySet());
        var kinds = only == null ? new ArrayList<>(byKind.values()) : List.of(byKind.get(only));
        List<Path> files = kinds.get(random.nextInt(kinds.size()));
        Path file = files.get(random.nextInt(files.size()));
        return done(Kind.values()[random.nextInt(Kind.values().length)], data, file, random);
    }

    private static TreeMap<String, List<Path>> filesByKind(Path data) throws IOException {
        var kinds = new TreeMap<String, List<Path>>();
        try (var files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (Files.size(file) > 0) kinds.computeIfAbsent(kind(data.relativize(file)), _ -> new ArrayList<>()).add(file);
            }
        }
        return kinds;
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String kind = dot > 0 && Character.isDigit(name.charAt(0)) ? name.substring(dot) : name;
        return file.startsWith("__cluster_metadata-0") ? "metadata " + kind : kind;
    }

    private static Damage done(Kind kind, Path data, Path file, SplittableRandom random) throws IOException {
        long size = Files.size(file);
        long position = random.nextLong(size);
        int block = (int) Math.max(1, Math.min(BLOCK_BYTES, size / 2));
        long first = random.nextLong(Math.max(1, size / block)) * block;
        long second = random.nextLong(Math.max(1, size / block)) * block;
        var of = new Place(data.relativize(file), file);
        return switch (kind) {
            case FLIP -> of.flip(position, random.nextInt(8));
            case ZERO -> of.zero(first, block);
            case TRUNCATE -> of.truncate(position);
            case SWAP -> of.swap(Math.min(first, second), Math.max(first, second), block);
            case DELETE -> of.delete();
        };
    }

    private record Place(Path name, Path file) {
        Damage flip(long position, int bit) throws IOException {
            ByteBuffer one = read(position, 1);
            write(position, one.put(0, (byte) (one.get(0) ^ 1 << bit)));
            return new Damage(name, position, "bit " + bit + " at position " + position + " flipped");
        }

        Damage zero(long position, int bytes) throws IOException {
            write(position, ByteBuffer.allocate(read(position, bytes).limit()));
            return new Damage(name, position, bytes + " bytes at position " + position + " zeroed");
        }

        Damage truncate(long position) throws IOException {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(position);
            }
            return new Damage(name, position, "truncated to " + position + " bytes");
        }

        Damage swap(long first, long second, int bytes) throws IOException {
            ByteBuffer one = read(first, bytes), other = read(second, bytes);
            write(first, other);
            write(second, one);
            return new Damage(name, first, bytes + " bytes at position " + first + " and " + second + " swapped");
        }

        Damage delete() throws IOException {
            Files.delete(file);
            return new Damage(name, 0, "deleted");
        }

        private ByteBuffer read(long position, int bytes) throws IOException {
            var buffer = ByteBuffer.allocate(bytes);
            try (var channel = FileChannel.open(file)) {
                channel.read(buffer, position);
            }
            return buffer.flip();
        }

        private void write(long position, ByteBuffer bytes) throws IOException {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(bytes, position);
            }
        }
    }

    /// @return the folder of the partition whose file it was, "" for a file of the whole directory
    String folder() {
        return file.getNameCount() > 1 ? file.getName(0).toString() : "";
    }

    /// Without its metadata or its name a node does not know what it serves.
    boolean mayEndTheStart() {
        return folder().equals("__cluster_metadata-0") || file.toString().equals("meta.properties");
    }

    @Override public String toString() {
        return file + ": " + what;
    }
}
