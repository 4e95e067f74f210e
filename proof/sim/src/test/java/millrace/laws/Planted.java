package millrace.laws;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One crime per method, named by the ban that must catch it. Never run: only read by [LawTest] as a class file.
@SuppressWarnings("unused")
final class Planted {
    long clock() { return System.nanoTime(); }
    LongSupplier clockByReference() { return System::currentTimeMillis; }
    Object wallClock() { return java.time.Instant.now(); }
    Supplier<Object> wallClockByReference() { return java.time.LocalDateTime::now; }
    Object wallClockOfDay() { return java.time.LocalDate.now(); }
    Object clockFactory() { return java.time.Clock.systemUTC(); }
    Object newDate() { return new Date(); }
    void thread() { new Thread(() -> {}).start(); }
    void threadSleep() throws InterruptedException { Thread.sleep(1); }
    Object threadCurrent() { return Thread.currentThread(); }
    Object threadVirtual() { return Thread.ofVirtual().start(() -> {}); }
    Object timer() { return new Timer(); }
    Object threadPool() { return Executors.newCachedThreadPool(); }
    int chance() { return new Random().nextInt(); }
    int chanceOfThread() { return ThreadLocalRandom.current().nextInt(); }
    Object chanceSecure() { return new java.security.SecureRandom(); }
    double mathRandom() { return Math.random(); }
    Object randomUuid() { return UUID.randomUUID(); }
    void shuffle(List<String> list) { Collections.shuffle(list); }
    boolean files() { return java.nio.file.Files.exists(java.nio.file.Path.of("x")); }
    Object filesChannel(java.nio.file.Path path) throws java.io.IOException { return java.nio.channels.FileChannel.open(path); }
    Object filesOld() { return new java.io.File("x"); }
    Object pathToDisk(java.nio.file.Path path) { return path.toAbsolutePath(); }
    Object sockets() { return new java.net.Socket(); }
    Object socketsChannel() throws java.io.IOException { return java.nio.channels.SocketChannel.open(); }
    void monitorWait() throws InterruptedException { synchronized (this) { wait(); } }
    void monitorNotify() { synchronized (this) { notifyAll(); } }
    Object futureTimers(CompletableFuture<String> future) { return future.orTimeout(1, TimeUnit.SECONDS); }
    Object commonPool() { return CompletableFuture.supplyAsync(() -> ""); }
    Object commonPoolThen(CompletableFuture<String> future) { return future.thenApplyAsync(it -> it); }
    Object parallelStream(List<String> list) { return list.parallelStream(); }
    Object parallelStreamLater(Stream<String> stream) { return stream.parallel(); }
    void parallelStreamSort(int[] numbers) { Arrays.parallelSort(numbers); }
    int identityHash(Object of) { return System.identityHashCode(of); }
    String environment() { return System.getenv("HOME"); }
    Object salted() { return Set.of("a", "b"); }
    Object saltedMap() { return Map.of("a", 1, "b", 2); }
    Object innocentMaps() { return List.of(Map.of(), Map.of("a", 1), Set.of(), Set.of("a")); }
    Object saltedCopy(List<String> list) { return Set.copyOf(list); }
    Object hashed() { return new HashMap<String, String>(); }
    Object hashedSet() { return new HashSet<String>(); }
    Object hashedIdentity() { return new IdentityHashMap<String, String>(); }
    Supplier<List<String>> innocentReference() { return ArrayList::new; }
    Supplier<Map<String, String>> hashedByReference() { return HashMap::new; }
    Object hashedCollectors(Stream<String> stream) { return stream.collect(Collectors.toSet()); }
    Object hashedCollectorsGrouped(Stream<String> stream) { return stream.collect(Collectors.groupingBy(String::length)); }
    Object innocentCollector(Stream<String> stream) { return stream.collect(Collectors.toMap(it -> it, it -> it, (a, b) -> a, java.util.TreeMap::new)); }
}
