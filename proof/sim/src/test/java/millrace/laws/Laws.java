package millrace.laws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which bans hold in which module, and the few places that are allowed all the same, each with its reason.
final class Laws {
    static final Ban CLOCK = new Ban("clock", List.of("java/lang/System"), List.of("nanoTime", "currentTimeMillis"), List.of(), "take `nowMs` as a parameter, or the Clock port");
    static final Ban WALL_CLOCK = new Ban("wall clock",
            List.of("java/time/Instant", "java/time/LocalDate", "java/time/LocalTime", "java/time/LocalDateTime", "java/time/ZonedDateTime", "java/time/OffsetDateTime", "java/time/Year"),
            List.of("now"), List.of(), "take `timestampMs` as a parameter, or the Clock port");
    static final Ban CLOCK_FACTORY = Ban.calls("clock factory", "take the Clock port", "java/time/Clock", "systemUTC", "systemDefaultZone", "system", "tick", "tickMillis", "tickSeconds", "tickMinutes");
    static final Ban NEW_DATE = Ban.overloads("new Date()", "take `timestampMs` as a parameter", "java/util/Date", List.of("<init>"), "()V");
    static final Ban THREAD = Ban.everythingOf("thread", "give the work to an EventLoop or to Workers", "java/lang/Thread", "java/lang/Thread$*", "java/lang/ThreadGroup");
    static final Ban TIMER = Ban.everythingOf("timer", "schedule on an EventLoop", "java/util/Timer", "java/util/TimerTask");
    static final Ban POOL = new Ban("thread pool", List.of("java/util/concurrent/Executors", "java/util/concurrent/ThreadPoolExecutor", "java/util/concurrent/ScheduledThreadPoolExecutor", "java/util/concurrent/ForkJoinPool"),
            List.of(), List.of(), "give the work to an EventLoop or to Workers");
    static final Ban CHANCE = new Ban("chance", List.of("java/util/Random", "java/util/SplittableRandom", "java/security/SecureRandom", "java/util/concurrent/ThreadLocalRandom", "java/util/random/*"),
            List.of(), List.of(), "take the Randomness port");
    static final Ban MATH_RANDOM = Ban.calls("Math.random", "take the Randomness port", "java/lang/Math", "random");
    static final Ban RANDOM_UUID = Ban.calls("random UUID", "make the id from the Randomness port", "java/util/UUID", "randomUUID");
    static final Ban SHUFFLE = Ban.overloads("shuffle by chance of its own", "shuffle with the Randomness port", "java/util/Collections", List.of("shuffle"), "(Ljava/util/List;)V");
    static final Ban FILES = Ban.everythingOf("files", "take the Disk port", "java/nio/file/Files", "java/nio/channels/FileChannel", "java/io/File", "java/io/FileInputStream", "java/io/FileOutputStream",
            "java/io/RandomAccessFile", "java/io/FileReader", "java/io/FileWriter", "java/nio/channels/AsynchronousFileChannel");
    static final Ban PATH_TO_DISK = Ban.calls("a path that asks the disk", "take the Disk port; a Path is only a name", "java/nio/file/Path", "toRealPath", "toAbsolutePath", "toFile", "register");
    static final Ban SOCKETS = Ban.everythingOf("sockets", "take the Net port", "java/net/Socket", "java/net/ServerSocket", "java/net/DatagramSocket", "java/net/InetAddress", "java/nio/channels/SocketChannel",
            "java/nio/channels/ServerSocketChannel", "java/nio/channels/DatagramChannel", "java/nio/channels/Selector", "java/net/http/*", "java/net/URLConnection", "java/net/HttpURLConnection");
    static final Ban MONITOR_WAIT = Ban.calls("waiting on a monitor", "wait for a Condition of millrace.wire, or for a lock's condition in a worker", "java/lang/Object", "wait", "notify", "notifyAll");
    static final Ban FUTURE_TIMERS = Ban.calls("a future with the JDK's own timer", "set a deadline and schedule it on an EventLoop", "java/util/concurrent/CompletableFuture", "orTimeout", "completeOnTimeout", "delayedExecutor");
    static final Ban COMMON_POOL = Ban.overloads("a future on the common pool", "name the executor, or use Pending", "java/util/concurrent/CompletableFuture",
            List.of("supplyAsync", "runAsync", "thenApplyAsync", "thenAcceptAsync", "thenRunAsync", "thenComposeAsync", "whenCompleteAsync", "handleAsync", "exceptionallyAsync", "thenCombineAsync"),
            "(Ljava/util/function/Supplier;)Ljava/util/concurrent/CompletableFuture;", "(Ljava/lang/Runnable;)Ljava/util/concurrent/CompletableFuture;",
            "(Ljava/util/function/Function;)Ljava/util/concurrent/CompletableFuture;", "(Ljava/util/function/Consumer;)Ljava/util/concurrent/CompletableFuture;",
            "(Ljava/util/function/BiConsumer;)Ljava/util/concurrent/CompletableFuture;", "(Ljava/util/function/BiFunction;)Ljava/util/concurrent/CompletableFuture;",
            "(Ljava/util/concurrent/CompletionStage;Ljava/util/function/BiFunction;)Ljava/util/concurrent/CompletableFuture;");
    static final Ban PARALLEL_STREAM = new Ban("parallel stream", List.of("java/util/*"), List.of("parallelStream", "parallel", "parallelSort", "parallelPrefix", "parallelSetAll"), List.of(), "a plain stream: the order of work must not depend on threads");
    static final Ban IDENTITY_HASH = Ban.calls("identity hash", "give the thing an id", "java/lang/System", "identityHashCode");
    static final Ban ENVIRONMENT = Ban.calls("environment", "take it as a setting", "java/lang/System", "getenv", "getProperty", "exit");
    static final Ban SALTED = new Ban("salted order", List.of("java/util/Set", "java/util/Map"), List.of("of", "copyOf", "ofEntries"), List.of(),
            // None or one of them: there is no order to salt.
            List.of("()Ljava/util/Set;", "()Ljava/util/Map;", "(Ljava/lang/Object;)Ljava/util/Set;", "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/util/Map;"), "its order differs at every start of the JVM: List, TreeMap, LinkedHashSet or EnumSet");
    static final Ban HASHED = new Ban("hashed order", List.of("java/util/HashMap", "java/util/HashSet", "java/util/IdentityHashMap", "java/util/WeakHashMap", "java/util/concurrent/ConcurrentHashMap"),
            List.of("<init>", "newHashMap", "newHashSet", "newKeySet"), List.of(), "TreeMap, LinkedHashMap, LinkedHashSet: a seed must always tell the same story");
    static final Ban HASHED_COLLECTORS = new Ban("collecting into hashed order", List.of("java/util/stream/Collectors"), List.of("toSet", "toMap", "groupingBy", "toUnmodifiableSet", "toUnmodifiableMap", "toConcurrentMap", "groupingByConcurrent"),
            List.of("()Ljava/util/stream/Collector;", "(Ljava/util/function/Function;)Ljava/util/stream/Collector;", "(Ljava/util/function/Function;Ljava/util/function/Function;)Ljava/util/stream/Collector;",
                    "(Ljava/util/function/Function;Ljava/util/function/Function;Ljava/util/function/BinaryOperator;)Ljava/util/stream/Collector;", "(Ljava/util/function/Function;Ljava/util/stream/Collector;)Ljava/util/stream/Collector;"),
            "name the map: LinkedHashMap::new or TreeMap::new");

    /// What no deterministic module may do.
    static final List<Ban> DETERMINISTIC = List.of(CLOCK, WALL_CLOCK, CLOCK_FACTORY, NEW_DATE, THREAD, TIMER, POOL, CHANCE, MATH_RANDOM, RANDOM_UUID, SHUFFLE, FILES, PATH_TO_DISK, SOCKETS, MONITOR_WAIT,
            FUTURE_TIMERS, COMMON_POOL, PARALLEL_STREAM, IDENTITY_HASH, ENVIRONMENT);
    /// A core's collections keep their order. Around the cores a hash table may be asked by key, but a set or map whose order is salted at
    /// every start of the JVM is refused there too: nobody can tell from a call whether its order leaks.
    static final Map<String, List<Ban>> BY_MODULE = Map.of(
            "millrace.vocabulary", DETERMINISTIC,
            "millrace.ports", DETERMINISTIC,
            "millrace.metrics", DETERMINISTIC,
            "millrace.cores", with(DETERMINISTIC, SALTED, HASHED, HASHED_COLLECTORS),
            "millrace.storage", with(DETERMINISTIC, SALTED),
            "millrace.wire", DETERMINISTIC,
            "millrace.feed", with(DETERMINISTIC, SALTED),
            "millrace.quorum", with(DETERMINISTIC, SALTED),
            "millrace.coordination", with(DETERMINISTIC, SALTED),
            "millrace.broker", with(DETERMINISTIC, SALTED));

    /// A place that may do what is banned.
    /// @param reason why no order, time or chance leaks out of it
    record Allowance(String place, Ban ban, String reason) {}

    static final List<Allowance> ALLOWED = List.of(
            new Allowance("millrace.core.Deadlines.<init>", HASHED, "asked by key only; what is due is taken from a sorted map"),
            new Allowance("millrace.group.classic.Syncing.assign", HASHED, "asked by member id only, in the order of the group's members"));

    /// Which of our modules a module may require; whatever is not listed here is refused.
    static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("millrace.vocabulary", List.of()),
            Map.entry("millrace.ports", List.of("millrace.vocabulary")),
            Map.entry("millrace.metrics", List.of("millrace.vocabulary", "millrace.ports")),
            Map.entry("millrace.cores", List.of("millrace.vocabulary")),
            Map.entry("millrace.storage", List.of("millrace.vocabulary", "millrace.ports")),
            Map.entry("millrace.wire", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics")),
            Map.entry("millrace.bindings", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics")),
            Map.entry("millrace.logtool", List.of("millrace.vocabulary", "millrace.ports", "millrace.storage")),
            Map.entry("millrace.feed", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics", "millrace.cores", "millrace.wire")),
            Map.entry("millrace.quorum", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics", "millrace.cores", "millrace.storage", "millrace.wire", "millrace.feed")),
            Map.entry("millrace.coordination", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics", "millrace.cores", "millrace.storage", "millrace.wire", "millrace.feed")),
            Map.entry("millrace.broker", List.of("millrace.vocabulary", "millrace.ports", "millrace.metrics", "millrace.cores", "millrace.storage", "millrace.wire", "millrace.feed", "millrace.coordination")));

    private Laws() {}

    private static List<Ban> with(List<Ban> bans, Ban... more) {
        var all = new ArrayList<>(bans);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    static boolean allows(Use use, Ban ban) {
        return ALLOWED.stream().anyMatch(allowance -> allowance.ban() == ban && use.place().startsWith(allowance.place()));
    }
}
